"""/api/v1/tenants/: an incubator's tenants, their import, and where their needs stand"""

import json
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from backend.firms.models import Firm, FirmQualification, Roster, Tenancy
from tests.factories.firms import FirmFactory, TenancyFactory
from tests.factories.needs import NeedFactory
from tests.factories.organizations import OrganizationFactory, make_actor, make_uscc
from tests.factories.reference import RegionFactory
from tests.factories.referrals import ApprovedLineFactory, ReferralFactory
from tests.workbooks import make_workbook

URL = "/api/v1/tenants/"
ONE, TWO = make_uscc(8_300_000), make_uscc(8_300_001)
HEADER = ["统一社会信用代码", "企业名称", "所在地区", "入驻日期"]
ROWS = [
    HEADER,
    [ONE, "甲科技", "220102", date(2025, 3, 1)],
    [TWO, "乙科技", "220103", None],
]
pytestmark = pytest.mark.django_db


@pytest.fixture
def incubator_actor(db):
    return make_actor(proved=True, organization__incubator=True, role="incubator")


@pytest.fixture(autouse=True)
def regions(db):
    for code in ("220102", "220103", "220202"):
        RegionFactory(code=code)


def upload(client, rows=ROWS, **form):
    file = SimpleUploadedFile("在孵企业.xlsx", make_workbook(rows))
    form = {"file": file, "valid_from": "2026-01-01", **form}
    return client.post(f"{URL}import/", form, format="multipart")


def errors_of(answer):
    assert answer.status_code == 400, answer.content
    assert not Firm.objects.exists()
    assert not Roster.objects.exists()
    return [(error["field"], error["code"]) for error in answer.json()["errors"]]


# --- import ---


def test_an_incubator_imports_its_tenants_once(incubator_client, incubator_actor):
    answer = upload(incubator_client)
    assert answer.status_code == 201, answer.content
    assert (answer.json()["firms_created"], answer.json()["tenancies_created"]) == (2, 2)
    stays = Tenancy.objects.order_by("valid_from")
    assert [stay.valid_from for stay in stays] == [date(2025, 3, 1), date(2026, 1, 1)]
    assert {stay.incubator for stay in stays} == {incubator_actor.organization}
    again = upload(incubator_client)
    assert (again.status_code, again.json()["id"]) == (200, None)


def test_an_import_gives_no_say_and_no_qualification(incubator_client):
    known = FirmFactory(organization__code=ONE, organization__name="甲科技")
    upload(incubator_client)
    assert not FirmQualification.objects.exists()
    known.refresh_from_db()
    assert known.qualifications_known is False
    shown = incubator_client.get(URL).json()["results"]
    assert {(row["may_speak"], row["shares_progress"]) for row in shown} == {(False, False)}
    assert incubator_client.get(f"/api/v1/firms/{known.public_id}/").status_code == 404


def test_a_preview_writes_nothing(incubator_client):
    answer = upload(incubator_client, dry_run="true")
    assert (answer.status_code, answer.json()["tenancies_created"]) == (200, 2)
    assert not Firm.objects.exists()
    assert not Tenancy.objects.exists()


def test_every_bad_row_is_named_and_nothing_is_half_done(incubator_client):
    rows = [
        [*HEADER, "孵化载体代码"],
        [ONE, "甲科技", "220102", None, "INCUBATOR-OTHER"],
        ["91220101MA0000000X", "乙科技", "220103", None, None],
        [TWO, "", "220103", None, None],
    ]
    found = errors_of(upload(incubator_client, rows))
    assert [code for _, code in found] == ["other_incubator", "bad_check_character", "missing"]
    assert all(f"{row}" in field for (field, _), row in zip(found, (2, 3, 4), strict=True))


def test_firms_of_another_city_are_for_the_department_to_import(incubator_client):
    rows = [HEADER, [ONE, "甲科技", "220202", None]]
    assert [code for _, code in errors_of(upload(incubator_client, rows))] == ["outside_region"]


