"""`GET reports/recommendations/` and its rows"""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories.needs import NeedFactory
from tests.factories.organizations import OrganizationFactory, make_actor
from tests.factories.recommendations import (
    RecommendationFactory,
    RecommendationStepFactory,
)
from tests.factories.referrals import ReferralFactory, ReferralStepFactory

PATH = "/api/v1/reports/recommendations/"
pytestmark = pytest.mark.django_db


def get(client, query="", path=PATH, status=200):
    answer = client.get(f"{path}{query}")
    assert answer.status_code == status, answer.content
    return answer.json()


def counts(figures):
    return {stage: figures[stage]["recommendations"] for stage in figures}


def step(one, act, *, days_ago=0, **values):
    at = timezone.now() - timedelta(days=days_ago)
    return RecommendationStepFactory(recommendation=one, act=act, taken_at=at, **values)


@pytest.fixture
def story(db):
    """One was sent and funded, one went back once and is under way, one is another county's."""
    funded = RecommendationFactory(accepted=True, need=NeedFactory(funded=True))
    for act in ("submitted", "passed", "accepted"):
        step(funded, act, days_ago=2)
    referral = ReferralFactory(need=funded.need)
    ReferralStepFactory(referral=referral, step="drawn")
    returned = RecommendationFactory(submitted=True, department=funded.department)
    for act, note in (("submitted", ""), ("returned", "缺照片"), ("submitted", "")):
        step(returned, act, note=note)
    other = RecommendationFactory(
        submitted=True,
        department__agency="industry",
        department__region__code="220202",
        need=NeedFactory(
            submitted=True, firm__organization=OrganizationFactory(region__code="220202")
        ),
    )
    step(other, "submitted")
    return funded, returned, other


def test_the_province_sees_all_by_level_agency_department_and_region(department_client, story):
    funded, _returned, _other = story
    body = get(department_client)
    assert counts(body["total"]) == {
        "recommended": 3,
        "returned": 1,
        "passed": 1,
        "verified": 1,
        "sent": 1,
        "funded": 1,
    }
    assert body["total"]["recommended"] == {"recommendations": 3, "needs": 3, "firms": 3}
    for group_by, key, recommended in (
        ("level", "county", 3),
        ("agency", "science", 2),
        ("agency", "industry", 1),
        ("department", funded.department.code, 2),
        ("city", "220200", 1),
        ("county", "220102", 2),
    ):
        groups = {
            group["key"]: group
            for group in get(department_client, f"?group_by={group_by}")["groups"]
        }
        assert groups[key]["figures"]["recommended"]["recommendations"] == recommended, group_by
        assert groups[key]["label"]


def test_each_level_sees_its_own(client_for, city_department_actor, story):
    city = client_for(city_department_actor)
    assert counts(get(city)["total"])["recommended"] == 2
    industry = client_for(
        make_actor(
            organization__department=True, organization__agency="industry", role="department"
        )
    )
    assert counts(get(industry)["total"])["recommended"] == 1
    get(city, "?region=220200", status=400)


def test_every_number_leads_to_its_rows(department_client, story):
    body = get(department_client, "?group_by=agency")
    for group in body["groups"]:
        for stage, figure in group["figures"].items():
            query = f"?cell={stage}&group_by=agency&key={group['key']}"
            rows = get(department_client, query, f"{PATH}rows/")["results"]
            assert len(rows) == figure["recommendations"], (group["key"], stage)
            assert all(row["day"] and row["need_code"] for row in rows)
    get(department_client, "?cell=posted", f"{PATH}rows/", status=400)
    get(department_client, "", f"{PATH}rows/", status=400)


def test_a_past_day_knows_nothing_of_what_came_later(department_client, story):
    yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()
    since = (timezone.localdate() - timedelta(days=400)).isoformat()
    past = counts(get(department_client, f"?from={since}&as_of={yesterday}")["total"])
    assert (past["recommended"], past["verified"], past["sent"]) == (1, 1, 0)


def test_figures_take_the_same_queries_for_any_number(department_client, count_queries):
    def ask():
        get(department_client)

    step(RecommendationFactory(submitted=True), "submitted")
    before = count_queries(ask)
    for _ in range(3):
        step(RecommendationFactory(submitted=True), "submitted")
    assert count_queries(ask) == before


def test_nobody_else_reads_it(firm_client, bank_client, incubator_client, anonymous_client):
    for client in (firm_client, bank_client, incubator_client):
        get(client, status=403)
        get(client, "?cell=sent", f"{PATH}rows/", status=403)
    get(anonymous_client, status=401)
