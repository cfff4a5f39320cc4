"""/api/v1/organizations/{id}/service-regions/, and where a unit stands in its institution."""

import pytest

from backend.organizations.enums import InstitutionLevel, Role
from backend.partners.selectors import list_units_serving
from tests.factories.organizations import OrganizationFactory, make_actor
from tests.factories.partners import ServiceRegionFactory
from tests.factories.reference import RegionFactory

URL = "/api/v1/organizations/"


@pytest.fixture
def regions(db):
    return [RegionFactory(code=code) for code in ("220100", "220102", "220202")]


def url(unit):
    return f"{URL}{unit.public_id}/service-regions/"


def test_a_manager_sets_what_the_own_unit_and_those_below_serve(
    bank_client, firm_client, bank_actor, regions
):
    branch = OrganizationFactory(bank=True, parent=bank_actor.organization)

    for unit in (bank_actor.organization, branch):
        read = bank_client.get(url(unit))
        assert read.json() == {"regions": []}
        headers = {"If-Match": read.headers["ETag"]}
        answer = bank_client.put(url(unit), {"regions": ["220202", "220100"]}, headers=headers)
        assert answer.json() == {"regions": ["220100", "220202"]}, answer.content
        stale = bank_client.put(url(unit), {"regions": []}, headers=headers)
        assert stale.status_code == 412
    assert firm_client.get(url(branch)).json() == {"regions": ["220100", "220202"]}


def test_others_may_not_and_unknown_codes_are_named(
    bank_client, firm_client, department_client, client_for, bank_actor, firm_actor, regions
):
    unit, given = bank_actor.organization, {"regions": ["220100"]}
    match = {"If-Match": '"1"'}
    branch = make_actor(
        organization=OrganizationFactory(bank=True, parent=unit), role=Role.INSTITUTION
    )

    for client in (firm_client, department_client, client_for(branch)):
        assert client.put(url(unit), given, headers=match).status_code == 403
    assert firm_client.put(url(firm_actor.organization), given, headers=match).status_code == 403
    answer = bank_client.put(url(unit), {"regions": ["999999"]}, headers=match)
    assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [
        ("regions", "unknown_code")
    ]
    assert bank_client.put(url(unit), given).status_code == 428


def test_the_narrowest_unit_that_serves_a_region_comes_first(regions):
    bank = OrganizationFactory(bank=True)
    city = OrganizationFactory(bank=True, parent=bank)
    branch = OrganizationFactory(bank=True, parent=city)
    closed = OrganizationFactory(bank=True, parent=city, is_active=False)
    for unit, code in ((bank, "220000"), (city, "220100"), (branch, "220102"), (closed, "220102")):
        ServiceRegionFactory(organization=unit, region__code=code)
    ServiceRegionFactory(region__code="220102")  # another bank's

    assert list_units_serving(institution=bank, region="220102") == [branch, city, bank]
    assert list_units_serving(institution=bank, region="220202") == [bank]
    assert list_units_serving(institution=city, region="220202") == []


def test_a_unit_stands_below_its_parent(administrator_client):
    line = []
    for level in InstitutionLevel:
        body = {
            "kind": "institution",
            "code": f"B-{level}",
            "name": "银行",
            "institution_kind": "bank",
            "institution_level": level,
        }
        if line:
            body["parent"] = line[-1]["id"]
        created = administrator_client.post(URL, body)
        assert created.status_code == 201, created.content
        line.append(created.json())

    def codes(parent, level):
        body = {"kind": "institution", "code": "X", "name": "x", "institution_kind": "bank"}
        level = {"institution_level": level} if level else {}
        answer = administrator_client.post(URL, body | level | {"parent": parent["id"]})
        return [(error["field"], error["code"]) for error in answer.json().get("errors", [])]

    head, province, _, sub = line
    assert codes(province, "provincial_branch") == [("institution_level", "not_below_parent")]
    assert codes(province, "head_office") == [("institution_level", "not_below_parent")]
    assert codes(head, None) == [("institution_level", "required")]
    assert codes(sub, "sub_branch") == [
        ("parent", "too_deep"),
        ("institution_level", "not_below_parent"),
    ]
    assert codes(head, "sub_branch") == []