def test_an_incubator_does_not_say_where_a_firm_on_record_lies(incubator_client):
    OrganizationFactory(code=ONE, name="甲科技", region=None)
    assert upload(incubator_client).status_code == 201
    assert Firm.objects.get(organization__code=ONE).organization.region_code is None


def test_only_proved_incubators_import(client_for, firm_client, department_client):
    unproved = client_for(make_actor(organization__incubator=True, role="incubator"))
    assert (upload(unproved).status_code, upload(unproved).json()["code"]) == (
        409,
        "authority_not_proved",
    )
    for client in (firm_client, department_client):
        assert upload(client).status_code == 403


# --- list and progress ---


def test_an_incubator_sees_its_own_tenants_alone(incubator_client, incubator_actor, client_for):
    mine = TenancyFactory(incubator=incubator_actor.organization)
    TenancyFactory()
    (row,) = incubator_client.get(URL).json()["results"]
    assert (row["id"], row["firm"]) == (str(mine.public_id), mine.firm.organization.code)
    other = client_for(make_actor(proved=True, organization__incubator=True, role="incubator"))
    assert other.get(f"{URL}{mine.public_id}/").status_code == 404
    assert other.get(f"{URL}{mine.public_id}/progress/").status_code == 404


def test_progress_is_shown_while_the_firm_lets_it_and_never_how_much(
    incubator_client, incubator_actor, firm_client, firm_actor
):
    firm = FirmFactory(organization=firm_actor.organization)
    stay = TenancyFactory(firm=firm, incubator=incubator_actor.organization)
    referral = ReferralFactory(need=NeedFactory(firm=firm, in_referral=True), in_contact=True)
    ApprovedLineFactory(referral=referral, amount_yuan=7_654_321)
    NeedFactory(firm=firm)  # a draft
    at = f"{URL}{stay.public_id}/progress/"
    switch = f"/api/v1/firms/{firm.public_id}/tenancies/{stay.public_id}"
    assert incubator_client.get(at).status_code == 404
    assert firm_client.post(f"{switch}/share-progress/", {}).status_code == 200
    answer = incubator_client.get(at)
    assert answer.status_code == 200
    (need,) = answer.json()["needs"]
    assert need["code"] == referral.need.code
    assert need["summary"] == "已推送 1 家机构，其中 1 家正在办理。"
    assert need["referrals"][0]["institution_name"] == referral.institution.name
    assert "7654321" not in json.dumps(answer.json())
    assert incubator_client.get(f"/api/v1/needs/{referral.need.public_id}/").status_code == 404
    assert firm_client.post(f"{switch}/hide-progress/", {}).status_code == 200
    assert incubator_client.get(at).status_code == 404


def test_after_the_stay_there_is_no_progress(incubator_client, incubator_actor):
    stay = TenancyFactory(
        incubator=incubator_actor.organization,
        consented=True,
        valid_until=timezone.localdate() - timedelta(days=1),
    )
    assert incubator_client.get(f"{URL}{stay.public_id}/progress/").status_code == 404


def test_progress_is_constant_in_queries(incubator_client, incubator_actor, count_queries):
    stay = TenancyFactory(incubator=incubator_actor.organization, consented=True)
    at = f"{URL}{stay.public_id}/progress/"
    ReferralFactory(need=NeedFactory(firm=stay.firm, in_referral=True))
    before = count_queries(lambda: incubator_client.get(at))
    for _ in range(3):
        ReferralFactory(need=NeedFactory(firm=stay.firm, in_referral=True))
    assert count_queries(lambda: incubator_client.get(at)) == before
    assert len(incubator_client.get(at).json()["needs"]) == 4


def test_nobody_else_has_tenants(firm_client, department_client, bank_client, anonymous_client):
    for client in (firm_client, department_client, bank_client):
        assert client.get(URL).status_code == 403
    assert anonymous_client.get(URL).status_code == 401
