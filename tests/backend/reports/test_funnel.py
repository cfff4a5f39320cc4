"""The funnel against a count by hand, row by row, and as it was on days gone by."""

from collections import defaultdict
from datetime import timedelta

import pytest
from django.utils import timezone

from backend.common.errors import InvalidInput, NotPermitted
from backend.journal.enums import EventType
from backend.journal.models import Event
from backend.needs.models import Need
from backend.organizations.enums import Role
from backend.referrals.enums import OutcomeState, Step
from backend.referrals.models import Drawdown, Referral
from backend.reports.cells import Cell
from backend.reports.funnel import draw_funnel, find_rows
from backend.reports.groups import GroupBy
from backend.reports.scope import make_scope, one_year_before
from tests.backend.reports.conftest import WAY, noon
from tests.factories.matches import MatchRunFactory
from tests.factories.needs import NeedFactory
from tests.factories.organizations import make_actor

pytestmark = pytest.mark.django_db

AT_LEAST = {
    "acknowledged": WAY,
    "contacted": WAY[1:],
    "approved": WAY[3:],
    "disbursed": WAY[4:],
}


def known(moment, as_of):
    return moment is not None and timezone.localdate(moment) <= as_of


def standing(referral, as_of):
    drawn = [one for one in referral.drawdowns.all() if known(one.recorded_at, as_of)]
    return drawn, [one for one in drawn if not known(one.voided_at, as_of)]


def last_word(drawdown, as_of):
    said = [one for one in drawdown.reviews.all() if known(one.reviewed_at, as_of)]
    return said[-1] if said else None


def stage_days(referral, as_of):
    """The first day of each stage, found the slow way."""
    days = {"referred": timezone.localdate(referral.sent_at)}
    steps = [step for step in referral.steps.all() if known(step.recorded_at, as_of)]
    for stage, counted in AT_LEAST.items():
        found = [step.happened_on for step in steps if step.step in counted]
        if found:
            days[stage] = min(found)
    drawn, valid = standing(referral, as_of)
    if drawn:
        days.pop("disbursed", None)
    if valid:
        days["disbursed"] = min(one.drawn_on for one in valid)
    agreed = [step.happened_on for step in steps if step.step == "confirmed"]
    for drawdown in valid:
        word = last_word(drawdown, as_of)
        if word and word.state in {"confirmed", "reconciled"} and word.amount_yuan:
            agreed.append(timezone.localdate(word.reviewed_at))
    if agreed:
        days["confirmed"] = min(agreed)
    return days


def count_needs(start, end, as_of, stages, money, keep):
    for need in Need.objects.all():
        for stage, at in (("posted", need.submitted_at), ("verified", need.verified_at)):
            if known(at, as_of) and start <= timezone.localdate(at) < end and keep(need):
                stages[stage].add((need.pk, need.firm_id, None))
                if stage == "verified":
                    money["asked_amount"].append(need.amount_max_yuan)


def count_money(referral, start, end, as_of, money):
    for line in referral.lines.all():
        in_force = known(line.recorded_at, as_of) and not known(line.replaced_at, as_of)
        if in_force and start <= line.approved_on < end:
            money["line_amount"].append(line.amount_yuan)
    for drawdown in standing(referral, as_of)[1]:
        word = last_word(drawdown, as_of)
        state = word.state if word else "reported"
        if start <= drawdown.drawn_on < end:
            money["disbursed_amount"].append(drawdown.amount_yuan)
            found = word.amount_yuan if state == "reconciled" else drawdown.amount_yuan
            money[f"outcome_{state}"].append(found)
        if state == "confirmed" and start <= timezone.localdate(word.reviewed_at) < end:
            money["confirmed_amount"].append(drawdown.amount_yuan)


def count_by_hand(start, end, as_of, keep=lambda need: True):
    """Sets of needs, firms and referrals by stage; lists of amounts."""
    stages, money = defaultdict(set), defaultdict(list)
    count_needs(start, end, as_of, stages, money, keep)
    for referral in Referral.objects.all():
        if known(referral.sent_at, as_of) and keep(referral.need):
            for stage, day in stage_days(referral, as_of).items():
                if start <= day < end:
                    stages[stage].add((referral.need_id, referral.need.firm_id, referral.pk))
            count_money(referral, start, end, as_of, money)
    return stages, money


def assert_agrees(figures, counted):
    stages, money = counted
    for stage, shown in figures["stages"].items():
        rows = stages[stage]
        assert shown is None or shown == {
            "needs": len({need for need, _, _ in rows}),
            "firms": len({firm for _, firm, _ in rows}),
            "referrals": len({referral for _, _, referral in rows} - {None}),
        }, stage
    outcomes = {f"outcome_{state}": shown for state, shown in figures["outcomes"].items()}
    for name, shown in (figures["amounts"] | outcomes).items():
        expected = {"count": len(money[name]), "amount_yuan": sum(money[name])}
        assert shown is None or shown == expected, name


