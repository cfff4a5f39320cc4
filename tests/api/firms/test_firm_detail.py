"""GET and PATCH /firms/{id}/, POST /firms/{id}/stage-override/"""

from datetime import date

import pytest

from backend.organizations.enums import Rank, Role
from tests.factories.firms import (
    FactFactory,
    FirmFactory,
    FirmQualificationFactory,
    TenancyFactory,
)
from tests.factories.organizations import make_actor
from tests.factories.reference import IndustryFactory, RegionFactory


@pytest.fixture
def firm(firm_actor):
    return FirmFactory(organization=firm_actor.organization)


def url_of(firm, part=""):
    return f"/api/v1/firms/{firm.public_id}/{part}"


def patch(client, firm, body, revision=1):
    return client.patch(url_of(firm), body, headers={"If-Match": f'"{revision}"'})


def test_a_firm_reads_its_record_with_current_figures(firm, firm_client):
    FactFactory(firm=firm, field="revenue_yuan", value=7_000_000, year=2024)
    FactFactory(firm=firm, field="revenue_yuan", value=8_000_000, year=2025)
    FactFactory(firm=firm, field="rd_staff_ratio", value="0.35")
    TenancyFactory(firm=firm)
    answer = firm_client.get(url_of(firm))
    assert answer.status_code == 200
    assert answer.headers["ETag"].startswith('"1-')
    shown = answer.json()
    assert shown["uscc"] == firm.organization.code
    assert (shown["revenue_yuan"], shown["fiscal_year"]) == (8_000_000, 2025)
    assert shown["rd_staff_ratio"] == 0.35
    assert shown["employees"] is None
    assert shown["qualifications"] is None
    assert shown["industry"] is None
    assert len(shown["tenancies"]) == 1


def test_a_known_list_of_qualifications_is_shown_with_periods(firm, firm_client):
    held = FirmQualificationFactory(firm=firm)
    firm.qualifications_known = True
    firm.save()
    (shown,) = firm_client.get(url_of(firm)).json()["qualifications"]
    assert (shown["code"], shown["name"]) == ("high_tech", "高新技术企业")
    assert (shown["valid_from"], shown["valid_until"]) == ("2024-11-01", "2027-11-01")
    assert shown["id"] == str(held.public_id)


def test_an_incubator_reads_the_tenants_that_consented(firm, incubator_actor, incubator_client):
    tenancy = TenancyFactory(firm=firm, incubator=incubator_actor.organization)
    assert incubator_client.get(url_of(firm)).status_code == 404
    tenancy.consented_at, tenancy.consented_by = "2026-01-01T00:00Z", incubator_actor.user
    tenancy.save()
    assert incubator_client.get(url_of(firm)).status_code == 200


@pytest.mark.parametrize(("who", "status"), [("stranger", 404), ("bank", 404), ("anonymous", 401)])
def test_others_find_nothing(firm, who, status, request):
    client = request.getfixturevalue(f"{who}_client")
    assert client.get(url_of(firm)).status_code == status
    assert patch(client, firm, {}).status_code == status


# --- PATCH ---


def test_the_profile_is_changed_and_unknown_again(firm, firm_client):
    IndustryFactory(code="C39")
    body = {
        "industry": "C3976",
        "founded_on": "2019-05-20",
        "declared_stage": "growth",
        "tech_fields": ["electronics"],
        "taxpayer_rating": "A",
        "qualifications_known": True,
        "description": "光通信器件",
    }
    answer = patch(firm_client, firm, body)
    assert answer.status_code == 200, answer.content
    shown = answer.json()
    assert shown["qualifications"] == []
    assert shown["stage"] == "growth"
    del body["qualifications_known"]
    assert {name: shown[name] for name in body} == body
    cleared = patch(firm_client, firm, dict.fromkeys(body), revision=2).json()
    assert {cleared[name] for name in body if name != "tech_fields"} == {None}
    assert cleared["tech_fields"] is None


