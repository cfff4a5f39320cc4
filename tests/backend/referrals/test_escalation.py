"""The sweep in frozen time: 25 November 2026 is a Wednesday."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
import time_machine

from backend.common.errors import NotPermitted, StateConflict
from backend.common.workdays import HOURS
from backend.needs.enums import NeedStatus
from backend.referrals.enums import CaseState, ReferralStatus, RowOrigin
from backend.referrals.models import ClockEvent, EscalationCase
from backend.referrals.services import next_choice
from backend.referrals.services.documents import ask_for_documents
from backend.referrals.services.escalation import sweep_clocks
from backend.referrals.services.steps import acknowledge_referral
from tests.factories.catalogue import ProductFactory
from tests.factories.consents import ConsentFactory
from tests.factories.needs import NamedInstitutionFactory
from tests.factories.organizations import OrganizationFactory, make_actor
from tests.factories.partners import AgreementFactory, ContactFactory

pytestmark = pytest.mark.django_db


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HOURS.zone)


SENT = at("2026-11-25T10:00")


@pytest.fixture(autouse=True)
def _frozen():
    with time_machine.travel(SENT, tick=False):
        yield


@pytest.fixture
def referral(send):
    return send(sent_at=SENT)


def told() -> list[tuple[str, str, str]]:
    return [
        (event.clock, event.escalation, event.happened_at.astimezone(HOURS.zone).date().isoformat())
        for event in ClockEvent.objects.order_by("pk")
    ]


def sweep_daily(first: str, last: str) -> None:
    day = date.fromisoformat(first)
    while day <= date.fromisoformat(last):
        sweep_clocks(now=at(f"{day}T09:00"))
        day += timedelta(days=1)


def test_silence_goes_from_reminder_to_proposal_each_once(referral):
    sweep_daily("2026-11-25", "2026-12-01")
    sweep_daily("2026-12-01", "2026-12-01")

    assert [event for event in told() if event[0] == "acknowledge"] == [
        ("acknowledge", "reminder", "2026-11-26"),
        ("acknowledge", "second_contact", "2026-11-27"),
        ("acknowledge", "department", "2026-11-30"),
        ("acknowledge", "proposed_next", "2026-12-01"),
    ]


def test_whoever_has_answered_is_not_reminded_of_it(bank_actor, referral):
    acknowledge_referral(actor=bank_actor, referral=referral, expected_revision=None, now=SENT)

    sweep_daily("2026-11-25", "2026-11-26")

    assert told() == []


def test_an_answer_does_not_hide_the_clock_that_still_runs_but_proposes_nobody(
    bank_actor, referral
):
    acknowledge_referral(actor=bank_actor, referral=referral, expected_revision=None, now=SENT)

    sweep_daily("2026-11-25", "2026-12-08")

    kinds = {(clock, level) for clock, level, _ in told()}
    assert ("contact", "department") in kinds
    assert not any(level == "proposed_next" for _, level in kinds)


def test_without_consent_to_report_no_alarm_counts(referral):
    consent = referral.need.consents.get(direction="to_department")
    consent.withdrawn_at = SENT
    consent.save()

    sweep_daily("2026-11-25", "2026-12-08")

    assert told() == []


def test_a_missing_document_keeps_the_decision_from_escalating(bank_actor, referral):
    ask_for_documents(
        actor=bank_actor,
        referral=referral,
        names=["审计报告"],
        expected_revision=None,
        now=SENT + timedelta(hours=1),
    )

    sweep_daily("2026-11-25", "2026-12-10")

    assert not any(clock == "decide" for clock, _, _ in told())


def test_nobody_is_told_on_a_rest_day(referral):
    sweep_daily("2026-11-28", "2026-11-29")

    days = {day for _, level, day in told() if level == "department"}
    assert days == set()


def test_the_absent_are_covered_for(referral, agreement):
    cover = ContactFactory(organization=agreement.institution, agreed=True, user=None)
    contact = agreement.institution_contact
    contact.absent_from, contact.absent_until = date(2026, 11, 26), date(2026, 11, 30)
    contact.covered_by = cover
    contact.save()

    sweep_daily("2026-11-26", "2026-11-26")

    assert ClockEvent.objects.get().contact == cover


def test_the_handler_is_reminded_rather_than_the_contact(bank_actor, send):
    send(sent_at=SENT, handler=bank_actor.user)

    sweep_daily("2026-11-26", "2026-11-26")

    assert ClockEvent.objects.get().user == bank_actor.user


def test_the_nearest_due_day_is_kept_for_the_inbox(referral):
    sweep_clocks(now=SENT)

    referral.refresh_from_db()
    assert referral.next_due_on == date(2026, 11, 26)
    assert referral.revision == 1


def test_sweeping_many_costs_no_more_queries_when_nothing_is_due(send, count_queries):
    send(sent_at=SENT)
    sweep_clocks(now=SENT)
    few = count_queries(lambda: sweep_clocks(now=SENT))
    for _ in range(4):
        send(sent_at=SENT)
    sweep_clocks(now=SENT)

    assert count_queries(lambda: sweep_clocks(now=SENT)) == few


class TestGoingOn:
    @pytest.fixture
    def next_bank(self, referral, agreement):
        """The firm's second choice, with an agreement and a product that fits."""
        second = OrganizationFactory(bank=True)
        third = OrganizationFactory(bank=True)
        for position, bank in enumerate((agreement.institution, second, third), start=1):
            NamedInstitutionFactory(need=referral.need, institution=bank, position=position)
            if bank != agreement.institution:
                AgreementFactory(department=agreement.department, institution=bank)
                ConsentFactory(need=referral.need, institution=bank, granted_at=SENT)
                ProductFactory(institution=bank)
        return second

    @pytest.fixture
    def case(self, next_bank):
        sweep_daily("2026-11-25", "2026-12-01")
        return EscalationCase.objects.get()

    @pytest.fixture
    def officer(self, department_actor):
        return replace(department_actor, today=date(2026, 12, 1))

    def confirm(self, officer, case, **values):
        return next_choice.confirm_next(
            actor=officer,
            case=case,
            expected_revision=case.revision,
            now=at("2026-12-01T10:00"),
            **values,
        )

    def test_the_next_in_the_firms_order_is_proposed(self, case, next_bank):
        assert (case.state, case.next_institution) == (CaseState.PROPOSED, next_bank)

    def test_a_confirmation_drafts_the_list_and_lets_the_silent_referral_lapse(
        self, officer, case, next_bank, referral
    ):
        done = self.confirm(officer, case)

        row = done.supplement.rows.get()
        assert (row.institution, row.origin, row.need) == (
            next_bank,
            RowOrigin.NEXT_CHOICE,
            referral.need,
        )
        assert done.supplement.supplements == referral.list_row.referral_list
        referral.refresh_from_db()
        assert referral.status == ReferralStatus.EXPIRED
        assert done.state == CaseState.CONFIRMED

    def test_a_decided_case_is_decided(self, officer, case):
        done = self.confirm(officer, case)

        with pytest.raises(StateConflict, match="已处理"):
            self.confirm(officer, done)

    def test_declining_leaves_everything_where_it_is(self, officer, case, referral):
        done = next_choice.decline_next(
            actor=officer,
            case=case,
            reason="机构已电话说明",
            expected_revision=case.revision,
            now=at("2026-12-01T10:00"),
        )

        referral.refresh_from_db()
        assert (done.state, referral.status) == (CaseState.DECLINED, ReferralStatus.SENT)

    def test_an_answer_closes_the_case(self, bank_actor, officer, case, referral):
        acknowledge_referral(
            actor=replace(bank_actor, today=date(2026, 12, 1)),
            referral=referral,
            expected_revision=None,
            now=at("2026-12-01T10:00"),
        )

        case.refresh_from_db()
        assert case.state == CaseState.ANSWERED
        with pytest.raises(StateConflict):
            self.confirm(officer, case)

    def test_another_department_decides_nothing(self, case):
        stranger = make_actor(
            organization__city_department=True,
            organization__region__code="220200",
            role="department",
        )

        with pytest.raises(NotPermitted):
            self.confirm(stranger, case)

    def test_the_need_is_matched_until_the_list_is_sent(self, officer, case, referral):
        self.confirm(officer, case)

        referral.need.refresh_from_db()
        assert referral.need.status == NeedStatus.OPEN
