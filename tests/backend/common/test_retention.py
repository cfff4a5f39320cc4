"""What is old is forgotten by its owner's rule; what is append-only or too young stays."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.sessions.models import Session
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from backend.accounts.models import ApiKey
from backend.accounts.services import create_key
from backend.api.models import IdempotentRequest
from backend.api.tasks import purge
from backend.common import retention
from backend.config import env
from backend.journal.models import Dispatch, Event
from backend.webhooks.models import WebhookAttempt, WebhookMessage
from tests.factories.accounts import UserFactory
from tests.factories.webhooks import EndpointFactory, MessageFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def days(number: float) -> timedelta:
    return timedelta(days=number)


def age(row, **columns):
    """Let a row's columns say something else than they do by themselves."""
    type(row)._base_manager.filter(pk=row.pk).update(**columns)
    return row


def message(*, status="delivered", at):
    done = {"due_at": None} if status != "pending" else {}
    sent = {"delivered_at": at} if status == "delivered" else {}
    row = age(MessageFactory(status=status, **done, **sent), updated_at=at)
    WebhookAttempt.objects.create(message=row, number=1, started_at=at, duration_ms=1)
    return row


def test_deliveries_are_kept_for_three_years_and_what_is_in_line_for_ever(settings):
    keep = settings.KEEP_DELIVERY_DAYS
    assert keep >= 3 * 365 + 1
    old = [message(status=status, at=NOW - days(keep + 1)) for status in ("delivered", "failed")]
    young = message(at=NOW - days(keep - 1))
    waiting = message(status="pending", at=NOW - days(keep + 1))
    events = Event.objects.count()

    done = retention.purge_all(now=NOW)

    assert done["webhook messages"] == len(old)
    assert set(WebhookMessage.objects.all()) == {young, waiting}
    assert set(WebhookAttempt.objects.values_list("message", flat=True)) == {young.pk, waiting.pk}
    assert Event.objects.count() == events


def test_sign_ins_are_kept_for_six_months_and_sessions_until_they_end(settings):
    keep = settings.KEEP_LOG_DAYS
    assert keep >= 184
    for kind in (AccessLog, AccessAttempt):
        for at in (NOW - days(keep + 1), NOW - days(keep - 1)):
            extra = {"failures_since_start": 1} if kind is AccessAttempt else {}
            # Two attempts of one name, address and browser would be one row.
            row = kind.objects.create(username="wang", user_agent=f"{at}", **extra)
            age(row, attempt_time=at)
    Session.objects.create(session_key="ended", session_data="", expire_date=NOW - days(0.01))
    Session.objects.create(session_key="lasts", session_data="", expire_date=NOW + days(0.01))

    done = retention.purge_all(now=NOW)

    assert (done["sign-ins"], done["sessions"]) == (2, 1)
    assert (AccessLog.objects.count(), AccessAttempt.objects.count()) == (1, 1)
    assert Session.objects.get().session_key == "lasts"


def test_a_key_that_ended_long_ago_is_forgotten_and_one_that_holds_is_not(settings):
    user = UserFactory()
    old, holding = (create_key(actor=None, user=user)[0] for _ in range(2))
    age(old, expiry=NOW - days(settings.KEEP_LOG_DAYS + 1))

    assert retention.purge_all(now=NOW)["keys"] == 1
    assert ApiKey.objects.get() == holding


def test_that_an_event_was_relayed_is_forgotten_and_the_event_is_not(settings):
    long_ago = NOW - days(settings.KEEP_LOG_DAYS + 1)
    endpoint = EndpointFactory()
    made = [
        Event.objects.create(
            type="webhook.pinged",
            occurred_at=long_ago,
            subject_type="webhook_endpoint",
            subject_id=endpoint.public_id,
        )
        for _ in range(2)
    ]
    Dispatch.objects.create(event=made[0], due_at=long_ago, relayed_at=long_ago, attempts=1)
    due = Dispatch.objects.create(event=made[1], due_at=long_ago)

    assert retention.purge_all(now=NOW)["dispatches"] == 1
    assert Dispatch.objects.get() == due
    assert Event.objects.filter(pk__in=[one.pk for one in made]).count() == 2


def test_one_purge_that_fails_does_not_stop_the_others(monkeypatch, caplog):
    def broken(*, now):
        raise RuntimeError("away")

    monkeypatch.setitem(retention._purges, "broken", broken)

    done = retention.purge_all(now=NOW)

    assert "broken" not in done
    assert {"idempotent requests", "sessions", "webhook messages"} <= done.keys()
    assert "the purge of broken failed" in caplog.text


def test_more_rows_than_a_batch_are_all_forgotten(monkeypatch):
    monkeypatch.setattr(retention, "_BATCH", 3)
    user = UserFactory()
    for number in range(8):
        IdempotentRequest.objects.create(user=user, key=str(number), created_at=NOW - days(2))

    purge()

    assert not IdempotentRequest.objects.exists()


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("KERONG_KEEP_LOG_DAYS", 184),
        ("KERONG_KEEP_DELIVERY_DAYS", 1_096),
        ("KERONG_KEEP_IDEMPOTENCY_HOURS", 24),
    ],
)
def test_nobody_sets_less_than_the_law_asks(monkeypatch, name, least):
    from importlib import reload

    from backend.config.settings import base

    monkeypatch.setenv(name, str(least - 1))
    with pytest.raises(ImproperlyConfigured, match=name):
        reload(base)
    monkeypatch.setenv(name, str(least))
    reload(base)
    assert env.integer(name, 0, minimum=least) == least
