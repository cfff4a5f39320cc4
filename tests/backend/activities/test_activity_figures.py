"""Figures of activities, the library and intents."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from backend.activities.enums import ActivityKind, IntentLevel, Part, ParticipationStatus
from backend.activities.figures import activity_figures
from backend.activities.services.intents import advance_intent, declare_intent, drop_intent
from backend.organizations.enums import Role
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


def draw(*, as_of=date(2026, 6, 30), region="220000", **period):
    return activity_figures(region=region, as_of=as_of, **(period or MARCH))


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

    assert figures.held == {ActivityKind.ROADSHOW: 1, ActivityKind.JOINT_EVENT: 1}
    assert figures.activities == 2
    assert (figures.firm_attendances, figures.firms) == (3, 2)
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

    assert (figures.intents, figures.intents_stated, figures.intent_amount_yuan) == (
        2,
        1,
        20_000_000,
    )
    assert figures.investments == 0
    early = draw(as_of=date(2026, 3, 9))
    assert (early.intents, early.intent_amount_yuan) == (2, 30_000_000)
    may = draw(start=date(2026, 5, 1), end=date(2026, 6, 1))
    assert (may.intents, may.investments, may.invested_amount_yuan) == (0, 1, 12_000_000)


def test_a_dropped_intent_counts_until_it_was_dropped(fund):
    project = make_project(fund, tells=True)
    intent = say(fund, project, IntentLevel.COMMITTED, 5_000_000, at(3, 3))
    moment = at(4, 10)
    drop_intent(actor=fund, intent=intent, note="", expected_revision=None, now=moment)

    assert draw().intents == 0
    before = draw(as_of=(moment - timedelta(days=1)).date())
    assert (before.intents, before.intent_amount_yuan) == (1, 5_000_000)
