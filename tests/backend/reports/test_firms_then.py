"""Figures of past days group and filter firms as they were, whatever became of them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from backend.firms.models import Firm
from backend.firms.services import override_stage, update_firm
from backend.organizations.enums import Role
from backend.recommendations.enums import RecommendationAct
from backend.recommendations.models import Recommendation
from backend.reports.cells import Cell
from backend.reports.documents.content import figure_lines
from backend.reports.funnel import draw_funnel, find_rows
from backend.reports.groups import GroupBy
from backend.reports.periodic import ReportKind, draw_report, report_scope
from backend.reports.recommended import RecommendedBy, draw_recommendations
from backend.reports.scope import make_scope
from tests.backend.reports.conftest import noon
from tests.factories.organizations import make_actor
from tests.factories.recommendations import RecommendationFactory, RecommendationStepFactory
from tests.factories.reference import IndustryFactory, RegionFactory

pytestmark = pytest.mark.django_db
BY_TRAIT = (GroupBy.CITY, GroupBy.COUNTY, GroupBy.STAGE, GroupBy.INDUSTRY)


def change_firms(province) -> None:
    """Move every firm of one city to another, change its industry, decide its stage."""
    RegionFactory(code="220203")
    IndustryFactory(code="I65")
    for firm in Firm.objects.filter(organization__region__code__startswith="2201"):
        update_firm(
            actor=province.officer,
            firm=firm,
            changes={"region": "220203", "industry": "I6510"},
            expected_revision=None,
        )
        override_stage(
            actor=province.officer,
            firm=firm,
            stage="mature",
            reason="审计报告",
            expected_revision=None,
            now=timezone.now(),
        )


def test_grouped_figures_of_a_past_day_print_again_after_firms_changed(lively):
    day = lively.today - timedelta(days=30)
    past = make_scope(actor=lively.officer, start=day - timedelta(days=500), as_of=day)
    today = make_scope(actor=lively.officer, start=day - timedelta(days=500))
    printed = {by: draw_funnel(scope=past, group_by=by) for by in BY_TRAIT}
    change_firms(lively)
    assert {by: draw_funnel(scope=past, group_by=by) for by in BY_TRAIT} == printed
    for by in BY_TRAIT:
        groups = {group["key"] for group in draw_funnel(scope=today, group_by=by)["groups"]}
        assert groups != {group["key"] for group in printed[by]["groups"]}, by


def test_the_rows_behind_a_group_of_a_past_day_are_as_many_as_it_says(lively):
    day = lively.today - timedelta(days=30)
    change_firms(lively)
    past = make_scope(actor=lively.officer, start=day - timedelta(days=500), as_of=day)
    groups = draw_funnel(scope=past, group_by=GroupBy.CITY)["groups"]
    assert {group["key"] for group in groups} == {"220100", "220200"}
    for group in groups:
        asked = {"group_by": GroupBy.CITY, "key": group["key"]}
        found = find_rows(scope=past, cell=Cell.REFERRED, **asked)
        assert found.rows.count() == group["figures"]["stages"]["referred"]["referrals"] > 0


@pytest.mark.parametrize("region", ["220100", "220200", None])
def test_the_annual_report_of_a_past_day_prints_again_after_firms_moved(lively, region):
    """Of a city and of the province alike, as the province draws them."""
    day = lively.today - timedelta(days=30)

    def drawn():
        asked = {"year": day.year, "region": region, "as_of": day}
        scope = report_scope(actor=lively.officer, kind=ReportKind.ANNUAL, **asked)
        report = draw_report(scope=scope, kind=ReportKind.ANNUAL)
        return report.sections, figure_lines(report)

    printed = drawn()
    change_firms(lively)
    assert drawn() == printed


def test_a_city_no_longer_sees_the_firms_that_left_it(lively):
    """What may be seen goes by today; of what it sees, a past day counts what lay there then."""
    city = make_actor(
        organization__city_department=True,
        organization__region__code="220200",
        role=Role.DEPARTMENT,
    )
    day = lively.today - timedelta(days=30)
    scope = make_scope(actor=city, start=day - timedelta(days=500), as_of=day)
    left = make_actor(
        organization__city_department=True,
        organization__region__code="220100",
        role=Role.DEPARTMENT,
    )
    scope_left = make_scope(actor=left, start=day - timedelta(days=500), as_of=day)
    printed = draw_funnel(scope=scope)
    assert draw_funnel(scope=scope_left)["total"]["stages"]["posted"]["needs"] > 0
    change_firms(lively)
    assert draw_funnel(scope=scope) == printed  # nobody who came later counts for then
    assert draw_funnel(scope=scope_left)["total"]["stages"]["posted"]["needs"] == 0


def test_recommendations_of_a_past_day_stay_with_the_city_of_then(lively):
    day = lively.today - timedelta(days=30)
    need = next(n for n in lively.needs if n.firm.organization.region_id.startswith("2201"))
    recommendation: Recommendation = RecommendationFactory(
        need=need, submitted=True, submitted_at=noon(day - timedelta(days=3))
    )
    RecommendationStepFactory(
        recommendation=recommendation,
        act=RecommendationAct.SUBMITTED,
        taken_at=noon(day - timedelta(days=3)),
    )
    scope = make_scope(actor=lively.officer, start=day - timedelta(days=90), as_of=day)
    printed = draw_recommendations(scope=scope, group_by=RecommendedBy.CITY)
    assert [group["key"] for group in printed["groups"]] == ["220100"]
    change_firms(lively)
    assert draw_recommendations(scope=scope, group_by=RecommendedBy.CITY) == printed
