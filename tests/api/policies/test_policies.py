"""/api/v1/policies/"""

import pytest

from backend.organizations.enums import Rank, Role
from tests.factories.catalogue import PolicyFactory
from tests.factories.organizations import OrganizationFactory, make_actor
from tests.factories.reference import RegionFactory

URL = "/api/v1/policies/"
BODY = {"title": "绿色通道", "content": "审批优先。", "green_approval": True}


def url(policy, action=""):
    return f"{URL}{policy.public_id}/{action}"


def if_match(policy):
    return {"If-Match": f'"{policy.revision}"'}


def codes(answer):
    assert answer.status_code == 200, answer.content
    return [policy["code"] for policy in answer.json()["results"]]


@pytest.fixture
def mine(bank_actor):
    return PolicyFactory(institution=bank_actor.organization)


@pytest.fixture
def draft(bank_actor):
    return PolicyFactory(institution=bank_actor.organization, draft=True)


@pytest.fixture
def officer_client(bank_actor, client_for):
    return client_for(
        make_actor(organization=bank_actor.organization, role=Role.INSTITUTION, rank=Rank.OFFICER)
    )


def test_everybody_reads_what_is_published(
    firm_client, department_client, incubator_client, mine, draft
):
    for client in (firm_client, department_client, incubator_client):
        assert codes(client.get(URL)) == [mine.code]
        assert client.get(url(mine)).json()["content"] == "对科技企业额度优先。"
        assert client.get(url(draft)).status_code == 404


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"institution": "JLB"}, ["all"]),
        ({"region": "220102"}, ["all", "city"]),
        ({"region": "220200"}, ["all"]),
        ({"q": "贴息"}, ["city"]),
        ({"status": "withdrawn"}, []),
        ({"ordering": "-code"}, ["city", "all"]),
    ],
)
def test_filters_and_orders(firm_client, query, expected):
    RegionFactory(code="220102")
    PolicyFactory(code="all", institution=OrganizationFactory(bank=True, code="JLB"))
    PolicyFactory(code="city", regions=["220100"], content="贷款贴息")

    assert codes(firm_client.get(URL, query)) == expected


@pytest.mark.parametrize("query", [{"region": "x"}, {"status": "x"}, {"title": "x"}])
def test_a_wrong_filter_is_named(firm_client, query):
    answer = firm_client.get(URL, query)

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [*query]


def test_queries_are_constant_in_the_number_of_rows(firm_client, count_queries):
    PolicyFactory.create_batch(3)
    firm_client.get(URL)
    few = count_queries(lambda: firm_client.get(URL))
    PolicyFactory.create_batch(27)

    assert count_queries(lambda: firm_client.get(URL)) == few


def test_an_officer_drafts_and_a_manager_publishes_and_withdraws(
    officer_client, bank_client, firm_client
):
    created = officer_client.post(URL, BODY)
    assert created.status_code == 201
    assert (created.json()["status"], created.json()["green_approval"]) == ("draft", True)
    address = f"{URL}{created.json()['id']}/"

    def step(client, action, answer):
        headers = {"If-Match": answer.headers["ETag"]}
        return client.post(f"{address}{action}/", {}, headers=headers)

    assert step(officer_client, "publish", created).status_code == 403
    published = step(bank_client, "publish", created)
    assert published.json()["status"] == "published"
    assert firm_client.get(address).status_code == 200
    withdrawn = step(bank_client, "withdraw", published)
    assert withdrawn.json()["status"] == "withdrawn"
    assert firm_client.get(address).status_code == 404
    assert step(bank_client, "publish", withdrawn).status_code == 409


def test_of_two_changes_the_second_is_told(bank_client, officer_client, draft):
    first = bank_client.patch(url(draft), {"title": "一"}, headers=if_match(draft))
    second = officer_client.patch(url(draft), {"title": "二"}, headers=if_match(draft))

    assert (first.status_code, second.status_code) == (200, 412)
    assert bank_client.patch(url(draft), {"title": "三"}).status_code == 428


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"title": ""}, "title", "blank"),
        ({"content": None}, "content", "null"),
        ({"regions": ["999999"]}, "regions", "unknown_code"),
        ({"valid_from": "2027-01-01", "valid_until": "2026-01-01"}, "valid_until", "period_empty"),
        ({"green_quota": "是"}, "green_quota", "invalid"),
        ({"provenance": {}}, "provenance", "unknown_field"),
        ({"institution": "nobody"}, "institution", "unknown_institution"),
    ],
)
def test_bad_input_names_its_field(bank_client, change, field, code):
    answer = bank_client.post(URL, BODY | change)

    assert answer.status_code == 400
    assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [(field, code)]


def test_who_may_not_is_refused_and_a_stranger_finds_nothing(
    anonymous_client, firm_client, incubator_client, department_client, client_for, mine, draft
):
    rival = client_for(
        make_actor(organization=OrganizationFactory(bank=True), role=Role.INSTITUTION)
    )

    assert anonymous_client.get(URL).status_code == 401
    assert anonymous_client.post(URL, BODY).status_code == 401
    for client in (firm_client, incubator_client, department_client):
        assert client.post(URL, BODY).status_code == 403
        assert client.patch(url(mine), {}, headers=if_match(mine)).status_code == 403
    assert rival.patch(url(mine), {"note": "x"}, headers=if_match(mine)).status_code == 403
    assert rival.post(url(mine, "withdraw/"), {}, headers=if_match(mine)).status_code == 403
    assert rival.patch(url(draft), {"note": "x"}, headers=if_match(draft)).status_code == 404
