"""Drafting, submitting, verifying: who may, and what it takes."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from backend.common.errors import InvalidInput, NotPermitted, StaleRevision, StateConflict
from backend.journal.models import Event
from backend.needs import services
from backend.needs.models import Need
from backend.organizations.enums import Rank, Role
from tests.factories.firms import FirmFactory, TenancyFactory
from tests.factories.needs import NeedFactory
from tests.factories.organizations import MembershipFactory, OrganizationFactory, make_actor

NOW = timezone.now()


@pytest.fixture
def firm(firm_actor):
    return FirmFactory(organization=firm_actor.organization)


def draft(actor, firm, **values):
    return services.create_need(actor=actor, firm=firm, values=values, today=actor.today, now=NOW)


def submit(actor, need):
    return services.submit_need(
        actor=actor, need=need, expected_revision=None, today=actor.today, now=NOW
    )


def verify(actor, need, expected_revision=None):
    return services.verify_need(
        actor=actor, need=need, expected_revision=expected_revision, now=NOW
    )


def problems_of(refusal):
    return {problem.field: problem.code for problem in refusal.value.problems}


# --- drafting ---


def test_an_empty_draft_keeps_everything_unknown(firm_actor, firm):
    need = draft(firm_actor, firm)
    assert need.status == "draft"
    assert need.financing_types is None
    assert need.amount_max_yuan is None
    assert need.open_to_others is True


def test_unknown_and_none_are_kept_apart(firm_actor, firm):
    need = draft(firm_actor, firm, collateral=[], purposes=None)
    need.refresh_from_db()
    assert need.collateral == []
    assert need.purposes is None


def test_codes_count_on_and_name_the_year(firm_actor, firm):
    first, second = draft(firm_actor, firm), draft(firm_actor, firm)
    year, number = first.code.removeprefix("N").split("-")
    assert int(year) == timezone.localdate().year
    assert second.code == f"N{year}-{int(number) + 1:06d}"


def test_an_account_without_proved_authority_may_draft_but_not_submit(firm, firm_actor):
    newcomer = make_actor(organization=firm.organization)
    need = draft(newcomer, firm, contact_name="李")
    need = services.update_need(
        actor=newcomer, need=need, changes={"dossier": "一期"}, expected_revision=need.revision
    )
    with pytest.raises(StateConflict) as refusal:
        submit(newcomer, need)
    assert refusal.value.code == "authority_not_proved"
    assert "授权书" in refusal.value.message
    need.refresh_from_db()
    assert need.status == "draft"


def test_an_authority_that_has_expired_counts_no_more(firm, firm_actor):
    need = NeedFactory(firm=firm)
    later = replace(firm_actor, today=firm_actor.membership.authority_valid_until)
    with pytest.raises(StateConflict, match="授权"):
        services.submit_need(
            actor=later, need=need, expected_revision=None, today=later.today, now=NOW
        )


def test_a_firm_cannot_draft_for_another(firm_actor):
    with pytest.raises(NotPermitted):
        draft(firm_actor, FirmFactory())


@pytest.mark.parametrize("organization", ["bank", "department"])
def test_others_cannot_draft(firm, organization):
    role = Role.INSTITUTION if organization == "bank" else Role.DEPARTMENT
    actor = make_actor(role=role, **{f"organization__{organization}": True})
    with pytest.raises(NotPermitted):
        draft(actor, firm)


def test_an_incubator_drafts_for_tenants_that_consented_only(firm, incubator_actor):
    tenancy = TenancyFactory(firm=firm, incubator=incubator_actor.organization)
    with pytest.raises(NotPermitted):
        draft(incubator_actor, firm)
    tenancy.consented_at, tenancy.consented_by = NOW, incubator_actor.user
    tenancy.save()
    assert draft(incubator_actor, firm).firm == firm


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"financing_types": ["loan"]}, "financing_types", "unknown_code"),
        ({"purposes": ["research", "research"]}, "purposes", "duplicate_code"),
        ({"amount_min_yuan": -1}, "amount_min_yuan", "out_of_range"),
        ({"amount_max_yuan": 10**12 + 1}, "amount_max_yuan", "out_of_range"),
        ({"amount_min_yuan": 2, "amount_max_yuan": 1}, "amount_min_yuan", "min_above_max"),
        ({"term_max_months": 601}, "term_max_months", "out_of_range"),
        ({"term_min_months": 12, "term_max_months": 6}, "term_min_months", "min_above_max"),
        ({"max_annual_rate": Decimal("3.85")}, "max_annual_rate", "out_of_range"),
        ({"needed_by": date(2020, 1, 1)}, "needed_by", "out_of_range"),
        ({"needed_by": date(2099, 1, 1)}, "needed_by", "out_of_range"),
        ({"description": "长" * 4001}, "description", "too_long"),
        ({"contact_phone": "打我电话"}, "contact_phone", "invalid_phone"),
        ({"preferred_institutions": ["NOBODY"]}, "preferred_institutions", "unknown_institution"),
    ],
)
def test_impossible_values_are_refused_by_name(firm_actor, firm, values, field, code):
    with pytest.raises(InvalidInput) as refusal:
        draft(firm_actor, firm, **values)
    assert problems_of(refusal) == {field: code}
    assert not Need.objects.exists()


def test_every_wrong_value_is_told_at_once(firm_actor, firm):
    with pytest.raises(InvalidInput) as refusal:
        draft(firm_actor, firm, amount_min_yuan=-1, max_annual_rate=Decimal(5), purposes=["x"])
    assert problems_of(refusal).keys() == {"amount_min_yuan", "max_annual_rate", "purposes"}


def test_a_rate_in_per_cent_is_explained(firm_actor, firm):
    with pytest.raises(InvalidInput, match=r"3\.85% 填 0\.0385"):
        draft(firm_actor, firm, max_annual_rate=Decimal("3.85"))


def test_a_change_is_checked_against_what_is_stored(firm_actor, firm):
    need = NeedFactory(firm=firm, amount_min_yuan=1_000_000, amount_max_yuan=3_000_000)
    with pytest.raises(InvalidInput) as refusal:
        services.update_need(
            actor=firm_actor, need=need, changes={"amount_max_yuan": 1}, expected_revision=1
        )
    assert problems_of(refusal) == {"amount_min_yuan": "min_above_max"}


def test_a_returned_need_whose_date_has_passed_can_still_be_mended(firm_actor, firm):
    need = NeedFactory(firm=firm, returned=True, needed_by=date(2026, 1, 5))
    changes = {"description": "已补充合同"}
    changed = services.update_need(
        actor=firm_actor, need=need, changes=changes, expected_revision=need.revision
    )
    assert changed.description == "已补充合同"


# --- institutions named ---


def test_institutions_are_named_in_order(firm_actor, firm):
    banks = [OrganizationFactory(bank=True) for _ in range(3)]
    codes = [bank.code for bank in banks]
    need = draft(
        firm_actor,
        firm,
        preferred_institutions=[codes[2], codes[0]],
        excluded_institutions=[codes[1]],
    )
    rows = need.named_institutions.order_by("attitude", "position")
    named = list(rows.values_list("attitude", "institution__code"))
    assert named == [("excluded", codes[1]), ("preferred", codes[2]), ("preferred", codes[0])]


def test_a_list_that_is_not_given_stays(firm_actor, firm):
    first, second = OrganizationFactory(bank=True), OrganizationFactory(bank=True)
    need = draft(firm_actor, firm, preferred_institutions=[first.code])
    need = services.update_need(
        actor=firm_actor,
        need=need,
        changes={"excluded_institutions": [second.code]},
        expected_revision=need.revision,
    )
    assert need.named_institutions.count() == 2
    with pytest.raises(InvalidInput, match="既优先又排除"):
        services.update_need(
            actor=firm_actor,
            need=need,
            changes={"excluded_institutions": [first.code]},
            expected_revision=need.revision,
        )


@pytest.mark.parametrize("organization", [{"bank": True, "is_active": False}, {"department": True}])
def test_only_active_institutions_can_be_named(firm_actor, firm, organization):
    other = OrganizationFactory(**organization)
    with pytest.raises(InvalidInput, match=other.code):
        draft(firm_actor, firm, preferred_institutions=[other.code])


# --- submitting ---


def test_the_eight_entries_of_a_first_need_suffice(firm_actor, firm):
    bank = OrganizationFactory(bank=True)
    need = draft(
        firm_actor,
        firm,
        contact_name="王经理",
        contact_phone="13800000000",
        financing_types=["credit_loan"],
        amount_max_yuan=3_000_000,
        term_max_months=12,
        purposes=["working_capital"],
        needed_by=firm_actor.today + timedelta(days=30),
        preferred_institutions=[bank.code],
    )
    submitted = submit(firm_actor, need)
    assert submitted.status == "submitted"
    assert submitted.submitted_by == firm_actor.user


def test_a_need_without_any_amount_can_be_submitted(firm_actor, firm):
    need = NeedFactory(firm=firm, amount_min_yuan=None, amount_max_yuan=None, financing_types=[])
    assert submit(firm_actor, need).status == "submitted"


@pytest.mark.parametrize(
    ("missing", "field"),
    [
        ({"contact_name": ""}, "contact_name"),
        ({"contact_phone": ""}, "contact_phone"),
        ({"financing_types": None}, "financing_types"),
        ({"purposes": None}, "purposes"),
        ({"purposes": []}, "purposes"),
        ({"needed_by": None}, "needed_by"),
        ({"needed_by": date(2026, 1, 1)}, "needed_by"),
    ],
)
def test_what_an_officer_needs_is_asked_for_at_submission(firm_actor, firm, missing, field):
    need = NeedFactory(firm=firm, **missing)
    with pytest.raises(InvalidInput) as refusal:
        submit(firm_actor, need)
    assert problems_of(refusal).keys() == {field}


def test_a_firm_without_a_region_is_asked_for_it(firm_actor, firm):
    firm.organization.region = None
    firm.organization.save()
    with pytest.raises(InvalidInput) as refusal:
        submit(firm_actor, NeedFactory(firm=firm))
    assert problems_of(refusal) == {"firm.region": "required"}


# --- verifying ---


def test_a_verified_need_is_open_until_the_day_after_its_latest_date(firm, department_actor):
    need = verify(department_actor, NeedFactory(firm=firm, submitted=True))
    assert need.status == "open"
    assert need.verified_by == department_actor.user
    assert need.expires_on == need.needed_by + timedelta(days=1)


@pytest.mark.parametrize(("region", "is_allowed"), [("220100", True), ("220200", False)])
def test_a_department_verifies_in_its_own_region(firm, region, is_allowed):
    actor = make_actor(
        organization__city_department=True,
        organization__region__code=region,
        role=Role.DEPARTMENT,
        rank=Rank.OFFICER,
    )
    need = NeedFactory(firm=firm, submitted=True)
    if is_allowed:
        assert verify(actor, need).status == "open"
    else:
        with pytest.raises(NotPermitted):
            verify(actor, need)


def test_nobody_verifies_a_need_that_they_submitted(firm, department_actor):
    need = NeedFactory(firm=firm, submitted=True, submitted_by=department_actor.user)
    with pytest.raises(NotPermitted) as refusal:
        verify(department_actor, need)
    assert refusal.value.code == "own_need"


def test_nobody_verifies_a_need_of_their_own_firm(firm, department_actor):
    MembershipFactory(user=department_actor.user, organization=firm.organization)
    with pytest.raises(NotPermitted):
        verify(department_actor, NeedFactory(firm=firm, submitted=True))


def test_a_firm_cannot_verify(firm, firm_actor):
    with pytest.raises(NotPermitted):
        verify(firm_actor, NeedFactory(firm=firm, submitted=True))


def test_of_two_officers_one_is_told(firm, department_actor):
    colleague = make_actor(organization=department_actor.organization, role=Role.DEPARTMENT)
    need = NeedFactory(firm=firm, submitted=True)
    seen = need.revision
    services.return_need(
        actor=colleague, need=need, reason="缺合同", expected_revision=seen, now=NOW
    )
    with pytest.raises(StaleRevision):
        verify(department_actor, need, expected_revision=seen)
    need.refresh_from_db()
    assert need.status == "returned"


@pytest.mark.parametrize("reason", ["", "  ", "长" * 1001])
def test_a_need_is_returned_with_a_reason(firm, department_actor, reason):
    need = NeedFactory(firm=firm, submitted=True)
    with pytest.raises(InvalidInput) as refusal:
        services.return_need(
            actor=department_actor, need=need, reason=reason, expected_revision=None, now=NOW
        )
    assert problems_of(refusal).keys() == {"reason"}


def test_withdrawing_what_was_submitted_takes_authority_and_a_draft_does_not(firm):
    newcomer = make_actor(organization=firm.organization)
    services.withdraw_need(
        actor=newcomer, need=NeedFactory(firm=firm), expected_revision=None, now=NOW
    )
    with pytest.raises(StateConflict, match="授权"):
        services.withdraw_need(
            actor=newcomer,
            need=NeedFactory(firm=firm, open=True),
            expected_revision=None,
            now=NOW,
        )


def test_an_event_names_the_need_its_status_and_who_acted(firm, firm_actor):
    need = submit(firm_actor, NeedFactory(firm=firm))
    event = Event.objects.get(subject_id=need.public_id)
    assert event.type == "need.submitted"
    assert event.payload == {"code": need.code, "status": "submitted"}
    assert event.user == firm_actor.user
    assert event.organization_id == firm_actor.organization.public_id


def test_a_refused_change_leaves_no_event(firm, firm_actor):
    with pytest.raises(InvalidInput):
        draft(firm_actor, firm, amount_min_yuan=-1)
    assert not Event.objects.exists()
