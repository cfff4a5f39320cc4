"""Figures of activities, the library and intents, with their rows, and in the reports."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import docx
import pytest
import time_machine

from backend.activities.enums import ActivityKind, IntentLevel, Part, ParticipationStatus
from backend.activities.services.intents import advance_intent, declare_intent, drop_intent
from backend.organizations.enums import Role
from backend.reports.activities import (
    COUNTED,
    ActivityFigure,
    count_activity_rows,
    list_activity_rows,
    load_activity_rows,
)
from backend.reports.documents.files import DocumentKind, write_file
from backend.reports.periodic import ReportKind, draw_report, report_scope
from backend.reports.scope import Scope
from tests.factories.activities import ActivityFactory, ParticipationFactory, ProjectFactory
from tests.factories.consents import ConsentFactory
from tests.factories.firms import FirmFactory
from tests.factories.needs import NeedFactory
from tests.factories.organizations import OrganizationFactory, make_actor

pytestmark = pytest.mark.django_db
MARCH = {"start": date(2026, 3, 1), "end": date(2026, 4, 1)}
ZONE = ZoneInfo("Asia/Shanghai")


def at(month, day):
    return datetime(2026, month, day, 10, tzinfo=ZONE)


def officer_of(region):
    return make_actor(
        organization__department=True,
        organization__region__code=region,
        organization__name=f"演示科技部门{region}",
        role=Role.DEPARTMENT,
    )


def ask(*, as_of=date(2026, 6, 30), region="220000", actor=None, **period):
    return Scope(actor or officer_of(region), region, as_of=as_of, **(period or MARCH))


def draw(**asked):
    """Every figure by its code."""
    rows = load_activity_rows(ask(**asked))
    return SimpleNamespace(
        **{figure.value: count_activity_rows(rows, figure) for figure in ActivityFigure}
    )


def hold(day, **more):
    return ActivityFactory(held=True, starts_on=day.date(), announced_at=day, held_at=day, **more)


def come(activity, day, **more):
    return ParticipationFactory(
        activity=activity, status=ParticipationStatus.ATTENDED, recorded_at=day, **more
    )


def test_activities_and_who_came_are_counted_apart():
    firm = FirmFactory()
    first, second = hold(at(3, 5)), hold(at(3, 20), kind=ActivityKind.JOINT_EVENT)
    hold(at(4, 1))
    ActivityFactory(announced=True, starts_on=date(2026, 3, 9))
    come(first, at(3, 5), firm=firm)
    come(second, at(3, 20), firm=firm)
    come(second, at(3, 20))
    come(
        second,
        at(3, 20),
        part=Part.JUDGE,
        firm=None,
        organization=OrganizationFactory(fund=True),
        award="",
    )
    ParticipationFactory(activity=second)

    figures = draw()

    assert (figures.held_roadshow, figures.held_joint_event) == (1, 1)
    assert (figures.held_contest, figures.held_training) == (0, 0)
    assert figures.activities == 2
    assert (figures.firm_attendances, figures.activity_firms) == (3, 2)
    assert figures.institution_attendances == 1


def test_a_past_day_prints_what_was_known_then():
    contest = hold(at(3, 5), contest=True)
    come(contest, at(3, 5), award="一等奖", awarded_at=at(4, 2))

    assert (draw(as_of=date(2026, 3, 4)).activities, draw(as_of=date(2026, 3, 5)).activities) == (
        0,
        1,
    )
    assert (draw(as_of=date(2026, 4, 1)).awards, draw(as_of=date(2026, 4, 2)).awards) == (0, 1)


def test_a_region_counts_its_own():
    hold(at(3, 5), host=OrganizationFactory(city_department=True))
    project = ProjectFactory(listed=True, first_listed_at=at(3, 6))

    assert (draw(region="220100").activities, draw(region="220200").activities) == (1, 0)
    assert project.need.firm.organization.region_code == "220102"
    assert (draw(region="220102").projects, draw(region="220200").projects) == (1, 0)


@pytest.fixture
def fund():
    return make_actor(organization__fund=True, role=Role.INSTITUTION)


def say(fund, project, level, amount, moment, intent=None):
    with time_machine.travel(moment):
        told = {"level": level, "amount_yuan": amount, "now": moment}
        actor = type(fund)(user=fund.user, membership=fund.membership, today=moment.date())
        if intent is None:
            return declare_intent(actor=actor, project=project, **told)
        return advance_intent(actor=actor, intent=intent, expected_revision=None, **told)


def make_project(fund, *, tells):
    need = NeedFactory(open=True, needed_by=date(2027, 1, 1))
    if tells:
        granted = {"granted_at": at(1, 1), "expires_on": date(2027, 1, 1)}
        ConsentFactory(need=need, institution=fund.organization, reverse=True, **granted)
    return ProjectFactory(need=need, listed=True, first_listed_at=at(2, 1))


def test_intents_sum_up_what_was_last_named_and_may_be_told(fund):
    told, secret = make_project(fund, tells=True), make_project(fund, tells=False)
    intent = say(fund, told, IntentLevel.COMMITTED, 30_000_000, at(3, 3))
    say(fund, secret, IntentLevel.COMMITTED, 90_000_000, at(3, 4))
    say(fund, told, IntentLevel.COMMITTED, 20_000_000, at(3, 10), intent)
    say(fund, told, IntentLevel.INVESTED, 12_000_000, at(5, 5), intent)

    figures = draw()

    assert (figures.intents, figures.intents_stated, figures.intent_amount) == (
        2,
        1,
        20_000_000,
    )
    assert figures.investments == 0
    early = draw(as_of=date(2026, 3, 9))
    assert (early.intents, early.intent_amount) == (2, 30_000_000)
    may = draw(start=date(2026, 5, 1), end=date(2026, 6, 1))
    assert (may.intents, may.investments, may.invested_amount) == (0, 1, 12_000_000)


def test_a_dropped_intent_counts_until_it_was_dropped(fund):
    project = make_project(fund, tells=True)
    intent = say(fund, project, IntentLevel.COMMITTED, 5_000_000, at(3, 3))
    moment = at(4, 10)
    drop_intent(actor=fund, intent=intent, note="", expected_revision=None, now=moment)

    assert draw().intents == 0
    before = draw(as_of=(moment - timedelta(days=1)).date())
    assert (before.intents, before.intent_amount) == (1, 5_000_000)


def fill_march(fund):
    """Something of everything."""
    hold(at(3, 2), kind=ActivityKind.TRAINING)
    hold(at(3, 3), kind=ActivityKind.JOINT_EVENT)
    contest, roadshow = hold(at(3, 5), contest=True), hold(at(3, 6))
    firm = FirmFactory()
    come(contest, at(3, 5), firm=firm, award="一等奖", awarded_at=at(3, 5))
    come(roadshow, at(3, 6), firm=firm)
    institution = OrganizationFactory(fund=True)
    come(roadshow, at(3, 6), part=Part.GUEST, firm=None, organization=institution)
    project = make_project(fund, tells=True)
    project.first_listed_at = at(3, 7)
    project.save()
    intent = say(fund, project, IntentLevel.COMMITTED, 30_000_000, at(3, 8))
    say(fund, project, IntentLevel.INVESTED, 12_000_000, at(3, 20), intent)
    return intent


def test_every_figure_is_the_number_of_its_rows_or_what_they_come_to(fund):
    fill_march(fund)
    scope = ask()
    found = load_activity_rows(scope)
    for figure in ActivityFigure:
        rows = list_activity_rows(scope=scope, figure=figure)
        number = count_activity_rows(found, figure)
        is_amount = COUNTED[figure][0] == "元"
        assert number == (sum(row.amount_yuan for row in rows) if is_amount else len(rows)) > 0
        assert all(date(2026, 3, 1) <= row.day < date(2026, 4, 1) for row in rows)


def test_a_secret_amount_stands_in_no_row(fund):
    say(fund, make_project(fund, tells=False), IntentLevel.COMMITTED, 90_000_000, at(3, 4))
    (row,) = list_activity_rows(scope=ask(), figure=ActivityFigure.INTENTS)
    assert row.organization == fund.organization.name
    assert row.amount_yuan is None


def test_a_firm_that_others_oversee_came_without_its_name():
    """A city counts who came to its roadshow; of another city's firm it reads no name."""
    roadshow = hold(at(3, 5), host=OrganizationFactory(city_department=True))
    here, there = (
        FirmFactory(organization__region__code=code, organization__name=name)
        for code, name in (("220102", "长春企业"), ("220202", "吉林企业"))
    )
    for firm in (here, there):
        come(roadshow, at(3, 5), firm=firm, organization=firm.organization)

    def names(region):
        rows = list_activity_rows(scope=ask(region=region), figure=ActivityFigure.FIRM_ATTENDANCES)
        return sorted(row.organization for row in rows)

    assert names("220100") == ["", "长春企业"]
    assert names("220000") == ["吉林企业", "长春企业"]


