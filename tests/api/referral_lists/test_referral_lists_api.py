"""`referral-lists`: draft, sign, send, recall."""

from datetime import timedelta

import pytest
from django.utils import timezone

from backend.organizations.enums import Role
from backend.referrals.models import Referral, Sheet
from tests.factories.catalogue import ProductFactory
from tests.factories.lists import open_needs
from tests.factories.matches import MatchRunFactory
from tests.factories.organizations import make_actor

LISTS = "/api/v1/referral-lists/"
HEAD = {
    "document_number": "吉科函〔2026〕12号",
    "basis": "企业授权书",
    "answer_by": (timezone.localdate() + timedelta(days=14)).isoformat(),
}


def approve_all(desk, drafted):
    desk.post(desk.officer, drafted, "submit")
    desk.post(desk.head, drafted, "approve", {"note": "同意"})
    return desk.post(desk.leader, drafted, "approve")


def test_a_list_goes_from_a_match_run_to_the_institutions(desk):
    open_needs(2)
    run = MatchRunFactory(actor=desk.office.officer, finished=True)
    created = desk.officer.post(LISTS, {"match_run": str(run.public_id), "per_need": 1})
    assert created.status_code == 201
    body = created.json()
    assert (body["status"], body["row_count"], body["need_count"]) == ("draft", 2, 2)
    assert body["match_run"] == str(run.public_id)
    address = f"{LISTS}{body['id']}/"

    def act(client, action, values):
        tag = client.get(address).headers["ETag"]
        return client.post(f"{address}{action}/", values, headers={"If-Match": tag}).json()

    assert act(desk.officer, "submit", {})["due_post"] == "division_head"
    assert act(desk.head, "approve", {"note": "同意"})["due_post"] == "leader"
    approved = act(desk.leader, "approve", {})
    assert (approved["status"], approved["due_post"]) == ("approved", None)
    assert [one["post"] for one in approved["approvals"]] == ["handler", "division_head", "leader"]
    sent = act(desk.officer, "send", HEAD)
    assert (sent["status"], sent["fallen"]) == ("sent", [])
    assert sent["document_number"] == HEAD["document_number"]
    assert Referral.objects.count() == 2


def test_a_supplementary_list_is_drafted_from_a_product(desk):
    open_needs(1)
    product = ProductFactory(institution=desk.office.banks[0])
    created = desk.officer.post(LISTS, {"product": str(product.public_id)})
    assert created.status_code == 201
    assert (created.json()["product"], created.json()["row_count"]) == (product.code, 1)


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "match_run", "one_source"),
        ({"match_run": "x"}, "match_run", "invalid"),
        ({"match_run": "00000000-0000-0000-0000-000000000000"}, "match_run", "not_found"),
        ({"product": "00000000-0000-0000-0000-000000000000"}, "product", "not_found"),
        ({"per_need": 0}, "per_need", "min_value"),
        ({"status": "sent"}, "status", "unknown_field"),
    ],
)
def test_what_is_wrong_with_a_draft_is_named(desk, body, field, code):
    answer = desk.officer.post(LISTS, body)
    assert answer.status_code == 400
    assert (field, code) in {(e["field"], e["code"]) for e in answer.json()["errors"]}


def test_every_action_needs_the_revision_that_was_read(desk, drafted):
    for action in ("submit", "approve", "refuse", "send", "recall", "discard"):
        body = {
            "refuse": {"note": "重做"},
            "send": HEAD,
            "recall": {"reason": "有误"},
            "discard": {"reason": "重复"},
        }.get(action, {})
        missing = desk.officer.post(f"{LISTS}{drafted.public_id}/{action}/", body)
        assert missing.status_code == 428, action
    stale = desk.post(desk.officer, drafted, "submit", tag='"9"')
    assert stale.status_code == 412


def test_a_double_click_sends_once_and_answers_alike(desk, drafted):
    approve_all(desk, drafted)
    tag = desk.get(drafted).headers["ETag"]
    key = {"Idempotency-Key": "send-1"}
    first = desk.post(desk.officer, drafted, "send", HEAD, tag=tag, **key)
    again = desk.post(desk.officer, drafted, "send", HEAD, tag=tag, **key)
    assert first.status_code == again.status_code == 200
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json() == first.json()
    other = desk.post(desk.head, drafted, "send", HEAD, tag=tag)
    assert other.status_code == 412
    late = desk.post(desk.head, drafted, "send", HEAD)
    assert late.status_code == 409
    assert Sheet.objects.count() == 2


