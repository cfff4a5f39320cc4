"""A host plans, announces and holds an activity, and decides who takes part."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from backend.activities.enums import ActivityStatus, ParticipationStatus
from backend.activities.models import Activity
from tests.factories.activities import ActivityFactory, ParticipationFactory

pytestmark = pytest.mark.django_db


def address(name, row=None):
    return reverse(f"portal:activities{name}", args=[row.public_id] if row else [])


def entries(**changes):
    return {
        "kind": "roadshow",
        "title": "长春光电路演",
        "starts_on": timezone.localdate().isoformat(),
        "capacity": "10",
        **changes,
    }


def test_it_is_planned_announced_changed_and_held(browse, department_actor):
    client = browse(department_actor)
    answer = client.post(address("_new"), entries())
    activity = Activity.objects.get()
    assert answer.url == address("_one", activity)
    assert activity.ends_on == activity.starts_on
    assert "长春光电路演" in client.get(address("")).content.decode()

    client.post(address("_announce", activity), {"revision": activity.revision})
    activity.refresh_from_db()
    assert activity.status == ActivityStatus.ANNOUNCED

    given = entries(title="长春光电路演（第二场）", revision=activity.revision)
    assert client.post(address("_edit", activity), given).status_code == 302
    activity.refresh_from_db()
    assert activity.title.endswith("（第二场）")

    given = {"summary": "12 家企业路演", "revision": activity.revision}
    assert client.post(address("_hold", activity), given).status_code == 302
    page = client.get(address("_one", activity)).content.decode()
    assert "12 家企业路演" in page
    assert "已举办" in page


def test_faults_stand_beside_their_fields(browse, department_actor):
    day = (timezone.localdate() - timedelta(days=3)).isoformat()
    answer = browse(department_actor).post(address("_new"), entries(ends_on=day))
    assert answer.status_code == 422
    assert "早于开始日期" in answer.content.decode()
    assert not Activity.objects.exists()


def test_applicants_are_admitted_turned_down_noted_and_awarded(browse, department_actor):
    activity = ActivityFactory(host=department_actor.organization, announced=True)
    first, second = ParticipationFactory.create_batch(2, activity=activity)
    client = browse(department_actor)
    page = client.get(address("_one", activity)).content.decode()
    assert first.organization.name in page

    client.post(address("_admit", first), {"revision": first.revision})
    first.refresh_from_db()
    assert first.status == ParticipationStatus.ADMITTED
    given = {"note": "项目与主题不符", "revision": second.revision}
    assert client.post(address("_refuse", second), given).status_code == 302
    second.refresh_from_db()
    assert (second.status, second.note) == (ParticipationStatus.REFUSED, "项目与主题不符")

    client.post(address("_presence", first), {"revision": first.revision})
    first.refresh_from_db()
    assert first.status == ParticipationStatus.ATTENDED


def test_it_is_cancelled_with_a_reason(browse, incubator_actor, department_actor):
    activity = ActivityFactory(host=department_actor.organization, announced=True)
    client = browse(department_actor)
    assert client.post(address("_cancel", activity), {"reason": ""}).status_code == 422
    given = {"reason": "场地原因", "revision": activity.revision}
    assert client.post(address("_cancel", activity), given).status_code == 302
    assert "场地原因" in client.get(address("_one", activity)).content.decode()


def test_others_read_what_was_announced_and_manage_nothing(
    browse, department_actor, incubator_actor, bank_actor, firm_actor
):
    activity = ActivityFactory(host=department_actor.organization, announced=True)
    draft = ActivityFactory(host=department_actor.organization)
    incubator = browse(incubator_actor)
    page = incubator.get(address("") + "?show=all").content.decode()
    assert activity.title in page
    assert incubator.get(address("_one", activity)).status_code == 404
    assert incubator.get(address("_edit", draft)).status_code == 404
    assert browse(bank_actor).get(address("")).status_code == 404
    assert browse(firm_actor).get(address("_one", activity)).status_code == 404


def test_a_page_of_many_takes_as_many_queries_as_one_of_few(
    browse, department_actor, count_queries
):
    activity = ActivityFactory(host=department_actor.organization, announced=True)
    ParticipationFactory(activity=activity)
    client = browse(department_actor)
    few = count_queries(lambda: client.get(address("_one", activity)))
    ParticipationFactory.create_batch(4, activity=activity)
    assert count_queries(lambda: client.get(address("_one", activity))) == few
