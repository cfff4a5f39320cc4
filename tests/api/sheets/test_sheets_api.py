"""Sheets of institutions: fetch the workbook, return it filled in."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import localdate

from backend.api.v1.sheets.workbooks import WORKBOOK_TYPE
from backend.organizations.enums import Role
from backend.referrals.enums import ReferralStatus
from tests.factories.organizations import make_actor
from tests.returned import Copy, funded
from tests.workbooks import make_workbook

SHEETS = "/api/v1/sheets/"


def address(sent, action):
    return f"{SHEETS}{sent.sheet.public_id}/{action}/"


def give_back(client, sent, data):
    body = {"file": SimpleUploadedFile("回执.xlsx", data)}
    return client.post(address(sent, "returned"), body, format="multipart")


@pytest.fixture
def manager(sent, client_for):
    return client_for(sent.manager)


@pytest.fixture
def officer(sent, client_for):
    return client_for(sent.office.officer)


def test_the_institution_lists_the_sheets_it_was_sent(sent, manager):
    (row,) = manager.get(SHEETS).json()["results"]
    assert row["id"] == str(sent.sheet.public_id)
    assert row["institution"] == sent.sheet.institution.code


def test_a_list_that_a_message_named_leads_to_its_sheet(sent, manager):
    listed = sent.sheet.referral_list.public_id
    (row,) = manager.get(SHEETS, {"referral_list": listed}).json()["results"]
    assert row["id"] == str(sent.sheet.public_id)
    assert manager.get(SHEETS, {"referral_list": uuid4()}).json()["results"] == []
    assert manager.get(SHEETS, {"referral_list": "x"}).status_code == 400


@pytest.mark.parametrize("accept", ["*/*", "application/json", WORKBOOK_TYPE])
def test_the_institution_fetches_its_workbook(sent, manager, accept):
    answer = manager.get(address(sent, "workbook"), headers={"Accept": accept})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == WORKBOOK_TYPE
    assert answer.headers["Cache-Control"] == "no-store"
    assert ".xlsx" in answer.headers["Content-Disposition"]
    assert Copy(answer.content).cell(1, "需求编号") == sent.referral(1).need.code


def test_the_department_fetches_the_same_workbook_below_its_list(sent, officer, manager):
    listed = sent.sheet.referral_list.public_id
    answer = officer.get(f"/api/v1/referral-lists/{listed}/sheets/{sent.sheet.public_id}/workbook/")
    assert answer.status_code == 200
    assert Copy(answer.content).rows == Copy(manager.get(address(sent, "workbook")).content).rows


def test_a_filled_in_copy_is_read_back_and_again_without_effect(sent, manager):
    copy = Copy(manager.get(address(sent, "workbook")).content).answer(1, funded()).save()
    first = give_back(manager, sent, copy)
    assert first.status_code == 200, first.content
    assert first.json() == {
        "sheet": str(sent.sheet.public_id),
        "in_the_institutions_name": False,
        "applied": 1,
        "unchanged": 0,
        "refused": 0,
        "errors": [],
        "notices": [],
    }
    again = give_back(manager, sent, copy).json()
    assert (again["applied"], again["unchanged"]) == (0, 1)
    assert sent.referral(1).status == ReferralStatus.FUNDED
    assert sent.referral(1).drawdowns.count() == 2


def test_a_wrong_row_is_named_with_sheet_row_column_value_and_what_is_expected(sent, manager):
    copy = sent.fetch().answer(1, {"received": "上周"}).answer(2, {"received": localdate()})
    answer = give_back(manager, sent, copy.save()).json()
    assert (answer["applied"], answer["refused"]) == (1, 1)
    (error,) = answer["errors"]
    assert error["sheet"] == "需求清单"
    assert error["row"] == copy.number(1)
    assert error["column"] == "受理日期"
    assert error["value"] == "上周"
    assert "年-月-日" in error["expected"]


def test_the_department_returns_a_copy_in_the_institutions_name(sent, officer):
    copy = sent.fetch().answer(1, {"received": localdate()})
    answer = give_back(officer, sent, copy.save()).json()
    assert answer["in_the_institutions_name"] is True
    assert sent.referral(1).status == ReferralStatus.ACKNOWLEDGED


@pytest.mark.parametrize("data", [b"x", make_workbook([["姓名"], ["甲"]])])
def test_what_is_no_copy_of_a_sheet_is_refused(sent, manager, data):
    answer = give_back(manager, sent, data)
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid_file"


def test_strangers_find_no_sheet(sent, client_for, firm_client, anonymous_client):
    rival = client_for(make_actor(organization__bank=True, role=Role.INSTITUTION))
    copy = sent.fetch().answer(1, {"received": localdate()}).save()
    for client, status in ((rival, 404), (firm_client, 404), (anonymous_client, 401)):
        assert client.get(address(sent, "workbook")).status_code == status
        assert give_back(client, sent, copy).status_code == status
    assert rival.get(SHEETS).json()["results"] == []
    assert sent.referral(1).status == ReferralStatus.SENT


def test_the_schema_says_that_a_workbook_comes_and_goes(manager):
    paths = manager.get("/api/v1/schema/", headers={"Accept": "application/json"}).json()["paths"]
    fetched = paths["/api/v1/sheets/{id}/workbook/"]["get"]["responses"]["200"]["content"]
    assert fetched[WORKBOOK_TYPE]["schema"] == {"type": "string", "format": "binary"}
    given = paths["/api/v1/sheets/{id}/returned/"]["post"]["requestBody"]["content"]
    assert list(given) == ["multipart/form-data"]
