"""/api/v1/recommendations/ and its actions"""

import pytest
from django.utils import timezone

from backend.organizations.enums import Role
from backend.recommendations.enums import EntryStandard
from backend.recommendations.models import Recommendation
from tests.factories.needs import NeedFactory
from tests.factories.organizations import make_actor
from tests.factories.recommendations import RecommendationFactory

URL = "/api/v1/recommendations/"
STANDARDS = [
    {"standard": standard.value, "is_met": True, "basis": "现场查看"} for standard in EntryStandard
]
pytestmark = pytest.mark.django_db


def url(one, action=""):
    return f"{URL}{one.public_id}/{action}"


def body(need, **changes):
    return {
        "need": str(need.public_id),
        "visited_on": timezone.localdate().isoformat(),
        "opinion": "建议推荐。",
        "visitors": [{"name": "李明", "post": "科长"}],
        "standards": STANDARDS,
        **changes,
    }


def act(client, answer, action, status=200, /, **values):
    """Do something to what an answer shows, on the revision that it shows."""
    done = client.post(
        f"{URL}{answer.json()['id']}/{action}/",
        values,
        headers={"If-Match": answer.headers["ETag"]},
    )
    assert done.status_code == status, done.content
    return done


@pytest.fixture
def county_actor(db):
    return make_actor(organization__county_department=True, role=Role.DEPARTMENT)


@pytest.fixture
def county_client(county_actor, client_for):
    return client_for(county_actor)


@pytest.fixture
def city_client(city_department_actor, client_for):
    return client_for(city_department_actor)


def test_a_county_recommends_the_city_verifies_and_the_province_takes_it(
    county_client, city_client, department_client
):
    need = NeedFactory(submitted=True)
    drafted = county_client.post(URL, body(need))
    assert drafted.status_code == 201, drafted.content
    shown = drafted.json()
    assert (shown["status"], shown["level"], shown["agency"]) == ("draft", "county", "science")
    assert shown["visitors"] == [{"name": "李明", "post": "科长"}]
    assert [row["label"] for row in shown["standards"]] == list(EntryStandard.labels)
    submitted = act(county_client, drafted, "submit")
    assert submitted.json()["awaiting_level"] == "city"
    seen = city_client.get(f"{URL}{shown['id']}/")
    passed = act(city_client, seen, "verify", note="已电话核对")
    assert passed.json()["awaiting_level"] == "province"
    taken = act(department_client, department_client.get(f"{URL}{shown['id']}/"), "verify")
    assert (taken.json()["status"], taken.json()["status_label"]) == ("accepted", "已核验待推送")
    assert [(step["act"], step["note"]) for step in taken.json()["steps"]] == [
        ("submitted", None),
        ("passed", "已电话核对"),
        ("accepted", None),
    ]
    assert department_client.get(f"/api/v1/needs/{need.public_id}/").json()["status"] == "open"


def test_a_returned_one_is_mended_and_submitted_again(county_client, city_client):
    answer = act(
        county_client, county_client.post(URL, body(NeedFactory(submitted=True))), "submit"
    )
    at = f"{URL}{answer.json()['id']}/"
    returned = act(city_client, city_client.get(at), "return", reason="请补充走访时间")
    assert returned.json()["returned_reason"] == "请补充走访时间"
    changed = county_client.patch(
        at, {"opinion": "已补充。"}, headers={"If-Match": county_client.get(at).headers["ETag"]}
    )
    assert changed.json()["opinion"] == "已补充。"
    assert len(changed.json()["standards"]) == 5
    assert act(county_client, changed, "submit").json()["status"] == "submitted"


def test_a_department_withdraws_its_own(county_client):
    drafted = county_client.post(URL, body(NeedFactory(submitted=True)))
    assert act(county_client, drafted, "withdraw").json()["status"] == "withdrawn"


def test_what_is_wrong_is_named_by_field(county_client):
    need = NeedFactory(submitted=True)
    bad = body(need, standards=[{**STANDARDS[3], "basis": "征信无逾期"}])
    answer = county_client.post(URL, bad)
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert (error["field"], error["code"]) == ("standards.0.basis", "credit_report_content")
    drafted = county_client.post(URL, body(need, standards=STANDARDS[:4]))
    refused = act(county_client, drafted, "submit", 400)
    assert [error["field"] for error in refused.json()["errors"]] == ["standards.lawful_use"]
    unknown = county_client.post(URL, body(need) | {"need": str(drafted.json()["id"])})
    assert unknown.json()["errors"][0]["code"] == "unknown_need"
    assert county_client.post(URL, body(need, colour="red")).status_code == 400


