"""/data-requests/: a firm's manager asks, the department's manager answers."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from backend.common.workdays import SHANGHAI, due_day
from backend.data_requests import services
from backend.data_requests.enums import RequestKind
from backend.data_requests.models import DataRequest
from backend.journal.models import Event
from backend.journal.services import sweep
from backend.notifications.models import Notification
from backend.organizations.enums import Rank
from tests.factories.data_requests import DataRequestFactory
from tests.factories.firms import FirmFactory, TenancyFactory
from tests.factories.needs import NeedFactory
from tests.factories.organizations import make_actor
from tests.factories.referrals import make_sent

REQUESTS = "/api/v1/data-requests/"
BODY = {"kind": "deletion", "what": "本企业资料", "why": "不再使用平台"}


@pytest.fixture
def firm(firm_actor):
    return FirmFactory(organization=firm_actor.organization)


def act(client, asked, action, body=None, **headers):
    address = f"{REQUESTS}{asked['id']}/"
    tag = client.get(address).headers.get("ETag", '"1"')
    return client.post(f"{address}{action}/", body or {}, headers={"If-Match": tag, **headers})


def test_a_request_is_asked_answered_and_told(
    firm, firm_client, firm_actor, department_actor, department_client
):
    asked = firm_client.post(REQUESTS, BODY)
    assert asked.status_code == 201, asked.content
    made = asked.json()
    assert made["status"] == "open"
    assert "至少保存三年" in made["kept"]
    due = due_day(datetime.fromisoformat(made["requested_at"]), 15).day
    assert date.fromisoformat(made["due_on"]) == due
    (listed,) = department_client.get(REQUESTS, {"status": "open"}).json()["results"]
    assert listed["firm_name"] == firm.organization.name
    answer = act(department_client, made, "grant", {"answer": "已删除"})
    assert answer.status_code == 200, answer.content
    assert answer.json()["removed"]["needs"] == 0
    shown = firm_client.get(f"{REQUESTS}{made['id']}/").json()
    assert (shown["status"], shown["answer"]) == ("done", "已删除")
    assert Event.objects.filter(type="data_request.opened").count() == 1
    assert Event.objects.filter(type="data_request.granted").count() == 1
    while sweep(now=timezone.now()):
        pass
    told = set(Notification.objects.values_list("kind", "user_id"))
    assert told >= {
        ("department.data_request_opened", department_actor.user.pk),
        ("firm.data_request_answered", firm_actor.user.pk),
    }
    texts = firm_client.get("/api/v1/notifications/").json()["results"]
    assert any("删除申请“本企业资料”已办理" in one["text"] for one in texts)


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        # Spring Festival from 15 to 23 February; Saturday the 14th is worked.
        ("2026-01-30T10:00", "2026-02-27"),
        # After the close of business before a holiday: day zero is 28 September.
        ("2026-09-24T18:30", "2026-10-23"),
    ],
)
def test_the_answer_is_due_after_fifteen_working_days(firm, firm_actor, moment, due):
    now = datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI)
    asked = services.open_request(
        actor=firm_actor, firm=firm, kind=RequestKind.CORRECTION, what="名称", why="有误", now=now
    )
    assert asked.due_on == date.fromisoformat(due)
    assert not asked.is_overdue(asked.due_on)
    assert asked.is_overdue(asked.due_on + timedelta(days=1))


def test_a_refusal_needs_a_reason_and_is_shown(firm, firm_client, department_client):
    made = firm_client.post(REQUESTS, BODY | {"kind": "correction"}).json()
    assert made["kept"] is None
    assert act(department_client, made, "refuse", {}).status_code == 400
    assert act(department_client, made, "refuse", {"reason": " "}).status_code == 400
    refused = act(department_client, made, "refuse", {"reason": "与登记信息一致"})
    assert refused.json()["status"] == "refused"
    assert firm_client.get(f"{REQUESTS}{made['id']}/").json()["answer"] == "与登记信息一致"
    again = act(department_client, made, "grant")
    assert (again.status_code, again.json()["code"]) == (409, "already_answered")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "export"}, "kind"),
        ({"what": ""}, "what"),
        ({"what": "长" * 201}, "what"),
        ({"why": "  "}, "why"),
        ({"why": "长" * 1001}, "why"),
        ({"firm": "91220000"}, "firm"),
    ],
)
def test_bad_input_names_its_field(firm, firm_client, changes, field):
    answer = firm_client.post(REQUESTS, BODY | changes)
    assert answer.status_code == 400
    assert field in {problem["field"] for problem in answer.json()["errors"]}
    assert not DataRequest.objects.exists()


def test_one_deletion_waits_at_a_time_and_not_too_many_requests(firm, firm_client):
    assert firm_client.post(REQUESTS, BODY).status_code == 201
    again = firm_client.post(REQUESTS, BODY)
    assert (again.status_code, again.json()["code"]) == (409, "deletion_asked_already")
    DataRequestFactory.create_batch(services.MOST_OPEN - 1, firm=firm)
    more = firm_client.post(REQUESTS, BODY | {"kind": "correction"})
    assert (more.status_code, more.json()["code"]) == (409, "too_many_open")


def test_a_repeated_request_with_a_key_takes_effect_once(firm, firm_client, department_client):
    headers = {"Idempotency-Key": "ask-once"}
    answers = [firm_client.post(REQUESTS, BODY, headers=headers) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    asked = DataRequest.objects.get()
    address, keyed = f"{REQUESTS}{asked.public_id}/grant/", {"If-Match": '"1"'}
    keyed["Idempotency-Key"] = "grant-once"
    granted = [department_client.post(address, {}, headers=keyed) for _ in range(2)]
    assert [one.status_code for one in granted] == [200, 200]
    assert Event.objects.filter(type="data_request.granted").count() == 1


def test_an_older_revision_is_refused(firm, department_client):
    asked = DataRequestFactory(firm=firm, revision=3)
    address = f"{REQUESTS}{asked.public_id}/grant/"
    assert department_client.post(address, {}).status_code == 428
    stale = department_client.post(address, {}, headers={"If-Match": '"2"'})
    assert stale.status_code == 412


def test_a_deletion_is_refused_while_a_referral_is_under_way(firm, firm_client, department_client):
    referral = make_sent(need=NeedFactory(firm=firm, in_referral=True))
    made = firm_client.post(REQUESTS, BODY).json()
    refused = act(department_client, made, "grant")
    assert (refused.status_code, refused.json()["code"]) == (409, "referral_under_way")
    assert referral.need.code in refused.json()["detail"]


@pytest.mark.parametrize("who", ["stranger", "bank", "incubator", "auditor"])
def test_others_find_nothing(firm, who, request):
    asked = DataRequestFactory(firm=firm)
    actor = request.getfixturevalue(f"{who}_actor")
    if who == "incubator":
        TenancyFactory(firm=firm, incubator=actor.organization, consented=True)
    client = request.getfixturevalue("client_for")(actor)
    address = f"{REQUESTS}{asked.public_id}/"
    assert client.get(address).status_code == 404
    for action in ("grant", "refuse"):
        answer = client.post(f"{address}{action}/", {}, headers={"If-Match": '"1"'})
        assert answer.status_code == 404
    listed = client.get(REQUESTS)
    assert listed.status_code == 403 or listed.json()["results"] == []


def test_officers_and_unproved_managers_ask_for_nothing(firm, client_for):
    officer = make_actor(organization=firm.organization, rank=Rank.OFFICER, proved=True)
    assert client_for(officer).post(REQUESTS, BODY).status_code == 403
    answer = client_for(make_actor(organization=firm.organization)).post(REQUESTS, BODY)
    assert (answer.status_code, answer.json()["code"]) == (409, "authority_not_proved")


def test_the_list_asks_as_often_for_many_as_for_few(firm, department_client, count_queries):
    DataRequestFactory(firm=firm)
    department_client.get(REQUESTS)
    few = count_queries(lambda: department_client.get(REQUESTS))
    DataRequestFactory.create_batch(4)
    assert count_queries(lambda: department_client.get(REQUESTS)) == few