@pytest.mark.parametrize("days_ago", [0, 45, 200])
@pytest.mark.parametrize("length", [31, 365, 600])
def test_every_figure_is_what_a_count_over_the_rows_finds(lively, days_ago, length):
    """In all, for the year before and for each county."""
    as_of = lively.today - timedelta(days=days_ago)
    end = as_of + timedelta(days=1)
    start = end - timedelta(days=length)
    scope = make_scope(actor=lively.officer, start=start, end=end, as_of=as_of)
    drawn = draw_funnel(scope=scope, group_by=GroupBy.COUNTY)
    assert_agrees(drawn["total"], count_by_hand(start, end, as_of))
    before = count_by_hand(one_year_before(start), one_year_before(end), as_of)
    assert_agrees(drawn["year_before"], before)
    for group in drawn["groups"]:

        def inside(need, code=group["key"]):
            return need.firm.organization.region_id == code

        assert_agrees(group["figures"], count_by_hand(start, end, as_of, inside))


def test_the_world_that_is_counted_has_something_in_every_cell(lively):
    """Otherwise the comparison above would compare nothing with nothing."""
    stages, money = count_by_hand(lively.today - timedelta(days=600), lively.today, lively.today)
    assert {name for name, rows in stages.items() if rows} >= {"posted", *AT_LEAST, "confirmed"}
    assert len([name for name, rows in money.items() if rows]) >= 7


@pytest.mark.parametrize("group_by", list(GroupBy))
def test_every_number_leads_to_as_many_rows(lively, group_by):
    """Each cell of each group."""
    scope = make_scope(actor=lively.officer, start=lively.today - timedelta(days=600))
    drawn = draw_funnel(scope=scope, group_by=group_by)
    assert drawn["groups"]
    for group in drawn["groups"]:
        figures = group["figures"]
        for name, shown in {**figures["stages"], **figures["amounts"]}.items():
            if shown is None:
                continue
            found = find_rows(scope=scope, cell=Cell(name), group_by=group_by, key=group["key"])
            expected = shown.get("count", shown.get("referrals") or shown.get("needs"))
            assert found.rows.count() == len(found.entries) == expected


def test_groups_that_do_not_overlap_hold_each_referral_once(lively):
    """Referrals by month, county, bank, unit and product come to the total."""
    scope = make_scope(actor=lively.officer, start=lively.today - timedelta(days=600))
    for group_by in (GroupBy.MONTH, GroupBy.COUNTY, GroupBy.CITY, GroupBy.UNIT, GroupBy.PRODUCT):
        drawn = draw_funnel(scope=scope, group_by=group_by)
        shares = [group["figures"]["stages"]["referred"]["referrals"] for group in drawn["groups"]]
        assert sum(shares) == drawn["total"]["stages"]["referred"]["referrals"] > 0
        assert not drawn["groups_overlap"]


def test_what_was_printed_on_a_past_day_prints_again(lively):
    """Whatever is added, replaced, voided, agreed, assigned or withdrawn afterwards."""
    as_of = lively.today - timedelta(days=60)
    scope = make_scope(actor=lively.officer, start=as_of - timedelta(days=500), as_of=as_of)
    printed = {by: draw_funnel(scope=scope, group_by=by) for by in GroupBy}
    _change_everything(lively)
    today = make_scope(actor=lively.officer, start=as_of - timedelta(days=500))
    assert draw_funnel(scope=today)["total"] != printed[GroupBy.MONTH]["total"]
    assert {by: draw_funnel(scope=scope, group_by=by) for by in GroupBy} == printed


def _change_everything(province):
    now = timezone.now()
    past = province.today - timedelta(days=100)
    for referral in Referral.objects.select_related("unit", "institution"):
        province.step(referral, Step.ACKNOWLEDGED, past, late=95)
        left, branch = referral.unit, province.branches[province.banks.index(referral.institution)]
        province.step(referral, Step.ASSIGNED, province.today, **{"from": left.code})
        Referral.objects.filter(pk=referral.pk).update(unit=branch)
        province.draw(referral, past, 9_000_000, late=99)
    for drawdown in Drawdown.objects.filter(voided_at=None, state=OutcomeState.REPORTED)[:3]:
        province.review(drawdown, OutcomeState.CONFIRMED, province.today, drawdown.amount_yuan)
    Drawdown.objects.filter(state=OutcomeState.UNANSWERED).update(
        voided_at=now, voided_reason="重复"
    )
    need = province.add_need(province.today - timedelta(days=3))
    province.send(need, province.banks[0], province.today)


