"""A recommendation on its way from the county to the province."""

from datetime import timedelta

import pytest
from django.utils import timezone

from backend.common.errors import InvalidInput, NotPermitted, StaleRevision, StateConflict
from backend.journal.models import Event
from backend.needs import services as needs
from backend.needs.models import Need
from backend.recommendations.enums import EntryStandard
from backend.recommendations.models import Recommendation
from backend.recommendations.services import drafting, leading
from tests.backend.recommendations.conftest import make_officer, visit
from tests.factories.needs import NeedFactory
from tests.factories.organizations import make_actor

pytestmark = pytest.mark.django_db


def problems_of(refusal):
    return {problem.field: problem.code for problem in refusal.value.problems}


def events_about(one):
    return list(Event.objects.filter(subject_id=one.public_id).order_by("pk").values_list("type"))


# --- upward ---


def test_with_the_last_level_the_need_is_open_for_matching(line):
    one = line.submit(line.draft())
    assert (one.status, one.awaiting_level) == ("submitted", "city")
    assert one.route == ["county", "city", "province"]
    one = line.verify(one, by=line.city)
    assert (one.status, one.awaiting_level) == ("submitted", "province")
    line.need.refresh_from_db()
    assert line.need.status == "submitted"
    one = line.verify(one, by=line.province)
    assert (one.status, one.awaiting_level) == ("accepted", "")
    line.need.refresh_from_db()
    assert line.need in Need.objects.open()
    assert line.need.verified_by == line.province.user
    assert [step.act for step in one.steps.all()] == ["submitted", "passed", "accepted"]
    assert [event for (event,) in events_about(one)] == [
        "recommendation.created",
        "recommendation.submitted",
        "recommendation.passed",
        "recommendation.accepted",
    ]


def test_a_need_that_is_open_already_is_recommended_and_not_verified_twice(line):
    need = NeedFactory(open=True)
    before = need.verified_by
    one = drafting.create_recommendation(actor=line.county, need=need, values=visit())
    one = line.verify(line.verify(line.submit(one), by=line.city), by=line.province)
    need.refresh_from_db()
    assert (one.status, need.verified_by) == ("accepted", before)


def test_a_level_without_a_department_is_passed_over(line):
    line.city.organization.is_active = False
    line.city.organization.save()
    one = line.submit(line.draft())
    assert (one.route, one.awaiting_level) == (["county", "province"], "province")


def test_a_level_is_not_passed_over_for_a_department_of_another_city(line):
    line.city.organization.is_active = False
    line.city.organization.save()
    make_officer("city_department", region__code="220200")
    assert line.submit(line.draft()).awaiting_level == "province"


def test_the_highest_level_is_verified_by_another_person_of_its_own(line, colleague):
    one = line.submit(line.draft(by=line.province), by=line.province)
    assert one.awaiting_level == "province"
    with pytest.raises(NotPermitted, match="本人已上报") as refusal:
        line.verify(one, by=line.province)
    assert refusal.value.code == "already_signed"
    assert line.verify(one, by=colleague(line.province)).status == "accepted"


# --- whose turn ---


def test_levels_that_are_not_in_turn_do_not_verify(line, colleague):
    one = line.submit(line.draft())
    for early in (line.province, colleague(line.county)):
        with pytest.raises(NotPermitted) as refusal:
            line.verify(one, by=early)
        assert refusal.value.code == "not_in_turn"


def test_a_department_of_another_city_does_not_verify(line):
    other = make_officer("city_department", region__code="220200")
    with pytest.raises(NotPermitted) as refusal:
        line.verify(line.submit(line.draft()), by=other)
    assert refusal.value.code == "permission_denied"


