"""POST /needs/{id}/{submit,verify,return,withdraw}/"""

import pytest

from backend.organizations.enums import Role
from tests.factories.firms import FirmFactory
from tests.factories.needs import NeedFactory
from tests.factories.organizations import make_actor

ACTIONS = ["submit", "verify", "return", "withdraw"]


@pytest.fixture
def firm(firm_actor):
    return FirmFactory(organization=firm_actor.organization)


def url_of(need, action):
    return f"/api/v1/needs/{need.public_id}/{action}/"


def post(client, need, action, body=None, revision=None):
    revision = need.revision if revision is None else revision
    return client.post(url_of(need, action), body or {}, headers={"If-Match": f'"{revision}"'})


def test_a_need_goes_from_draft_to_open_by_way_of_a_return(firm, firm_client, department_client):
    need = NeedFactory(firm=firm)
    assert post(firm_client, need, "submit").json()["status"] == "submitted"
    returned = post(department_client, need, "return", {"reason": "请补充合同"}, revision=2)
    assert returned.json()["status"] == "returned"
    assert returned.json()["returned_reason"] == "请补充合同"
    assert post(firm_client, need, "submit", revision=3).json()["status"] == "submitted"
    opened = post(department_client, need, "verify", revision=4)
    assert opened.status_code == 200
    assert opened.json()["status"] == "open"
    assert opened.headers["ETag"].startswith('"5-')
    assert post(firm_client, need, "withdraw", revision=5).json()["status"] == "withdrawn"


def test_a_slip_is_taken_back_by_whoever_made_it(department_client, client_for):
    need = NeedFactory(submitted=True)
    post(department_client, need, "verify")
    colleague = client_for(make_actor(organization__department=True, role=Role.DEPARTMENT))
    assert post(colleague, need, "undo", revision=2).status_code == 403
    undone = post(department_client, need, "undo", revision=2)
    assert (undone.status_code, undone.json()["status"]) == (200, "submitted")
    again = post(department_client, need, "undo", revision=3)
    assert (again.status_code, again.json()["code"]) == (409, "nothing_to_undo")


def test_before_authority_is_proved_nothing_is_submitted(firm, client_for):
    newcomer = client_for(make_actor(organization=firm.organization))
    answer = post(newcomer, NeedFactory(firm=firm), "submit")
    assert answer.status_code == 409
    assert answer.json()["code"] == "authority_not_proved"
    assert "科技管理部门" in answer.json()["detail"]


def test_what_is_missing_is_named(firm, firm_client):
    need = NeedFactory(firm=firm, contact_name="", purposes=None)
    answer = post(firm_client, need, "submit")
    assert answer.status_code == 400
    assert {error["field"] for error in answer.json()["errors"]} == {"contact_name", "purposes"}


@pytest.mark.parametrize("action", ACTIONS)
def test_sign_in_is_needed(firm, anonymous_client, action):
    assert post(anonymous_client, NeedFactory(firm=firm), action).status_code == 401


@pytest.mark.parametrize("action", ["submit", "withdraw"])
def test_a_stranger_finds_nothing(firm, stranger_client, action):
    assert post(stranger_client, NeedFactory(firm=firm), action).status_code == 404


@pytest.mark.parametrize("action", ["verify", "return"])
def test_a_department_of_another_city_finds_nothing(firm, client_for, action):
    actor = make_actor(
        organization__city_department=True,
        organization__region__code="220200",
        role=Role.DEPARTMENT,
    )
    need = NeedFactory(firm=firm, submitted=True)
    assert post(client_for(actor), need, action, {"reason": "缺"}).status_code == 404


@pytest.mark.parametrize(
    ("who", "actions", "status"),
    [
        ("firm", ["verify", "return"], 403),
        ("department", ["submit", "withdraw"], 403),
        ("bank", ACTIONS, 404),
        ("auditor", ACTIONS, 404),
    ],
)
def test_permission_is_needed(firm, who, actions, status, request):
    need = NeedFactory(firm=firm, submitted=True)
    client = request.getfixturevalue(f"{who}_client")
    for action in actions:
        assert post(client, need, action, {"reason": "缺"}).status_code == status
    need.refresh_from_db()
    assert need.status == "submitted"


def test_two_officers_at_once_one_is_told(firm, department_client, department_actor, client_for):
    colleague = client_for(
        make_actor(organization=department_actor.organization, role=Role.DEPARTMENT)
    )
    need = NeedFactory(firm=firm, submitted=True)
    assert post(department_client, need, "return", {"reason": "缺合同"}).status_code == 200
    assert post(colleague, need, "verify").status_code == 412
    need.refresh_from_db()
    assert need.status == "returned"


@pytest.mark.parametrize("action", ACTIONS)
def test_the_revision_must_be_named(firm, firm_client, department_client, action):
    need = NeedFactory(firm=firm, submitted=True)
    client = department_client if action in {"verify", "return"} else firm_client
    body = {"reason": "缺"} if action == "return" else {}
    assert client.post(url_of(need, action), body).status_code == 428


def test_a_state_that_does_not_allow_it_is_named(firm, department_client):
    answer = post(department_client, NeedFactory(firm=firm, open=True), "verify")
    assert answer.status_code == 409
    assert answer.json()["code"] == "transition_not_allowed"
    assert "已核验" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("action", "body", "field"),
    [
        ("return", {}, "reason"),
        ("return", {"reason": "  "}, "reason"),
        ("return", {"reason": ["a"]}, "reason"),
        ("return", {"reason": "长" * 1001}, "reason"),
        ("verify", {"status": "funded"}, "status"),
    ],
)
def test_bad_input_names_its_field(firm, department_client, action, body, field):
    need = NeedFactory(firm=firm, submitted=True)
    answer = post(department_client, need, action, body)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    need.refresh_from_db()
    assert need.status == "submitted"