def test_the_wrong_person_is_told_whose_turn_it_is(desk, drafted):
    desk.post(desk.officer, drafted, "submit")
    answer = desk.post(desk.officer, drafted, "approve")
    assert answer.status_code == 403
    assert answer.json()["code"] == "already_signed"


def test_a_refused_list_is_a_draft_with_the_note(desk, drafted):
    desk.post(desk.officer, drafted, "submit")
    refused = desk.post(desk.head, drafted, "refuse", {"note": "请核对"}).json()
    assert (refused["status"], refused["approvals"][-1]["note"]) == ("draft", "请核对")


def test_a_recall_names_its_reason_and_may_be_of_one_sheet(desk, drafted):
    approve_all(desk, drafted)
    desk.post(desk.officer, drafted, "send", HEAD)
    sheet = desk.get(drafted, "sheets/").json()["results"][0]
    one = desk.post(
        desk.officer, drafted, "recall", {"reason": "金额有误", "sheet": sheet["id"]}
    ).json()
    assert one["status"] == "sent"
    shown = {s["id"]: s["recall_reason"] for s in desk.get(drafted, "sheets/").json()["results"]}
    assert shown.pop(sheet["id"]) == "金额有误"
    assert set(shown.values()) == {None}
    whole = desk.post(desk.officer, drafted, "recall", {"reason": "全部有误"}).json()
    assert (whole["status"], whole["recall_reason"]) == ("recalled", "全部有误")


def test_the_chain_is_read_by_officers_and_set_by_managers(desk):
    chain = desk.officer.get(f"{LISTS}approval-chain/").json()["seats"]
    assert [seat["post_label"] for seat in chain] == ["经办人", "处长", "分管领导"]
    seats = {"seats": [{"post": "handler"}, {"post": "leader", "rank": "manager"}]}
    assert desk.officer.post(f"{LISTS}approval-chain/", seats).status_code == 403
    changed = desk.leader.post(f"{LISTS}approval-chain/", seats)
    assert [seat["post"] for seat in changed.json()["seats"]] == ["handler", "leader"]


def test_the_page_of_lists_filters_by_status_and_counts_alike(desk, drafted):
    assert [one["number"] for one in desk.officer.get(LISTS).json()["results"]] == [drafted.number]
    assert desk.officer.get(LISTS, {"status": "sent"}).json()["results"] == []
    assert desk.officer.get(LISTS, {"state": "sent"}).status_code == 400


def test_the_page_of_lists_takes_as_many_queries_for_many(desk, drafted, count_queries):
    few = count_queries(lambda: desk.officer.get(LISTS))
    for _ in range(5):
        desk.office.draft()
    assert count_queries(lambda: desk.officer.get(LISTS)) == few


@pytest.mark.parametrize("page", ["", "rows/", "unplaced/", "preview/", "sheets/", "diff/"])
def test_banks_firms_and_other_departments_find_nothing(desk, drafted, client_for, page):
    bank = make_actor(organization=desk.office.banks[0], role=Role.INSTITUTION)
    firm = make_actor(proved=True)
    city = make_actor(organization__city_department=True, role=Role.DEPARTMENT)
    for stranger in (bank, firm, city):
        assert desk.get(drafted, page, client=client_for(stranger)).status_code == 404


def test_sign_in_is_needed(drafted, anonymous_client):
    assert anonymous_client.get(LISTS).status_code == 401
    assert anonymous_client.get(f"{LISTS}{drafted.public_id}/").status_code == 401


def test_the_province_reads_a_citys_list_and_changes_nothing(desk, drafted, client_for):
    city = make_actor(organization__city_department=True, role=Role.DEPARTMENT)
    drafted.department = city.organization
    drafted.save()
    assert desk.get(drafted).status_code == 200
    assert desk.post(desk.officer, drafted, "submit").status_code == 403
