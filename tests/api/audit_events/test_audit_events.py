"""The journal over the API."""

import pytest

from backend.accounts.services import create_key

URL = "/api/v1/audit-events/"


@pytest.fixture
def three_events(firm_actor, bank_actor):
    """Three keys made by two people."""
    return [
        create_key(actor=actor, user=actor.user)[0]
        for actor in (firm_actor, firm_actor, bank_actor)
    ]


def test_the_auditor_reads_who_did_what_the_latest_first(
    auditor_client, three_events, firm_actor, bank_actor
):
    rows = auditor_client.get(URL, {"type": "key.created"}).json()["results"]
    mine = [row for row in rows if row["organization"]]

    assert [row["subject_id"] for row in mine] == [str(k.public_id) for k in three_events[::-1]]
    assert mine[0]["user"] == str(bank_actor.user.public_id)
    assert mine[0]["organization"] == str(bank_actor.organization.public_id)
    assert mine[0]["title"] == "接口密钥已创建"


@pytest.mark.parametrize(
    "who",
    [
        "firm_client",
        "bank_client",
        "department_client",
        "administrator_client",
        "security_officer_client",
    ],
)
def test_nobody_else_reads_it(request, who, three_events):
    assert request.getfixturevalue(who).get(URL).status_code == 403


def test_the_auditor_changes_nothing(auditor_client, three_events):
    event = auditor_client.get(URL).json()["results"][0]["id"]

    for method in ("post", "put", "patch", "delete"):
        assert getattr(auditor_client, method)(f"{URL}{event}/", {}).status_code == 405
    assert auditor_client.get(f"{URL}{event}/").status_code == 200


def test_filters(auditor_client, three_events, firm_actor):
    def count(**query) -> int:
        return len(auditor_client.get(URL, query).json()["results"])

    assert count(user=str(firm_actor.user.public_id)) == 2
    assert count(organization=str(firm_actor.organization.public_id)) == 2
    assert count(subject_id=str(three_events[0].public_id)) == 1
    assert count(occurred_from="2999-01-01T00:00:00Z") == 0
    assert count(type="need.created") == 0


@pytest.mark.parametrize(
    "query",
    [{"type": "x"}, {"user": "1"}, {"occurred_from": "yesterday"}, {"payload": "a"}],
)
def test_a_wrong_filter_is_named(auditor_client, query):
    answer = auditor_client.get(URL, query)

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == list(query)


def test_listing_costs_the_same_at_3_and_30_rows(auditor_client, firm_actor, count_queries):
    few = count_queries(lambda: auditor_client.get(URL, {"page_size": 1}))
    for _ in range(15):
        create_key(actor=firm_actor, user=firm_actor.user)

    assert count_queries(lambda: auditor_client.get(URL)) == few <= 3
