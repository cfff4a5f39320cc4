"""GET /referral-lists/{id}/export/ and the button on the list's page."""

import io

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from backend.organizations.enums import Role
from tests.browsing import browser_of
from tests.factories.lists import Office, consent_to, open_needs
from tests.factories.organizations import make_actor

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def test_the_department_fetches_it_by_program_and_by_page(desk, drafted):
    answer = desk.get(drafted, "export/")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == XLSX
    assert answer.headers["Cache-Control"] == "no-store"
    assert f'filename="{drafted.number}.xlsx"' in answer.headers["Content-Disposition"]
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    assert book.sheet_names == ["在列", "已剔除", "未分配"]

    browser = browser_of(desk.office.officer)
    address = reverse("portal:department_lists_whole", args=[drafted.public_id])
    detail = reverse("portal:department_lists_detail", args=[drafted.public_id])
    assert address in browser.get(detail).content.decode()
    assert browser.get(address).content == answer.content


def test_an_unknown_parameter_is_refused(desk, drafted):
    assert desk.get(drafted, "export/", institution="x").status_code == 400


@pytest.mark.parametrize("who", ["bank", "firm", "stranger", "incubator", "auditor"])
def test_others_find_no_list(drafted, desk, who, request):
    actor = request.getfixturevalue(f"{who}_actor")
    client = request.getfixturevalue("client_for")(actor)
    assert desk.get(drafted, "export/", client=client).status_code == 404
    address = reverse("portal:department_lists_whole", args=[drafted.public_id])
    assert browser_of(actor).get(address).status_code == 404


def test_a_department_above_reads_the_list_but_does_not_export_it(client_for, db):
    city = {
        "organization__city_department": True,
        "organization__region__code": "220100",
        "role": Role.DEPARTMENT,
    }
    head = make_actor(**city)
    office = Office(officer=head, head=head, leader=head)
    office.add_bank()
    consent_to(open_needs(1), office.banks)
    drafted = office.draft(per_need=1)
    province = make_actor(organization__department=True, role=Role.DEPARTMENT)
    address = f"/api/v1/referral-lists/{drafted.public_id}/"
    client = client_for(province)
    assert client.get(address).status_code == 200
    assert client.get(f"{address}export/").status_code == 404
    detail = reverse("portal:department_lists_detail", args=[drafted.public_id])
    whole = reverse("portal:department_lists_whole", args=[drafted.public_id])
    browser = browser_of(province)
    assert whole not in browser.get(detail).content.decode()
    assert browser.get(whole).status_code == 404
    assert client_for(head).get(f"{address}export/").status_code == 200