def test_a_change_names_the_revision_that_it_was_made_on(county_client, county_actor):
    one = RecommendationFactory(department=county_actor.organization)
    for method, path in (
        (county_client.patch, url(one)),
        (county_client.post, url(one, "submit/")),
        (county_client.post, url(one, "withdraw/")),
    ):
        assert method(path, {}).status_code == 428
        assert method(path, {}, headers={"If-Match": '"9"'}).status_code == 412


def test_a_draft_is_the_business_of_its_department_alone(city_client, firm_client, firm_actor):
    one = RecommendationFactory(need__firm__organization=firm_actor.organization)
    for client in (city_client, firm_client):
        assert client.get(url(one)).status_code == 404
        assert client.get(URL).json()["results"] == []


def test_a_firm_sees_how_far_it_is_and_not_what_departments_wrote(firm_client, firm_actor):
    one = RecommendationFactory(need__firm__organization=firm_actor.organization, submitted=True)
    shown = firm_client.get(url(one)).json()
    assert (shown["status"], shown["awaiting_level"]) == ("submitted", "city")
    hidden = ("opinion", "visitors", "standards", "steps", "returned_reason", "withdrawn_reason")
    assert {shown[name] for name in hidden} == {None}


def test_other_agencies_see_their_own_and_science_sees_all(client_for, city_client, county_client):
    own, other = (
        RecommendationFactory(submitted=True, department__agency=agency)
        for agency in ("industry", "finance")
    )
    industry = client_for(
        make_actor(
            organization__city_department=True,
            organization__agency="industry",
            role=Role.DEPARTMENT,
        )
    )
    assert [row["id"] for row in industry.get(URL).json()["results"]] == [str(own.public_id)]
    assert industry.get(url(other)).status_code == 404
    assert len(city_client.get(URL).json()["results"]) == 2
    filtered = city_client.get(URL, {"agency": "finance"}).json()["results"]
    assert [row["id"] for row in filtered] == [str(other.public_id)]


def test_strangers_find_nothing(client_for, stranger_client, bank_client, anonymous_client):
    one = RecommendationFactory(submitted=True)
    other_city = client_for(
        make_actor(
            organization__city_department=True,
            organization__region__code="220200",
            role=Role.DEPARTMENT,
        )
    )
    for client in (stranger_client, other_city, bank_client):
        assert client.get(url(one)).status_code == 404
        verified = client.post(url(one, "verify/"), {}, headers={"If-Match": '"1"'})
        assert verified.status_code in {403, 404}
    assert anonymous_client.get(URL).status_code == 401
    assert Recommendation.objects.get().status == "submitted"


def test_the_list_is_filtered_and_constant_in_queries(department_client, count_queries):
    RecommendationFactory(submitted=True)
    before = count_queries(lambda: department_client.get(URL))
    for _ in range(3):
        RecommendationFactory(submitted=True)
    RecommendationFactory(accepted=True)
    assert count_queries(lambda: department_client.get(URL)) == before
    for query, count in (
        ({"status": "accepted"}, 1),
        ({"awaiting_level": "city"}, 4),
        ({"level": "city"}, 0),
        ({"region": "220100"}, 5),
        ({"region": "220200"}, 0),
    ):
        assert len(department_client.get(URL, query).json()["results"]) == count, query
    assert department_client.get(URL, {"colour": "red"}).status_code == 400


def test_the_provinces_manager_sets_the_levels_of_a_city(department_client, city_client):
    body = {"region": "220100", "levels": ["city", "province"], "direct_levels": []}
    assert city_client.post(f"{URL}routes/", body).status_code == 403
    RecommendationFactory()
    set_now = department_client.post(f"{URL}routes/", body)
    assert set_now.status_code == 200, set_now.content
    shown = city_client.get(f"{URL}routes/").json()
    assert shown["effective"] == shown["settings"][0] == body
    whole = department_client.get(f"{URL}routes/").json()
    assert whole["effective"]["region"] is None
    assert whole["settings"] == [body]
    need = NeedFactory(submitted=True)
    refused = city_client.post(
        f"/api/v1/needs/{need.public_id}/verify/", {}, headers={"If-Match": '"1"'}
    )
    assert (refused.status_code, refused.json()["code"]) == (403, "recommendation_required")
    downward = department_client.post(f"{URL}routes/", body | {"levels": ["province", "city"]})
    assert downward.json()["errors"][0]["code"] == "not_a_route"
