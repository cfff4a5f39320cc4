"""The nearest due day is right at once, whatever starts, stops or rests a clock."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from backend.common.workdays import HOURS
from backend.consents.enums import Direction
from backend.consents.models import Consent
from backend.consents.services import withdraw_consent
from backend.journal import services as journal
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.partners.services import change_agreement
from backend.referrals.enums import Step
from backend.referrals.inbox import InboxPart, count_parts, inbox_of, lies_in
from backend.referrals.models import Referral
from backend.referrals.services.documents import ask_for_documents, give_documents
from backend.referrals.services.due_days import store_due_day
from backend.referrals.services.escalation import sweep_clocks
from backend.referrals.services.steps import acknowledge_referral, take_step
from tests.factories.consents import ConsentFactory
from tests.factories.lists import consent_to, make_office, open_needs

pytestmark = pytest.mark.django_db


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HOURS.zone)


SENT = at("2026-11-25T10:00")  # a Wednesday


@pytest.fixture(autouse=True)
def _frozen():
    with time_machine.travel(SENT, tick=False):
        yield


@pytest.fixture
def relay(django_capture_on_commit_callbacks):
    """Do what the workers do with everything in the outbox."""

    def run() -> None:
        with django_capture_on_commit_callbacks(execute=True):
            journal.sweep(now=timezone.now())

    return run


def due_of(referral: Referral) -> date | None:
    referral.refresh_from_db()
    return referral.next_due_on


def test_what_is_sent_is_due_soon_before_any_sweep():
    office = make_office(banks=2)
    needs = open_needs(2)
    consent_to(needs, office.banks)
    consent_to(needs[:1], office.banks, direction=Direction.TO_DEPARTMENT)
    office.draft_and_send()
    days = dict(Referral.objects.values_list("need_id", "next_due_on"))
    assert days == {needs[0].pk: date(2026, 11, 26), needs[1].pk: None}
    soon = Referral.objects.filter(lies_in(InboxPart.SOON, today=date(2026, 11, 25)))
    assert set(soon.values_list("need_id", flat=True)) == {needs[0].pk}
    sweep_clocks(now=SENT)
    assert dict(Referral.objects.values_list("need_id", "next_due_on")) == days


def test_sending_more_rows_asks_no_more_for_their_days(count_queries):
    """Beyond what each list costs anyhow."""

    def cost(count: int) -> int:
        office = make_office(banks=2)
        needs = open_needs(count)
        consent_to(needs, office.banks)
        consent_to(needs, office.banks, direction=Direction.TO_DEPARTMENT)
        approved = office.approve(office.draft())
        return count_queries(lambda: office.send(approved))

    assert cost(1) == cost(6)


def test_each_step_moves_the_day_at_once_and_missing_documents_rest_it(
    bank_actor, firm_actor, send
):
    referral = send(sent_at=SENT)
    now = {"referral": referral, "expected_revision": None, "now": SENT}
    acknowledge_referral(actor=bank_actor, **now)
    contact_due = due_of(referral)
    take_step(actor=bank_actor, step=Step.CONTACTED, **now)
    decision_due = due_of(referral)
    assert date(2026, 11, 26) < contact_due < decision_due
    ask_for_documents(actor=bank_actor, names=["审计报告"], **now)
    assert due_of(referral) is None
    give_documents(actor=firm_actor, names=["审计报告"], **now)
    assert due_of(referral) == decision_due
    sweep_clocks(now=SENT)
    assert due_of(referral) == decision_due


def test_a_consent_to_report_starts_the_clocks_and_its_withdrawal_ends_them(
    bank_actor, firm_actor, send, relay
):
    referral = send(sent_at=SENT)
    progress = Consent.objects.get(need=referral.need, direction=Direction.TO_DEPARTMENT)
    sweep_clocks(now=SENT)
    assert due_of(referral) == date(2026, 11, 26)
    withdraw_consent(actor=firm_actor, consent=progress, now=SENT)
    relay()
    assert due_of(referral) is None
    assert count_parts(bank_actor)["soon"] == 0
    anew = ConsentFactory(
        need=referral.need, institution=referral.institution, reverse=True, granted_at=SENT
    )
    record(EventType.CONSENT_GRANTED, subject=anew, actor=firm_actor)
    relay()
    assert due_of(referral) == date(2026, 11, 26)
    assert inbox_of(bank_actor).filter(lies_in(InboxPart.SOON, today=bank_actor.today)).exists()


def test_many_consents_are_read_together(send, relay, firm_actor, count_queries):
    """A firm that consents for ten institutions costs no ten readings of its referrals."""
    referral = send(sent_at=SENT)
    consents = Consent.objects.filter(need=referral.need, direction=Direction.TO_DEPARTMENT)
    for _ in range(3):
        record(EventType.CONSENT_GRANTED, subject=consents.get(), actor=firm_actor)
    few = count_queries(relay)
    for _ in range(12):
        record(EventType.CONSENT_GRANTED, subject=consents.get(), actor=firm_actor)
    assert count_queries(relay) <= few


def test_other_answer_times_move_the_day_of_everything_under_the_agreement(
    send, agreement, department_actor, relay
):
    referral = send(sent_at=SENT)
    sweep_clocks(now=SENT)
    change_agreement(
        actor=department_actor,
        agreement=agreement,
        changes={"acknowledge_workdays": 5, "contact_workdays": 7},
        expected_revision=None,
    )
    relay()
    changed = due_of(referral)
    assert changed > date(2026, 11, 26)
    sweep_clocks(now=SENT)
    assert due_of(referral) == changed


def test_whoever_changed_the_referral_meanwhile_is_not_overwritten(send):
    """Its own service worked the day out; a reading from before would be older."""
    referral = send(sent_at=SENT)
    stale = Referral.objects.get(pk=referral.pk)
    later = date(2026, 12, 24)
    Referral.objects.filter(pk=referral.pk).update(revision=9, next_due_on=later)
    stale.next_due_on = SENT.date() + timedelta(days=3)
    assert store_due_day(stale, ()) is False
    assert due_of(referral) == later
