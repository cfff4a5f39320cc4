"""An event becomes one message for each endpoint that wants it, in the relay's transaction."""

import json
from uuid import uuid4

import pytest
from django.utils import timezone

from backend.journal import services as journal
from backend.journal.enums import EventType
from backend.journal.models import Dispatch
from backend.journal.tasks import sweep_events
from backend.webhooks import registry
from backend.webhooks.models import WebhookMessage
from backend.webhooks.outbox import write_messages
from tests.factories.organizations import OrganizationFactory
from tests.factories.webhooks import EndpointFactory

pytestmark = pytest.mark.django_db
VERIFIED = EventType.NEED_VERIFIED


@pytest.fixture
def bank():
    return OrganizationFactory(bank=True)


@pytest.fixture
def going_out(bank, monkeypatch):
    """Let verified needs go out to the bank, until the test ends."""
    monkeypatch.setattr(registry, "_outgoing", dict(registry._outgoing))
    # Who else is told of such an event has tests of their own.
    monkeypatch.setattr(journal, "_subscribers", journal._subscribers | {VERIFIED: []})
    sent = {}

    def start(**payload):
        sent.update(payload)
        registry.register(
            VERIFIED,
            recipients=lambda event: [bank.public_id],
            payload=lambda event: {"need_id": event.subject_id, **sent},
        )

    return start


def record_verified():
    return journal.record(VERIFIED, subject=OrganizationFactory(), actor=None)


def relay_all():
    for dispatch in Dispatch.objects.filter(relayed_at=None):
        journal.relay(dispatch_id=dispatch.pk, now=timezone.now())


def test_only_those_who_subscribed_and_are_concerned_are_told(bank, going_out):
    going_out()
    wants = EndpointFactory(organization=bank, event_types=["need.verified"])
    EndpointFactory(organization=bank, event_types=[])
    EndpointFactory(organization=bank, event_types=["need.verified"], status="removed")
    EndpointFactory(event_types=["need.verified"])  # of another bank
    off = EndpointFactory(organization=bank, event_types=["need.verified"], disabled=True)
    event = record_verified()

    relay_all()

    messages = {message.endpoint: message for message in WebhookMessage.objects.all()}
    assert messages.keys() == {wants, off}
    assert (messages[wants].status, messages[off].status) == ("pending", "held")
    body = json.loads(messages[wants].body)
    assert body["type"] == "need.verified"
    assert body["data"] == {"need_id": str(event.subject_id)}
    assert body["timestamp"].endswith("Z")


def test_relayed_twice_it_is_one_message(bank, going_out):
    going_out()
    EndpointFactory(organization=bank, event_types=["need.verified"])
    event = record_verified()

    for _ in range(3):
        write_messages(event)

    assert WebhookMessage.objects.count() == 1


@pytest.mark.parametrize(
    "value", ["吉林某某科技有限公司", 0.0435, True, ["a"], {"name": "x"}, b"x"]
)
def test_a_payload_with_more_than_ids_and_numbers_is_not_relayed(bank, going_out, value):
    going_out(extra=value)
    EndpointFactory(organization=bank, event_types=["need.verified"])
    record_verified()

    relay_all()

    dispatch = Dispatch.objects.get()
    assert "extra" in dispatch.last_error
    assert dispatch.relayed_at is None
    assert not WebhookMessage.objects.exists()


def test_ids_lists_of_ids_numbers_and_nothing_may_go_out(bank, going_out):
    several = [uuid4(), uuid4()]
    going_out(several=several, version=3, none=None)
    EndpointFactory(organization=bank, event_types=["need.verified"])
    record_verified()

    relay_all()

    data = json.loads(WebhookMessage.objects.get().body)["data"]
    assert data.items() >= {"version": 3, "none": None}.items()
    assert data["several"] == [str(each) for each in several]


def test_one_wake_up_relays_more_than_a_batch(bank, going_out, monkeypatch):
    monkeypatch.setattr(journal, "SWEEP_BATCH", 2)
    going_out()
    EndpointFactory(organization=bank, event_types=["need.verified"])
    for _ in range(5):
        record_verified()

    sweep_events()

    assert WebhookMessage.objects.count() == 5
    assert not Dispatch.objects.filter(relayed_at=None).exists()


def test_the_self_check_goes_out_and_what_happens_to_referrals():
    assert registry._outgoing.keys() > {EventType.WEBHOOK_PINGED}
    assert registry.subscribable_types() == [
        "drawdown.reviewed",
        "referral.documents_given",
        "referral.reopened",
        "referral.sent",
        "referral.withdrawn",
        "referral_list.recalled",
        "referral_list.sent",
        "referral_list.sheet_recalled",
    ]


def test_what_is_due_together_is_relayed_in_the_statements_of_one(bank, going_out, count_queries):
    going_out()
    EndpointFactory(organization=bank, event_types=["need.verified"])

    def statements_for(events):
        for _ in range(events):
            record_verified()
        Dispatch.objects.update(due_at=timezone.now())
        return count_queries(lambda: journal.sweep(now=timezone.now()))

    few, many = statements_for(3), statements_for(30)

    assert many == few
    assert WebhookMessage.objects.count() == 33
    assert not Dispatch.objects.exclude(relayed_at__isnull=False, attempts=1).exists()


def test_an_event_that_cannot_be_relayed_waits_alone(bank, going_out, caplog):
    broken = OrganizationFactory()

    def payload(event):
        if event.subject_id == broken.public_id:
            raise RuntimeError("broken")
        return {"need_id": event.subject_id}

    going_out()
    registry.register(VERIFIED, recipients=lambda event: [bank.public_id], payload=payload)
    EndpointFactory(organization=bank, event_types=["need.verified"])
    for subject in (OrganizationFactory(), broken, OrganizationFactory()):
        journal.record(VERIFIED, subject=subject, actor=None)

    assert journal.sweep(now=timezone.now()) == 2

    waiting = Dispatch.objects.get(relayed_at=None)
    assert waiting.event.subject_id == broken.public_id
    assert (waiting.attempts, waiting.last_error) == (1, "RuntimeError('broken')")
    assert WebhookMessage.objects.count() == 2


def test_two_who_relay_together_write_each_message_once(bank, going_out):
    going_out()
    EndpointFactory(organization=bank, event_types=["need.verified"])
    for _ in range(4):
        record_verified()
    now = timezone.now()

    assert (journal.sweep(now=now), journal.sweep(now=now)) == (4, 0)
    assert WebhookMessage.objects.count() == 4
