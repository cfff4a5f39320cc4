"""POST /needs/, GET and PATCH /needs/{id}/"""

from datetime import timedelta

import pytest
from django.utils import timezone

from backend.needs.models import Need
from tests.factories.firms import FirmFactory, TenancyFactory
from tests.factories.needs import NeedFactory
from tests.factories.organizations import OrganizationFactory, make_actor

URL = "/api/v1/needs/"
NEEDED_BY = (timezone.localdate() + timedelta(days=45)).isoformat()


@pytest.fixture
def firm(firm_actor):
    return FirmFactory(organization=firm_actor.organization)


def errors_of(answer, status=400):
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    return {error["field"]: error["code"] for error in answer.json()["errors"]}


def url_of(need):
    return f"{URL}{need.public_id}/"


# --- POST ---


def test_a_firm_drafts_a_need_with_the_fields_of_the_contract(firm, firm_client):
    bank = OrganizationFactory(bank=True)
    body = {
        "firm": firm.organization.code,
        "financing_types": ["credit_loan", "ip_pledge_loan"],
        "amount_min_yuan": 1_000_000,
        "amount_max_yuan": 5_000_000,
        "term_min_months": 12,
        "term_max_months": 36,
        "max_annual_rate": 0.0435,
        "collateral": [],
        "purposes": ["research"],
        "needed_by": NEEDED_BY,
        "preferred_institutions": [bank.code],
        "excluded_institutions": [],
        "open_to_others": False,
        "dossier": "一期",
        "description": "建设光模块产线",
        "contact_name": "王经理",
        "contact_phone": "+86 138 0000 0000",
    }
    answer = firm_client.post(URL, body)
    assert answer.status_code == 201, answer.content
    assert answer.headers["ETag"].startswith('"1-')
    shown = answer.json()
    assert {name: shown[name] for name in body} == body
    assert shown["status"] == "draft"
    assert shown["status_label"] == "草稿"
    assert shown["firm_id"] == str(firm.public_id)
    assert firm_client.get(f"{URL}{shown['id']}/").json() == shown


def test_a_firm_may_leave_its_code_out_and_everything_else_unknown(firm, firm_client):
    shown = firm_client.post(URL, {}).json()
    assert shown["firm"] == firm.organization.code
    assert shown["financing_types"] is None
    assert shown["collateral"] is None
    assert shown["dossier"] is None
    assert shown["open_to_others"] is True
    assert shown["preferred_institutions"] == []


def test_a_firm_without_a_record_gets_one_with_its_first_need(firm_actor, firm_client):
    assert firm_client.post(URL, {}).status_code == 201
    assert Need.objects.get().firm.organization == firm_actor.organization


def test_an_account_whose_authority_is_not_proved_may_draft(firm, client_for):
    newcomer = client_for(make_actor(organization=firm.organization))
    assert newcomer.post(URL, {}).status_code == 201


def test_an_incubator_drafts_for_a_tenant_that_consented(firm, incubator_actor, incubator_client):
    body = {"firm": firm.organization.code}
    assert errors_of(incubator_client.post(URL, body)) == {"firm": "unknown_firm"}
    TenancyFactory(firm=firm, incubator=incubator_actor.organization, consented=True)
    assert incubator_client.post(URL, body).status_code == 201
    assert errors_of(incubator_client.post(URL, {})) == {"firm": "required"}


def test_a_firm_learns_nothing_of_another_by_its_code(firm_client, stranger_actor):
    known = FirmFactory(organization=stranger_actor.organization).organization.code
    answer = firm_client.post(URL, {"firm": known})
    unknown = firm_client.post(URL, {"firm": "91220101MA0000000X"})
    assert errors_of(answer) == errors_of(unknown) == {"firm": "unknown_firm"}


def test_sign_in_is_needed(anonymous_client):
    assert anonymous_client.post(URL, {}).status_code == 401


@pytest.mark.parametrize("who", ["bank", "department", "auditor", "administrator"])
def test_permission_is_needed(who, request):
    client = request.getfixturevalue(f"{who}_client")
    assert client.post(URL, {}).status_code == 403
    assert not Need.objects.exists()


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({"financing_types": ["loan"]}, {"financing_types.0": "invalid_choice"}),
        ({"financing_types": "credit_loan"}, {"financing_types": "not_a_list"}),
        ({"collateral": [1]}, {"collateral.0": "invalid_choice"}),
        ({"amount_max_yuan": "300万"}, {"amount_max_yuan": "invalid"}),
        ({"amount_max_yuan": "3000000"}, {"amount_max_yuan": "invalid"}),
        ({"amount_max_yuan": True}, {"amount_max_yuan": "invalid"}),
        ({"amount_max_yuan": 1.5}, {"amount_max_yuan": "invalid"}),
        ({"amount_max_yuan": -1}, {"amount_max_yuan": "out_of_range"}),
        ({"amount_max_yuan": 2**63}, {"amount_max_yuan": "out_of_range"}),
        ({"amount_min_yuan": 2, "amount_max_yuan": 1}, {"amount_min_yuan": "min_above_max"}),
        ({"term_min_months": 2**15}, {"term_min_months": "out_of_range"}),
        ({"max_annual_rate": 4.35}, {"max_annual_rate": "out_of_range"}),
        ({"max_annual_rate": 1e308}, {"max_annual_rate": "too_large"}),
        ({"max_annual_rate": 1e-308}, {"max_annual_rate": "max_decimal_places"}),
        ({"max_annual_rate": "0.04"}, {"max_annual_rate": "invalid"}),
        ({"needed_by": "2020-01-01"}, {"needed_by": "out_of_range"}),
        ({"needed_by": "明天"}, {"needed_by": "invalid"}),
        ({"needed_by": 20261231}, {"needed_by": "invalid"}),
        ({"open_to_others": "yes"}, {"open_to_others": "invalid"}),
        ({"open_to_others": None}, {"open_to_others": "null"}),
        ({"preferred_institutions": ["X"]}, {"preferred_institutions": "unknown_institution"}),
        ({"description": "长" * 4001}, {"description": "max_length"}),
        ({"description": 5}, {"description": "invalid"}),
        ({"contact_phone": "call me"}, {"contact_phone": "invalid_phone"}),
        ({"status": "open"}, {"status": "unknown_field"}),
        (
            {"code": "N1", "verified_at": "x"},
            {"code": "unknown_field", "verified_at": "unknown_field"},
        ),
    ],
)
def test_bad_input_names_its_field_and_writes_nothing(firm, firm_client, body, errors):
    assert errors_of(firm_client.post(URL, body)) == errors
    assert not Need.objects.exists()


