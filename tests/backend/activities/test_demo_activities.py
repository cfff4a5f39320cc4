"""The made-up activities that `make run` shows."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from backend.activities.demonstration import load_activities
from backend.activities.models import Activity, Intent, Project
from backend.common.errors import StateConflict
from backend.organizations.enums import Role
from backend.reports.activities import ActivityFigure, count_activity_rows, load_activity_rows
from backend.reports.scope import make_scope
from tests.factories.firms import FirmFactory
from tests.factories.needs import NeedFactory
from tests.factories.organizations import make_actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def _people():
    make_actor(
        user__username="demo-city-officer",
        organization__city_department=True,
        organization__is_demonstration=True,
        role=Role.DEPARTMENT,
    )
    make_actor(
        user__username="demo-vc-manager",
        organization__fund=True,
        role=Role.INSTITUTION,
    )
    own = make_actor(user__username="demo-firm-1", proved=True)
    NeedFactory(firm=FirmFactory(organization=own.organization), open=True)
    NeedFactory.create_batch(5, open=True)


@pytest.mark.usefixtures("_people")
def test_they_load_once_and_all_say_that_they_are_made_up():
    now = timezone.now()

    assert (load_activities(now=now), load_activities(now=now)) == (3, 0)

    assert all("演示" in activity.title for activity in Activity.objects.all())
    assert all(activity.host.is_demonstration for activity in Activity.objects.all())
    assert Project.objects.filter(status="listed").count() == 4
    assert Intent.objects.count() == 3
    today = timezone.localdate(now)
    scope = make_scope(
        actor=make_actor(organization__city_department=True, role=Role.DEPARTMENT),
        start=today.replace(year=today.year - 1, day=1),
        end=today,
    )
    rows = load_activity_rows(scope)
    found = [
        count_activity_rows(rows, figure)
        for figure in (
            ActivityFigure.ACTIVITIES,
            ActivityFigure.FIRM_ATTENDANCES,
            ActivityFigure.AWARDS,
        )
    ]
    assert found == [2, 9, 2]


def test_without_the_demonstration_s_accounts_they_are_refused(settings):
    with pytest.raises(StateConflict, match="demo-city-officer"):
        load_activities(now=timezone.now())
    settings.KERONG_DEMO = False
    with pytest.raises(CommandError, match="演示模式"):
        call_command("load_demo_activities")