def test_the_number_of_queries_of_activities_does_not_grow(fund, count_queries):
    scope = ask()
    fill_march(fund)
    few = count_queries(lambda: load_activity_rows(scope))
    for _ in range(3):
        fill_march(make_actor(organization__fund=True, role=Role.INSTITUTION))
    assert count_queries(lambda: load_activity_rows(scope)) == few


def report(actor, year, **asked):
    scope = report_scope(actor=actor, kind=ReportKind.ANNUAL, year=year, **asked)
    return draw_report(scope=scope, kind=ReportKind.ANNUAL)


def text_of(drawn):
    (section,) = (one for one in drawn.sections if one.heading == "活动与投资对接")
    return "".join(paragraph.text for paragraph in section.paragraphs)


def test_the_report_tells_of_activities_and_investors_beside_the_year_before(fund):
    fill_march(fund)
    officer = officer_of("220000")
    with time_machine.travel(at(12, 20)):
        actor = replace(officer, today=date(2026, 12, 20))
        drawn = report(actor, 2026)
        next_year = report(replace(officer, today=date(2027, 3, 31)), 2027)
    told = text_of(drawn)
    assert "举办活动4场（上年同期无），其中联合活动1场、科技金融路演1场" in told
    assert "参加活动的企业1户（上年同期无）、2户次（上年同期无）" in told
    assert "意向金额3000万元（上年同期无）" in told
    assert "投资金额1200万元（上年同期无）" in told
    assert drawn.figures["intent_amount"].rows.startswith("reports/activities/rows/?")
    assert drawn.figures["line_amount"].value == drawn.figures["disbursed_amount"].value == 0
    assert text_of(next_year).startswith("2027年（截至3月31日）没有登记举办的活动（上年同期4场）。")
    word = docx.Document(BytesIO(write_file(drawn, DocumentKind.WORD).data))
    assert any("举办活动4场" in paragraph.text for paragraph in word.paragraphs)


def test_a_year_without_any_says_so_in_words():
    told = text_of(report(officer_of("220000"), None))
    assert "没有登记举办的活动（上年同期无）。" in told
    assert "没有新入项目库的项目" in told
    assert "没有投资机构提出投资意向" in told
    assert "没有已反馈的投资" in told
    assert "不相加" not in told