def test_a_need_that_was_returned_counts_from_its_first_posting(province):
    """The row only knows the last submission, the journal the first."""
    first, again = province.today - timedelta(days=70), province.today - timedelta(days=5)
    need = NeedFactory(submitted=True, submitted_at=noon(again), returned_at=noon(first))
    Event.objects.create(
        type=EventType.NEED_SUBMITTED,
        occurred_at=noon(first),
        subject_type="need",
        subject_id=need.public_id,
    )
    scope = make_scope(actor=province.officer, start=first, as_of=first + timedelta(days=1))
    assert draw_funnel(scope=scope)["total"]["stages"]["posted"]["needs"] == 1


def test_only_needs_that_found_something_in_a_finished_run_are_matched(province):
    """A run that found nothing matches nothing; a later one counts from its end."""
    need = province.add_need(province.today - timedelta(days=4))
    MatchRunFactory(actor=province.officer, finished=True)
    scope = make_scope(actor=province.officer, start=province.today - timedelta(days=30))
    assert draw_funnel(scope=scope)["total"]["stages"]["matched"]["needs"] == 0
    province.send(province.add_need(province.today), province.banks[0], province.today)
    MatchRunFactory(actor=province.officer, finished=True)
    matched = find_rows(scope=scope, cell=Cell.MATCHED)
    assert need in matched.rows
    earlier = make_scope(
        actor=province.officer,
        start=province.today - timedelta(days=30),
        as_of=province.today - timedelta(days=1),
    )
    assert draw_funnel(scope=earlier)["total"]["stages"]["matched"]["needs"] == 0


def test_a_drawdown_that_was_taken_back_disburses_nothing(province):
    """The step stays as it happened; the money and the stage do not count."""
    need = province.add_need(province.today - timedelta(days=20))
    referral = province.send(need, province.banks[0], province.today - timedelta(days=9))
    province.step(referral, Step.DRAWN, province.today - timedelta(days=2))
    drawdown = province.draw(referral, province.today - timedelta(days=2), 700_000)
    scope = make_scope(actor=province.officer, start=province.today - timedelta(days=30))
    assert draw_funnel(scope=scope)["total"]["stages"]["disbursed"]["referrals"] == 1
    Drawdown.objects.filter(pk=drawdown.pk).update(
        voided_at=timezone.now(), voided_reason="登记有误"
    )
    total = draw_funnel(scope=scope)["total"]
    assert total["stages"]["disbursed"]["referrals"] == 0
    assert total["amounts"]["disbursed_amount"] == {"count": 0, "amount_yuan": 0}
    assert total["stages"]["approved"]["referrals"] == 1


def test_the_number_of_queries_does_not_grow(lively, django_assert_max_num_queries):
    """Whatever is counted, and by whatever."""
    scope = make_scope(actor=lively.officer, start=lively.today - timedelta(days=600))
    for group_by in GroupBy:
        with django_assert_max_num_queries(13):
            draw_funnel(scope=scope, group_by=group_by)


def test_a_bank_counts_its_own_referrals_and_no_needs(lively):
    """A branch counts what it works on."""
    for bank in (lively.banks[0], lively.branches[0]):
        reader = make_actor(organization=bank, role=Role.INSTITUTION)
        scope = make_scope(actor=reader, start=lively.today - timedelta(days=600))
        drawn = draw_funnel(scope=scope, group_by=GroupBy.UNIT)
        own = [one for one in Referral.objects.all() if bank in {one.institution, one.unit}]
        assert drawn["total"]["stages"]["referred"]["referrals"] == len(own) > 0
        assert drawn["total"]["stages"]["posted"] is None
        assert drawn["total"]["amounts"]["asked_amount"] is None
        with pytest.raises(InvalidInput, match="不能按"):
            draw_funnel(scope=scope, group_by=GroupBy.COUNTY)


def test_a_firm_draws_no_figures(firm_actor):
    """Its own referrals are in its own pages."""
    with pytest.raises(NotPermitted):
        make_scope(actor=firm_actor)


def test_a_city_counts_its_own_region_only(lively):
    """And the province may ask for a city's share."""
    city = make_actor(
        organization__city_department=True,
        organization__region__code="220200",
        role=Role.DEPARTMENT,
    )
    start = lively.today - timedelta(days=600)
    mine = draw_funnel(scope=make_scope(actor=city, start=start))
    asked = draw_funnel(scope=make_scope(actor=lively.officer, region="220200", start=start))
    assert mine["total"] == asked["total"]
    assert 0 < mine["total"]["stages"]["posted"]["needs"] < len(lively.needs)
    with pytest.raises(InvalidInput):
        make_scope(actor=city, region="220100")
