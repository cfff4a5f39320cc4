"""POST /rosters/"""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from backend.firms.models import Firm, Roster
from tests.factories.organizations import make_uscc
from tests.factories.reference import RegionFactory
from tests.workbooks import make_workbook

URL = "/api/v1/rosters/"
ROWS = [
    ["统一社会信用代码", "企业名称", "所在地区"],
    [make_uscc(8_100_000), "甲科技", "220102"],
]


def upload(client, data=None, headers=None, **form):
    data = make_workbook(ROWS) if data is None else data
    body = {
        "file": SimpleUploadedFile("名单.xlsx", data),
        "kind": "high_tech",
        "valid_from": "2026-01-01",
        "valid_until": "2027-01-01",
        **form,
    }
    body = {name: value for name, value in body.items() if value is not None}
    return client.post(URL, body, format="multipart", headers=headers or {})


@pytest.fixture(autouse=True)
def regions(db):
    RegionFactory()


def test_a_department_imports_a_list(department_client):
    answer = upload(department_client)
    assert answer.status_code == 201, answer.content
    assert answer.json() == {
        "id": str(Roster.objects.get().public_id),
        "dry_run": False,
        "rows": 1,
        "firms_created": 1,
        "qualifications_created": 1,
        "qualifications_changed": 0,
        "tenancies_created": 0,
        "tenancies_changed": 0,
        "ignored_columns": [],
        "notices": [],
    }


def test_the_same_list_again_is_no_news(department_client):
    upload(department_client)
    again = upload(department_client)
    assert again.status_code == 200
    assert again.json()["id"] is None
    assert again.json()["qualifications_created"] == 0


def test_a_trial_writes_nothing(department_client):
    answer = upload(department_client, dry_run="true")
    assert answer.status_code == 200
    assert answer.json()["dry_run"] is True
    assert answer.json()["firms_created"] == 1
    assert not Firm.objects.exists()


def test_an_upload_with_a_key_takes_effect_once(department_client):
    data = make_workbook(ROWS)
    headers = {"Idempotency-Key": "roster-1"}
    first = upload(department_client, data, headers)
    again = upload(department_client, data, headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()


@pytest.mark.parametrize(
    ("who", "status"), [("firm", 403), ("bank", 403), ("stranger", 403), ("anonymous", 401)]
)
def test_permission_is_needed(who, status, request):
    assert upload(request.getfixturevalue(f"{who}_client")).status_code == status
    assert not Roster.objects.exists()


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"file": None}, "file"),
        ({"kind": "rich_list"}, "kind"),
        ({"kind": None}, "kind"),
        ({"valid_from": None}, "valid_from"),
        ({"valid_from": "soon"}, "valid_from"),
        ({"valid_until": "2025-01-01"}, "valid_until"),
        ({"dry_run": "maybe"}, "dry_run"),
        ({"owner": "me"}, "owner"),
    ],
)
def test_bad_input_names_its_field(department_client, form, field):
    answer = upload(department_client, **form)
    assert answer.status_code == 400, answer.content
    assert field in {error["field"] for error in answer.json()["errors"]}
    assert not Roster.objects.exists()


def test_a_wrong_cell_is_told_with_sheet_row_and_column(department_client):
    answer = upload(department_client, make_workbook([ROWS[0], ["123", "甲科技", "220102"]]))
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid_file"
    (error,) = answer.json()["errors"]
    assert error["field"] == "名单.2.统一社会信用代码"
    assert "123" in error["message"]
    assert not Firm.objects.exists()


@pytest.mark.parametrize("data", [b"x", make_workbook(ROWS)[:300], b"PK\x03\x04" + b"\0" * 99])
def test_what_is_no_workbook_is_refused(department_client, data):
    answer = upload(department_client, data)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == ["file"]


def test_a_file_that_is_too_large_is_refused(department_client):
    answer = upload(department_client, b"PK" + b"\0" * (10 * 1024 * 1024))
    assert answer.status_code in {400, 413}
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_json_is_not_taken(department_client):
    answer = department_client.post(URL, {"kind": "high_tech"})
    assert answer.status_code == 415
