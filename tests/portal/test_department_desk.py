"""Escalations, recommendations, contested money and matters: what an officer decides."""

import pytest
from django.urls import reverse

from backend.organizations.enums import Role
from backend.recommendations.enums import RecommendationStatus
from backend.referrals.enums import CaseState, OutcomeState
from tests.factories.catalogue import ProductFactory
from tests.factories.consents import ConsentFactory
from tests.factories.organizations import OrganizationFactory, make_actor
from tests.factories.partners import AgreementFactory
from tests.factories.recommendations import RecommendationFactory
from tests.factories.referrals import (
    DrawdownFactory,
    EscalationCaseFactory,
    MatterFactory,
    ReferralFactory,
)


def address(name, *ids):
    return reverse(f"portal:department_{name}", args=ids)


@pytest.fixture
def other_city(db):
    return make_actor(
        organization__city_department=True,
        organization__region__code="220200",
        role=Role.DEPARTMENT,
    )


def test_an_escalation_is_listed_and_shown_with_its_story(browse, department_actor):
    case = EscalationCaseFactory()
    client = browse(department_actor)
    firm = case.referral.need.firm.organization.name
    for page in (address("escalations"), address("escalations_detail", case.public_id)):
        assert firm in client.get(page).content.decode()


def test_a_silence_is_left_with_its_institution_only_for_a_reason(browse, department_actor):
    case = EscalationCaseFactory()
    client, page = browse(department_actor), address("escalations_decline", case.public_id)
    refused = client.post(page, {"revision": case.revision})
    assert refused.context["form"].errors["reason"]
    client.post(page, {"revision": case.revision, "reason": "机构已电话说明"})
    case.refresh_from_db()
    assert (case.state, case.reason) == (CaseState.DECLINED, "机构已电话说明")
    assert case.public_id.hex
    assert "没有逾期提请" in client.get(address("escalations")).content.decode()


def test_going_on_drafts_a_supplement_that_the_page_leads_to(browse, db):
    referral = ReferralFactory()
    department, second = referral.agreement.department, OrganizationFactory(bank=True)
    AgreementFactory(department=department, institution=second)
    ConsentFactory(need=referral.need, institution=second)
    ProductFactory(institution=second)
    case = EscalationCaseFactory(referral=referral, next_institution=second)
    client = browse(make_actor(organization=department, role=Role.DEPARTMENT))
    page = address("escalations_confirm", case.public_id)
    told = {"revision": case.revision, "institution": "", "note": "", "press": "one"}
    for _ in range(2):
        assert client.post(page, told).status_code == 302
    case.refresh_from_db()
    referral.refresh_from_db()
    assert (case.state, referral.status) == (CaseState.CONFIRMED, "expired")
    assert case.supplement.rows.get().institution == second
    detail = client.get(address("escalations_detail", case.public_id)).content.decode()
    assert case.supplement.number in detail


def test_going_on_without_a_named_institution_says_what_is_missing(browse, department_actor):
    case = EscalationCaseFactory(next_institution=None)
    page = address("escalations_confirm", case.public_id)
    answer = browse(department_actor).post(page, {"revision": case.revision})
    assert answer.status_code == 422
    assert answer.context["form"].errors["institution"]


def test_a_recommendation_is_verified_by_its_level(browse, db):
    made = RecommendationFactory(submitted=True)
    levels = {
        "city": make_actor(organization__city_department=True, role=Role.DEPARTMENT),
        "province": make_actor(organization__department=True, role=Role.DEPARTMENT),
    }
    while made.status == RecommendationStatus.SUBMITTED:
        client = browse(levels[made.awaiting_level])
        assert made.need.code in client.get(address("recommendations")).content.decode()
        detail = client.get(address("recommendations_detail", made.public_id)).content.decode()
        assert "核验通过" in detail
        before = made.awaiting_level
        page = address("recommendations_verify", made.public_id)
        assert client.post(page, {"revision": made.revision}).status_code == 302
        made.refresh_from_db()
        assert made.awaiting_level != before
    assert made.status == RecommendationStatus.ACCEPTED