def test_a_recommendation_goes_up_in_its_own_agency_or_through_science(line):
    industry = make_officer("county_department", agency="industry")
    above = make_officer("city_department", agency="industry")
    finance = make_officer("city_department", agency="finance")
    one = line.submit(line.draft(by=industry), by=industry)
    assert one.agency == "industry"
    with pytest.raises(NotPermitted) as refusal:
        line.verify(one, by=finance)
    assert refusal.value.code == "other_agency"
    one = line.verify(one, by=above)
    assert line.verify(one, by=line.province).status == "accepted"


def test_nobody_verifies_for_a_firm_of_their_own(line):
    make_actor(user=line.city.user, organization=line.need.firm.organization)
    with pytest.raises(NotPermitted) as refusal:
        line.verify(line.submit(line.draft()), by=line.city)
    assert refusal.value.code == "own_need"


def test_only_the_recommending_department_edits_submits_and_withdraws(line):
    one = line.draft()
    told = {"actor": line.city, "recommendation": one, "expected_revision": 1}
    now = timezone.now()
    for act in (
        lambda: drafting.update_recommendation(**told, changes={"opinion": "改"}),
        lambda: leading.submit_recommendation(**told, now=now),
        lambda: leading.withdraw_recommendation(**told, reason="撤", now=now),
    ):
        with pytest.raises(NotPermitted):
            act()


# --- back ---


def test_a_returned_recommendation_is_mended_and_goes_up_again(line):
    one = line.submit(line.draft())
    one = line.send_back(one, by=line.city, reason="请补充走访照片说明")
    assert (one.status, one.returned_reason) == ("returned", "请补充走访照片说明")
    one = drafting.update_recommendation(
        actor=line.county,
        recommendation=one,
        changes={"opinion": "已补充。"},
        expected_revision=one.revision,
    )
    one = line.submit(one)
    assert (one.status, one.awaiting_level, one.returned_reason) == ("submitted", "city", "")
    assert line.verify(one, by=line.city).awaiting_level == "province"


def test_a_return_says_why(line):
    with pytest.raises(InvalidInput) as refusal:
        line.send_back(line.submit(line.draft()), by=line.city, reason="  ")
    assert problems_of(refusal) == {"reason": "required"}


def test_what_is_on_its_way_is_not_edited(line):
    one = line.submit(line.draft())
    with pytest.raises(StateConflict) as refusal:
        drafting.update_recommendation(
            actor=line.county, recommendation=one, changes={}, expected_revision=one.revision
        )
    assert refusal.value.code == "not_editable"


def test_a_submitted_one_is_withdrawn_with_a_reason_and_the_need_can_be_recommended_anew(line):
    one = line.submit(line.draft())
    told = {"actor": line.county, "recommendation": one, "expected_revision": one.revision}
    with pytest.raises(InvalidInput):
        leading.withdraw_recommendation(**told, now=timezone.now())
    one = leading.withdraw_recommendation(**told, reason="企业搬迁", now=timezone.now())
    assert one.status == "withdrawn"
    assert line.submit(line.draft()).status == "submitted"


def test_an_accepted_one_is_neither_returned_nor_withdrawn(line):
    one = line.verify(line.verify(line.submit(line.draft()), by=line.city), by=line.province)
    told = {"recommendation": one, "expected_revision": one.revision, "now": timezone.now()}
    with pytest.raises(StateConflict):
        leading.withdraw_recommendation(actor=line.county, reason="撤", **told)
    with pytest.raises(StateConflict):
        leading.return_recommendation(actor=line.city, reason="退", **told)


# --- once ---


def test_a_department_has_one_recommendation_of_a_need(line):
    line.draft()
    with pytest.raises(StateConflict) as refusal:
        line.draft()
    assert refusal.value.code == "already_recommended"


def test_one_agency_does_not_hand_up_a_need_twice_but_another_may(line):
    line.submit(line.draft())
    with pytest.raises(StateConflict) as refusal:
        line.submit(line.draft(by=line.city), by=line.city)
    assert refusal.value.code == "already_on_the_way"
    industry = make_officer("county_department", agency="industry")
    assert line.submit(line.draft(by=industry), by=industry).status == "submitted"