def test_a_change_needs_the_revision_that_was_read(firm, firm_client):
    assert firm_client.patch(url_of(firm), {"taxpayer_rating": "A"}).status_code == 428
    assert patch(firm_client, firm, {"taxpayer_rating": "A"}).status_code == 200
    assert patch(firm_client, firm, {"taxpayer_rating": "B"}).status_code == 412


def test_an_account_without_proved_authority_changes_nothing(firm, client_for):
    newcomer = client_for(make_actor(organization=firm.organization))
    answer = patch(newcomer, firm, {"taxpayer_rating": "A"})
    assert answer.status_code == 409
    assert answer.json()["code"] == "authority_not_proved"


def test_a_firm_fills_its_region_in_once(firm, firm_client):
    RegionFactory(code="220103")
    assert patch(firm_client, firm, {"region": "220103"}).status_code == 403
    firm.organization.region = None
    firm.organization.save()
    assert patch(firm_client, firm, {"region": "220103"}).json()["region"] == "220103"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"industry": "C99"}, "industry"),
        ({"industry": 39}, "industry"),
        ({"founded_on": "2999-01-01"}, "founded_on"),
        ({"founded_on": "2026-02-30"}, "founded_on"),
        ({"declared_stage": "adult"}, "declared_stage"),
        ({"tech_fields": "electronics"}, "tech_fields"),
        ({"taxpayer_rating": "F"}, "taxpayer_rating"),
        ({"qualifications_known": 1}, "qualifications_known"),
        ({"region": None}, "region"),
        ({"description": "长" * 4001}, "description"),
        ({"stage_override": "mature"}, "stage_override"),
        ({"uscc": "91220101MA0000000X"}, "uscc"),
        ({"revision": 9}, "revision"),
    ],
)
def test_bad_input_names_its_field(firm, firm_client, body, field):
    IndustryFactory(code="C39")
    answer = patch(firm_client, firm, body)
    assert answer.status_code == 400, answer.content
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    firm.refresh_from_db()
    assert firm.revision == 1


# --- stage ---


def override(client, firm, body, revision=1):
    return client.post(url_of(firm, "stage-override/"), body, headers={"If-Match": f'"{revision}"'})


def test_a_manager_decides_the_stage_and_lifts_the_decision(firm, department_client, firm_client):
    body = {"stage": "mature", "reason": "连续三年盈利"}
    decided = override(department_client, firm, body)
    assert decided.status_code == 200, decided.content
    assert (decided.json()["stage"], decided.json()["stage_override"]) == ("mature", "mature")
    assert firm_client.get(url_of(firm)).json()["stage_override_reason"] == "连续三年盈利"
    lifted = override(department_client, firm, {"stage": None, "reason": "异议成立"}, revision=2)
    assert lifted.json()["stage"] is None


def test_permission_is_needed_for_the_stage(firm, firm_client, department_actor, client_for):
    officer = client_for(
        make_actor(
            organization=department_actor.organization, role=Role.DEPARTMENT, rank=Rank.OFFICER
        )
    )
    body = {"stage": "mature", "reason": "理由"}
    assert override(firm_client, firm, body).status_code == 403
    assert override(officer, firm, body).status_code == 403


def test_a_department_of_another_city_finds_nothing(firm, client_for):
    actor = make_actor(
        organization__city_department=True,
        organization__region__code="220200",
        role=Role.DEPARTMENT,
    )
    body = {"stage": "mature", "reason": "理由"}
    assert override(client_for(actor), firm, body).status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"stage": "mature"}, "reason"),
        ({"stage": "mature", "reason": ""}, "reason"),
        ({"reason": "理由"}, "stage"),
        ({"stage": "old", "reason": "理由"}, "stage"),
    ],
)
def test_a_decision_takes_a_stage_and_a_reason(firm, department_client, body, field):
    answer = override(department_client, firm, body)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_the_record_shows_the_day_of_founding_as_a_date(firm, firm_client):
    firm.founded_on = date(2019, 5, 20)
    firm.save()
    assert firm_client.get(url_of(firm)).json()["founded_on"] == "2019-05-20"
