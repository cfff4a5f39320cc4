"""Several people send one list in the same moment, or a firm takes its consent back meanwhile."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from backend.common.errors import DomainError
from backend.consents.enums import Direction
from backend.consents.grounds import list_grounds
from backend.consents.services import withdraw_consent
from backend.journal.models import Event
from backend.needs.enums import NeedStatus
from backend.needs.models import Need
from backend.organizations.enums import Role
from backend.referrals.models import Referral, ReferralList, Sheet
from backend.referrals.services import sending
from backend.webhooks.models import WebhookMessage
from tests.factories.consents import ConsentFactory
from tests.factories.lists import consent_to, make_office, open_needs
from tests.factories.organizations import make_actor
from tests.factories.webhooks import EndpointFactory
from tests.size import sized

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
SENDING_ROUNDS = sized(20, 200)
WITHDRAWAL_ROUNDS = sized(40, 500)
NEED_ROUNDS = sized(40, 100)
BROKEN_ROUNDS = 40
# Seconds by which a withdrawal comes later: most meet a sending under way, the last comes after it.
DELAYS = [*(step / 200 for step in range(19)), 1.0]


@pytest.fixture(autouse=True)
def nothing_leaves(monkeypatch):
    """Messages are written and stay where they are."""
    monkeypatch.setattr("backend.webhooks.outbox.wake", lambda: None)


def run_together(*calls):
    """Start calls in threads of their own at one moment; return what each answered."""
    start = Barrier(len(calls))

    def run(call):
        try:
            start.wait(timeout=10)
            return call()
        except DomainError as error:
            return error.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [answer.result(timeout=60) for answer in [pool.submit(run, c) for c in calls]]


def send_together(rounds):
    """Let two to eight people send one list, again and again; count how others were refused.

    Half of the senders name the revision that they read (412), half do not (409).
    """
    office = make_office(banks=2)
    refusals = Counter()
    for number in range(rounds):
        consent_to(open_needs(1), office.banks)
        approved = office.approve(office.draft())
        before = Sheet.objects.count(), Referral.objects.count()

        def send(n, approved=approved):
            office.send(
                ReferralList.objects.get(pk=approved.pk),
                actor=(office.officer, office.head, office.leader)[n % 3],
                expected_revision=approved.revision if n % 2 else None,
            )
            return "sent"

        answers = Counter(run_together(*(partial(send, n) for n in range(2 + number % 7))))
        assert answers.pop("sent") == 1, f"round {number}: {answers}"
        assert answers.keys() <= {"stale_revision", "transition_not_allowed"}
        refusals += answers
        assert Sheet.objects.count() - before[0] == 2
        assert Referral.objects.count() - before[1] == 2
        events = Event.objects.filter(subject_id=approved.public_id, type="referral_list.sent")
        assert events.count() == 1
    return refusals


def test_one_list_is_sent_once_however_many_send_it():
    refusals = send_together(SENDING_ROUNDS)

    assert refusals["stale_revision"]
    assert refusals["transition_not_allowed"]


def test_senders_that_do_not_wait_for_each_other_are_found_out(monkeypatch):
    def unlocked(referral_list):
        return ReferralList.objects.select_related("department").get(pk=referral_list.pk)

    monkeypatch.setattr(sending, "lock_list", unlocked)

    with pytest.raises((AssertionError, IntegrityError)):
        send_together(BROKEN_ROUNDS)


def withdraw_meanwhile(rounds):
    """Let a firm take a consent back while its need is sent; count how often it went out.

    Whoever withdraws finds, in its own transaction, every row that went out before; what it does
    not find is afterwards in no sheet, no inbox and no message.
    """
    office = make_office(banks=1)
    (bank,) = office.banks
    reader = make_actor(organization=bank, role=Role.INSTITUTION)
    EndpointFactory(organization=bank, event_types=["referral.sent", "referral.withdrawn"])
    outcomes = Counter()
    for number in range(rounds):
        stays, leaves = open_needs(2)
        firm = make_actor(organization=leaves.firm.organization, proved=True)
        ConsentFactory(need=stays, institution=bank)
        consent = ConsentFactory(need=leaves, institution=bank)
        approved = office.approve(office.draft())

        def withdraw(consent=consent, leaves=leaves, firm=firm, number=number):
            time.sleep(DELAYS[number % len(DELAYS)])
            with transaction.atomic():
                withdraw_consent(actor=firm, consent=consent, now=timezone.now())
                return Referral.objects.filter(need=leaves).exists()

        def send(approved=approved):
            office.send(ReferralList.objects.get(pk=approved.pk))
            return "sent"

        seen, sent = run_together(withdraw, send)
        assert sent == "sent"
        went_out = Referral.objects.filter(need=leaves).exists()
        assert seen == went_out, f"round {number}: withdrawn before, sent nevertheless"
        text = bytes(Sheet.objects.get(referral_list=approved).content).decode()
        assert (leaves.firm.organization.name in text) == went_out
        assert (
            messages_of(approved)
            == Counter({"referral.sent": 1 + went_out, "referral.withdrawn": int(went_out)})
            - Counter()
        )
        inbox = (
            Referral.objects.visible_to(reader).at_work().filter(list_row__referral_list=approved)
        )
        assert [one.need for one in inbox] == [stays]
        outcomes[went_out] += 1
        Need.objects.update(status=NeedStatus.EXPIRED)  # so that rounds stay equally small
    return outcomes


def messages_of(referral_list):
    """Count by type the messages about a list's referrals."""
    ids = Referral.objects.filter(list_row__referral_list=referral_list)
    events = Event.objects.filter(subject_id__in=ids.values("public_id"))
    return Counter(WebhookMessage.objects.filter(event__in=events).values_list("type", flat=True))


def test_a_consent_that_was_withdrawn_first_is_in_no_sheet_and_one_sent_first_is_taken_back():
    outcomes = withdraw_meanwhile(WITHDRAWAL_ROUNDS)

    assert outcomes[True], "no withdrawal came after a sending"
    assert outcomes[False], "no withdrawal came before a sending"


def test_a_sending_that_does_not_hold_the_consents_is_found_out(monkeypatch):
    def unlocked(pairs, day):
        return list_grounds(pairs, day=day, direction=Direction.TO_INSTITUTION)

    monkeypatch.setattr(sending, "lock_live_consents", unlocked)

    with pytest.raises(AssertionError, match="withdrawn before, sent nevertheless"):
        withdraw_meanwhile(BROKEN_ROUNDS)


def test_a_need_that_was_withdrawn_first_is_in_no_sheet():
    office = make_office(banks=1)
    outcomes = Counter()
    for number in range(NEED_ROUNDS):
        stays, leaves = needs = open_needs(2)
        consent_to(needs, office.banks)
        approved = office.approve(office.draft())

        def withdraw(leaves=leaves, number=number):
            time.sleep(DELAYS[number % len(DELAYS)])
            with transaction.atomic():
                mine = Need.objects.select_for_update().get(pk=leaves.pk)
                found = mine.status
                mine.status, mine.withdrawn_at = NeedStatus.WITHDRAWN, timezone.now()
                mine.save()
                return found

        def send(approved=approved):
            office.send(ReferralList.objects.get(pk=approved.pk))
            return "sent"

        found, sent = run_together(withdraw, send)
        assert sent == "sent"
        went_out = Referral.objects.filter(need=leaves).exists()
        assert (found == NeedStatus.IN_REFERRAL) == went_out
        outcomes[went_out] += 1
        assert Referral.objects.filter(need=stays).exists()
    assert len(outcomes) == 2
