"""Events become rows of the inboxes of whoever is concerned, once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from backend.journal.enums import EventType
from backend.journal.models import Dispatch, Event
from backend.journal.services import record
from backend.needs import services as needs
from backend.notifications.models import Notification
from backend.notifications.subscribers import write_notifications
from backend.organizations.enums import Rank, Role
from backend.referrals.enums import Escalation
from backend.referrals.services import approval, documents, endings, matters, money, outcomes, steps
from backend.referrals.services.assigning import hand_over_referral
from backend.referrals.services.escalation import sweep_clocks
from backend.referrals.services.money import DrawnMoney
from tests.factories.firms import TenancyFactory
from tests.factories.lists import make_office, open_needs
from tests.factories.needs import NeedFactory
from tests.factories.organizations import make_actor
from tests.factories.partners import ContactFactory
from tests.factories.webhooks import EndpointFactory

pytestmark = pytest.mark.django_db


def ask(actor, referral, *names):
    return documents.ask_for_documents(
        actor=actor,
        referral=referral,
        names=names,
        expected_revision=None,
        now=timezone.now(),
    )


def test_an_event_that_is_relayed_twice_is_one_notification(
    bank_actor, firm_actor, referral, relay_all, told
):
    ask(bank_actor, referral, "审计报告")
    relay_all()

    Dispatch.objects.update(relayed_at=None)
    relay_all()
    write_notifications(Event.objects.get(type=EventType.DOCUMENTS_ASKED))

    assert told(firm_actor) == ["firm.documents_asked"]


def test_the_firm_is_told_of_every_step_and_the_bank_of_none_of_its_own(
    bank_actor, firm_actor, referral, relay_all, told
):
    step = {"actor": bank_actor, "expected_revision": None, "now": timezone.now()}
    steps.acknowledge_referral(referral=referral, **step)
    steps.take_step(referral=referral, step="contacted", **step)
    money.approve_referral(referral=referral, terms=money.LineTerms(amount_yuan=3_000_000), **step)
    money.disburse_referral(
        referral=referral,
        money=DrawnMoney(amount_yuan=1_000_000, drawn_on=timezone.localdate()),
        **step,
    )
    relay_all()

    assert told(firm_actor) == [
        "firm.stepped",
        "firm.stepped",
        "firm.approved",
        "firm.drawdown_reported",
    ]
    assert told(bank_actor) == []


def test_a_verified_need_and_a_returned_one_are_told_to_the_firm(
    department_actor, firm_actor, relay_all, told
):
    from tests.factories.firms import FirmFactory

    firm = FirmFactory(organization=firm_actor.organization)
    decision = {"actor": department_actor, "expected_revision": None, "now": timezone.now()}
    needs.verify_need(need=NeedFactory(firm=firm, submitted=True), **decision)
    needs.return_need(need=NeedFactory(firm=firm, submitted=True), reason="缺合同", **decision)

    relay_all()

    assert told(firm_actor) == ["firm.need_verified", "firm.need_returned"]


def test_an_incubator_hears_with_the_tenants_consent_only(
    bank_actor, incubator_actor, referral, relay_all, told
):
    other = make_actor(organization__incubator=True, role=Role.INCUBATOR)
    firm = referral.need.firm
    TenancyFactory(firm=firm, incubator=incubator_actor.organization, consented=True)
    TenancyFactory(firm=firm, incubator=other.organization)

    ask(bank_actor, referral, "审计报告")
    relay_all()

    assert told(incubator_actor) == ["firm.documents_asked"]
    assert told(other) == []


def test_a_sending_tells_each_bank_once_per_list_and_each_firm_once_per_need(relay_all):
    office = make_office(banks=2)
    open_needs(3)
    managers = [make_actor(organization=bank, role=Role.INSTITUTION) for bank in office.banks]
    sending = office.draft_and_send(per_need=2)
    assert len(sending.referrals) == 6

    relay_all()

    received = Notification.objects.filter(kind="institution.list_received")
    assert {(one.recipient, one.count) for one in received} == {
        (manager.membership, 3) for manager in managers
    }


def test_the_absent_contacts_cover_is_told_in_their_place(
    bank_actor, firm_actor, referral, agreement, relay_all, told
):
    cover = make_actor(
        organization=bank_actor.organization, role=Role.INSTITUTION, rank=Rank.OFFICER
    )
    contact = agreement.institution_contact
    contact.absent_from = timezone.localdate() - timedelta(days=1)
    contact.absent_until = timezone.localdate() + timedelta(days=3)
    contact.covered_by = ContactFactory(organization=bank_actor.organization, user=cover.user)
    contact.save()
    ask(bank_actor, referral, "审计报告")
    referral.refresh_from_db()

    documents.give_documents(
        actor=firm_actor,
        referral=referral,
        names=["审计报告"],
        expected_revision=None,
        now=timezone.now(),
    )
    relay_all()

    assert told(cover) == ["institution.documents_given"]
    assert told(bank_actor) == []


def test_where_nobody_named_has_an_account_the_managers_are_told(
    bank_actor, firm_actor, referral, agreement, relay_all, told
):
    contact = agreement.institution_contact
    contact.user = None
    contact.save()
    need = referral.need

    needs.withdraw_need(actor=firm_actor, need=need, expected_revision=None, now=timezone.now())
    relay_all()
    relay_all()

    assert told(bank_actor) == ["institution.withdrawn"]
    assert told(firm_actor) == []


def test_the_handler_is_told_of_what_was_handed_over(bank_actor, referral, relay_all, told):
    colleague = make_actor(
        organization=bank_actor.organization, role=Role.INSTITUTION, rank=Rank.OFFICER
    )

    hand_over_referral(
        actor=bank_actor,
        referral=referral,
        username=colleague.user.username,
        expected_revision=None,
        now=timezone.now(),
    )
    relay_all()

    assert told(colleague) == ["institution.assigned"]
    assert told(bank_actor) == []


def test_silence_is_told_to_the_bank_and_then_to_the_department(
    bank_actor, department_actor, referral, agreement, relay_all, told
):
    second = make_actor(
        organization=bank_actor.organization, role=Role.INSTITUTION, rank=Rank.OFFICER
    )
    agreement.second_contact = ContactFactory(
        organization=bank_actor.organization, user=second.user
    )
    agreement.save()

    for days in range(16):
        sweep_clocks(now=timezone.now() + timedelta(days=days))
    relay_all()

    assert "institution.reminder" in told(bank_actor)
    assert "institution.second_contact" in told(second)
    assert {"department.breach", "department.proposal"} <= set(told(department_actor))
    events = Event.objects.filter(type=EventType.CLOCK_ESCALATED)
    assert {event.payload["escalation"] for event in events} == set(Escalation.values)


def test_a_list_goes_from_post_to_post_and_back_to_its_drafter(relay_all, told):
    office = make_office(banks=1)
    open_needs(1)
    submitted = office.submit(office.draft(per_need=1))
    relay_all()
    # Both are managers, so either may sign for the first post.
    assert told(office.head) == told(office.leader) == ["department.list_to_sign"]

    sign = {"referral_list": submitted, "expected_revision": None, "now": timezone.now()}
    approval.approve_list(actor=office.head, **sign)
    relay_all()
    assert told(office.head) == ["department.list_to_sign"]
    assert told(office.leader) == ["department.list_to_sign"] * 2

    approval.approve_list(actor=office.leader, **sign)
    relay_all()
    assert told(office.officer) == ["department.list_approved"]


def test_a_refused_list_is_told_to_its_drafter(relay_all, told):
    office = make_office(banks=1)
    open_needs(1)
    submitted = office.submit(office.draft(per_need=1))

    approval.refuse_list(
        actor=office.head,
        referral_list=submitted,
        note="请核对金额",
        expected_revision=None,
        now=timezone.now(),
    )
    relay_all()

    assert told(office.officer) == ["department.list_refused"]


def test_a_contested_drawdown_reaches_the_department_and_the_bank(
    bank_actor, department_actor, firm_actor, referral, relay_all, told
):
    step = {"expected_revision": None, "now": timezone.now()}
    money.disburse_referral(
        actor=bank_actor,
        referral=referral,
        money=DrawnMoney(amount_yuan=1_000_000, drawn_on=timezone.localdate()),
        **step,
    )
    outcomes.contest_outcome(
        actor=firm_actor,
        referral=referral,
        drawdown=referral.drawdowns.get(),
        note="未到账",
        **step,
    )
    relay_all()

    assert "department.outcome_contested" in told(department_actor)
    assert "institution.drawdown_reviewed" in told(bank_actor)


def test_a_matter_is_told_to_the_department_and_to_the_agency_once(
    bank_actor, department_actor, city_department_actor, referral, relay_all, told
):
    now = timezone.now()
    matter = matters.raise_matter(
        actor=bank_actor, referral=referral, text="需核对不动产登记", now=now
    )
    agency = city_department_actor.organization.code
    for measure in ("联合核对", "现场核对"):
        matters.update_matter(
            actor=department_actor,
            matter=matter,
            changes={"agency": agency, "measure": measure},
            expected_revision=None,
        )
    relay_all()

    assert told(department_actor) == ["department.matter_raised"]
    assert told(city_department_actor) == ["department.matter_assigned"]


def test_a_decline_is_told_with_its_reasons(bank_actor, firm_actor, referral, relay_all, told):
    endings.decline_referral(
        actor=bank_actor,
        referral=referral,
        reasons=["collateral"],
        expected_revision=None,
        now=timezone.now(),
    )
    relay_all()

    assert told(firm_actor) == ["firm.declined", "firm.need_reopened"]


def test_managers_hear_of_an_endpoint_that_fails(bank_actor, relay_all, told):
    endpoint = EndpointFactory(organization=bank_actor.organization)
    record(
        EventType.WEBHOOK_FAILING,
        subject=endpoint,
        actor=None,
        payload={"organization": str(endpoint.organization.public_id)},
    )

    relay_all()

    assert told(bank_actor) == ["institution.endpoint_failing"]


def test_whoever_comes_later_is_not_told_of_what_happened_before(
    firm_actor, department_actor, relay_all, told
):
    need = NeedFactory(firm__organization=firm_actor.organization, submitted=True)
    needs.verify_need(actor=department_actor, need=need, expected_revision=None, now=timezone.now())
    newcomer = make_actor(organization=firm_actor.organization, proved=True)
    relay_all()

    assert told(firm_actor) == ["firm.need_verified"]
    assert told(newcomer) == []