def test_an_unknown_code_is_answered_with_those_that_exist(firm, firm_client):
    (error,) = firm_client.post(URL, {"purposes": ["fun"]}).json()["errors"]
    assert "fun" in error["message"]
    assert "working_capital" in error["message"]


def test_a_post_with_a_key_takes_effect_once(firm, firm_client):
    headers = {"Idempotency-Key": "first-need"}
    first = firm_client.post(URL, {"dossier": "A"}, headers=headers)
    again = firm_client.post(URL, {"dossier": "A"}, headers=headers)
    other = firm_client.post(URL, {"dossier": "B"}, headers=headers)
    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert first.json()["id"] == again.json()["id"]
    assert Need.objects.count() == 1


# --- GET ---


@pytest.mark.parametrize("who", ["firm", "department"])
def test_a_need_is_read_with_its_tag(firm, who, request):
    need = NeedFactory(firm=firm, open=True, revision=4)
    answer = request.getfixturevalue(f"{who}_client").get(url_of(need))
    assert answer.status_code == 200
    assert answer.headers["ETag"].startswith('"4-')
    assert answer.json()["contact_phone"] == need.contact_phone


def test_a_stranger_finds_nothing(firm, stranger_client):
    need = NeedFactory(firm=firm, open=True)
    assert stranger_client.get(url_of(need)).status_code == 404
    assert stranger_client.patch(url_of(need), {}).status_code == 404


def test_a_department_finds_no_draft(firm, department_client):
    assert department_client.get(url_of(NeedFactory(firm=firm))).status_code == 404


# --- PATCH ---


def patch(client, need, body, revision=1):
    return client.patch(url_of(need), body, headers={"If-Match": f'"{revision}"'})


def test_a_draft_is_changed_and_the_rest_stays(firm, firm_client):
    need = NeedFactory(firm=firm)
    answer = patch(firm_client, need, {"amount_max_yuan": None, "collateral": ["patent"]})
    assert answer.status_code == 200, answer.content
    assert answer.headers["ETag"].startswith('"2-')
    shown = answer.json()
    assert shown["amount_max_yuan"] is None
    assert shown["collateral"] == ["patent"]
    assert shown["amount_min_yuan"] == need.amount_min_yuan


def test_a_change_needs_the_revision_that_was_read(firm, firm_client):
    need = NeedFactory(firm=firm)
    assert firm_client.patch(url_of(need), {"dossier": "A"}).status_code == 428
    answer = firm_client.patch(url_of(need), {"dossier": "A"}, headers={"If-Match": "latest"})
    assert answer.status_code == 400
    assert patch(firm_client, need, {"dossier": "A"}).status_code == 200
    assert patch(firm_client, need, {"dossier": "B"}).status_code == 412
    need.refresh_from_db()
    assert need.dossier == "A"


def test_a_submitted_need_cannot_be_changed(firm, firm_client):
    answer = patch(firm_client, NeedFactory(firm=firm, submitted=True), {"dossier": "A"})
    assert answer.status_code == 409
    assert answer.json()["code"] == "not_editable"


@pytest.mark.parametrize("field", ["contact_name", "contact_phone", "needed_by", "purposes"])
def test_a_returned_need_may_lack_something_until_it_is_submitted_again(firm, firm_client, field):
    need = NeedFactory(firm=firm, returned=True)
    answer = patch(firm_client, need, {field: None})
    assert answer.status_code == 200, answer.content
    again = firm_client.post(f"{url_of(need)}submit/", {}, headers={"If-Match": '"2"'})
    assert errors_of(again) == {field: "required"}


def test_a_need_stays_with_its_firm(firm, firm_client):
    answer = patch(firm_client, NeedFactory(firm=firm), {"firm": firm.organization.code})
    assert errors_of(answer) == {"firm": "unknown_field"}


def test_a_department_changes_no_need(firm, department_client):
    assert patch(department_client, NeedFactory(firm=firm, open=True), {}).status_code == 403