def test_a_stale_revision_is_refused(line):
    one = line.submit(line.draft())
    line.verify(one, by=line.city)
    with pytest.raises(StaleRevision):
        line.send_back(one, by=line.province)


# --- what a visit says ---


def test_all_five_standards_are_checked_and_met_before_it_goes_up(line):
    standards = visit()["standards"]
    standards[1]["is_met"] = False
    one = line.draft(visited_on=None, visitors=[], standards=standards[:2])
    with pytest.raises(InvalidInput) as refusal:
        line.submit(one)
    assert problems_of(refusal) == {
        "visited_on": "required",
        "visitors": "required",
        "standards.fixed_premises": "not_met",
        "standards.real_demand": "required",
        "standards.good_credit": "required",
        "standards.lawful_use": "required",
    }
    assert Recommendation.objects.get().status == "draft"


@pytest.mark.parametrize("basis", ["征信报告无逾期", "查 询 次 数 3", "ｘ黑名单"])
def test_a_basis_holds_no_credit_report_content(line, basis):
    check = {"standard": EntryStandard.GOOD_CREDIT.value, "is_met": True, "basis": basis}
    with pytest.raises(InvalidInput) as refusal:
        line.draft(standards=[check])
    assert problems_of(refusal) == {"standards.0.basis": "credit_report_content"}


def test_impossible_visits_are_refused_all_together(line):
    tomorrow = timezone.localdate() + timedelta(days=1)
    check = {"standard": "real_demand", "is_met": True, "basis": " "}
    with pytest.raises(InvalidInput) as refusal:
        line.draft(
            visited_on=tomorrow,
            visitors=[{"name": "李明", "post": ""}],
            standards=[check, {**check, "basis": "合同"}, {**check, "standard": "luck"}],
        )
    assert problems_of(refusal) == {
        "visited_on": "out_of_range",
        "visitors.0.post": "required",
        "standards.0.basis": "required",
        "standards.1.standard": "duplicate_code",
        "standards.2.standard": "unknown_code",
        "standards.2.basis": "required",
    }


# --- with its need ---


@pytest.mark.parametrize("state", ["draft", "withdrawn", "expired", "funded", "returned"])
def test_a_need_that_was_not_submitted_or_has_ended_is_not_recommended(line, state):
    need = NeedFactory(**({} if state == "draft" else {state: True}))
    with pytest.raises(StateConflict) as refusal:
        drafting.create_recommendation(actor=line.county, need=need, values=visit())
    assert refusal.value.code == "need_not_recommendable"


def return_need(line):
    return needs.return_need(
        actor=line.city, need=line.need, reason="缺合同", expected_revision=None, now=timezone.now()
    )


def test_a_need_that_goes_back_to_its_firm_takes_its_recommendation_back(
    line, django_capture_on_commit_callbacks
):
    one = line.submit(line.draft())
    with django_capture_on_commit_callbacks(execute=True):
        return_need(line)
    one.refresh_from_db()
    assert (one.status, one.awaiting_level) == ("returned", "")
    assert "退回企业" in one.returned_reason


def test_what_was_said_before_the_firm_changed_its_need_is_not_verified(line):
    one = line.submit(line.draft())
    need = return_need(line)
    need.status = "submitted"
    need.save()
    with pytest.raises(StateConflict) as refusal:
        line.verify(one, by=line.city)
    assert refusal.value.code == "need_changed"


def test_a_withdrawn_need_ends_its_recommendations(line, django_capture_on_commit_callbacks):
    one = line.submit(line.draft())
    firm = make_actor(organization=line.need.firm.organization, proved=True)
    with django_capture_on_commit_callbacks(execute=True):
        needs.withdraw_need(actor=firm, need=line.need, expected_revision=None, now=timezone.now())
    one.refresh_from_db()
    assert one.status == "withdrawn"
    assert one.steps.last().taken_by is None