def test_a_recommendation_goes_back_with_a_reason(browse, db):
    made = RecommendationFactory(submitted=True)
    trait = {f"organization__{'city_' if made.awaiting_level == 'city' else ''}department": True}
    client = browse(make_actor(**trait, role=Role.DEPARTMENT))
    page = address("recommendations_return", made.public_id)
    assert client.post(page, {"revision": made.revision}).context["form"].errors["reason"]
    client.post(page, {"revision": made.revision, "reason": "走访记录不全"})
    made.refresh_from_db()
    assert (made.status, made.returned_reason) == ("returned", "走访记录不全")


@pytest.fixture
def contested(db):
    referral = ReferralFactory(funded=True)
    return DrawdownFactory(referral=referral, state=OutcomeState.CONTESTED)


def reconcile(drawdown):
    return address("outcomes_reconcile", drawdown.referral.public_id, drawdown.public_id)


def test_contested_money_is_reconciled_within_what_was_reported(
    browse, department_actor, contested
):
    client, referral = browse(department_actor), contested.referral
    assert referral.need.code in client.get(address("outcomes")).content.decode()
    more = {"revision": referral.revision, "amount_yuan": "99999999", "note": "查"}
    assert client.post(reconcile(contested), more).context["form"].errors["amount_yuan"]
    found = {"revision": referral.revision, "amount_yuan": "50", "note": "以进账单为准"}
    assert client.post(reconcile(contested), found).status_code == 302
    contested.refresh_from_db()
    assert contested.state == OutcomeState.RECONCILED
    assert contested.referral.need.code not in client.get(address("outcomes")).content.decode()


def test_a_matter_is_arranged_and_settled(browse, department_actor):
    matter = MatterFactory()
    client = browse(department_actor)
    page = address("matters_detail", matter.public_id)
    told = {
        "revision": matter.revision,
        "agency": "",
        "agency_name": "市担保公司",
        "measure": "面商",
    }
    assert client.post(page, told).status_code == 302
    matter.refresh_from_db()
    assert (matter.agency_name, matter.measure) == ("市担保公司", "面商")
    page = address("matters_repair", matter.public_id)
    assert client.post(page, {"revision": matter.revision}).context["form"].errors["result"]
    client.post(page, {"revision": matter.revision, "result": "已补充担保"})
    matter.refresh_from_db()
    assert matter.repaired_at is not None
    assert "没有协调事项" in client.get(address("matters")).content.decode()


def test_another_city_finds_none_of_it(browse, other_city, contested):
    case, matter = EscalationCaseFactory(), MatterFactory()
    made = RecommendationFactory(submitted=True)
    client = browse(other_city)
    for page in (
        address("escalations_detail", case.public_id),
        address("escalations_decline", case.public_id),
        address("matters_detail", matter.public_id),
        address("recommendations_detail", made.public_id),
        reconcile(contested),
    ):
        assert client.get(page).status_code == 404


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("escalations", EscalationCaseFactory.create_batch),
        ("matters", MatterFactory.create_batch),
        ("outcomes", lambda count: [_contest() for _ in range(count)]),
        (
            "recommendations",
            lambda count: RecommendationFactory.create_batch(count, submitted=True),
        ),
    ],
)
def test_every_list_asks_the_same_number_of_questions_for_any_number(
    browse, department_actor, count_queries, name, make
):
    client = browse(department_actor)
    page = f"{address(name)}?show=all"

    def look():
        client.get(page)
        return count_queries(lambda: client.get(page))

    make(1)
    few = look()
    make(4)
    assert look() == few


def _contest():
    return DrawdownFactory(referral=ReferralFactory(funded=True), state=OutcomeState.CONTESTED)
