"""A firm applies to activities and keeps its projects in the library."""

import pytest
from django.urls import reverse

from backend.activities.enums import ParticipationStatus, ProjectStatus
from backend.activities.models import Participation, Project
from backend.activities.notice import NOTICE_VERSION
from tests.factories.activities import (
    ActivityFactory,
    IntentFactory,
    ParticipationFactory,
    ProjectFactory,
)
from tests.factories.firms import FirmFactory
from tests.factories.needs import NeedFactory

ACTIVITIES, PROJECTS = "/firm/activities/", "/firm/projects/"


@pytest.fixture
def firm(firm_actor):
    return FirmFactory(organization=firm_actor.organization)


@pytest.fixture
def need(firm):
    return NeedFactory(firm=firm, open=True)


@pytest.fixture
def activity(db):
    return ActivityFactory(announced=True, ahead=True)


def address(name, one):
    return reverse(f"portal:{name}", args=[one.public_id])


def test_announced_activities_are_listed_and_plans_are_not(browse, firm_actor, activity):
    plan = ActivityFactory(ahead=True)
    text = browse(firm_actor).get(ACTIVITIES).content.decode()
    assert activity.title in text
    assert plan.title not in text
    assert browse(firm_actor).get(address("firm_activities_one", plan)).status_code == 404


def test_a_firm_applies_with_a_need_once_and_leaves_again(browse, firm_actor, need, activity):
    client = browse(firm_actor)
    page = address("firm_activities_one", activity)
    entry = {"need": str(need.public_id), "title": "光器件", "summary": "新型光器件量产"}
    for _ in range(2):
        client.post(page, entry | {"press": "once"})
    held = Participation.objects.get()
    assert held.need == need
    assert "已报名" in client.get(ACTIVITIES).content.decode()
    client.post(address("firm_activities_leave", held), {"revision": held.revision})
    held.refresh_from_db()
    assert held.status == ParticipationStatus.WITHDRAWN


def test_a_roadshow_without_a_project_says_what_is_missing(browse, firm_actor, firm, activity):
    refused = browse(firm_actor).post(address("firm_activities_one", activity), {})
    assert refused.status_code == 422
    assert refused.context["form"].errors


def test_another_firms_need_cannot_be_chosen(browse, firm_actor, firm, activity):
    other = NeedFactory(open=True)
    refused = browse(firm_actor).post(
        address("firm_activities_one", activity),
        {"need": str(other.public_id), "title": "甲", "summary": "乙"},
    )
    assert refused.status_code == 422
    assert refused.context["form"].errors["need"]


def test_a_stranger_leaves_nothing_for_others(browse, stranger_actor, firm):
    held = ParticipationFactory(firm=firm)
    answer = browse(stranger_actor).post(
        address("firm_activities_leave", held), {"revision": held.revision}
    )
    assert answer.status_code == 404


def test_activities_cost_the_same_number_of_queries_for_any_number(
    browse, firm_actor, activity, count_queries
):
    client = browse(firm_actor)
    client.get(ACTIVITIES)
    few = count_queries(lambda: client.get(ACTIVITIES))
    ActivityFactory.create_batch(4, announced=True)
    assert count_queries(lambda: client.get(ACTIVITIES)) == few


def test_a_project_is_drafted_listed_on_the_notice_and_taken_down(browse, firm_actor, need):
    client = browse(firm_actor)
    client.post(
        reverse("portal:firm_projects_new"),
        {"need": str(need.public_id), "title": "光器件", "summary": "新型光器件量产"},
    )
    project = Project.objects.get()
    assert project.status == ProjectStatus.DRAFT
    client.post(
        address("firm_projects_list", project),
        {"revision": project.revision, "notice_version": NOTICE_VERSION},
    )
    project.refresh_from_db()
    assert project.status == ProjectStatus.LISTED
    client.post(address("firm_projects_withdraw", project))
    project.refresh_from_db()
    assert project.status == ProjectStatus.WITHDRAWN


def test_an_outdated_notice_lists_nothing(browse, firm_actor, need):
    project = ProjectFactory(need=need)
    browse(firm_actor).post(
        address("firm_projects_list", project),
        {"revision": project.revision, "notice_version": "1999-01"},
    )
    project.refresh_from_db()
    assert project.status == ProjectStatus.DRAFT


def test_a_project_is_changed_by_its_firm_only(browse, firm_actor, stranger_actor, need):
    project = ProjectFactory(need=need)
    page = address("firm_projects_edit", project)
    words = {"revision": project.revision, "title": "新名称", "summary": "新摘要"}
    assert browse(stranger_actor).post(page, words).status_code == 404
    browse(firm_actor).post(page, words)
    project.refresh_from_db()
    assert project.title == "新名称"


def test_a_summary_is_asked_for(browse, firm_actor, need):
    refused = browse(firm_actor).post(
        reverse("portal:firm_projects_new"), {"need": str(need.public_id), "title": "光器件"}
    )
    assert refused.status_code == 422
    assert refused.context["form"].errors["summary"]


def test_intents_are_told_and_projects_cost_a_fixed_number_of_queries(
    browse, firm_actor, firm, need, count_queries
):
    intent = IntentFactory(project=ProjectFactory(need=need, listed=True))
    client = browse(firm_actor)
    assert intent.institution.name in client.get(PROJECTS).content.decode()
    few = count_queries(lambda: client.get(PROJECTS))
    for _ in range(3):
        IntentFactory(project=ProjectFactory(need=NeedFactory(firm=firm, open=True), listed=True))
    assert count_queries(lambda: client.get(PROJECTS)) == few
