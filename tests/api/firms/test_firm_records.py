"""/firms/{id}/facts/, /qualifications/ and /tenancies/"""

import pytest

from backend.firms.models import Fact, FirmQualification, Tenancy
from tests.factories.firms import (
    FactFactory,
    FirmFactory,
    FirmQualificationFactory,
    TenancyFactory,
)
from tests.factories.organizations import OrganizationFactory, make_actor

PARTS = ["facts", "qualifications", "tenancies"]
BODIES = {
    "facts": {"source": "declared", "as_of": "2026-06-30", "values": {"employees": 40}},
    "qualifications": {"source": "declared", "code": "tech_sme", "valid_from": "2026-01-01"},
    "tenancies": {"incubator": "INCUBATOR", "valid_from": "2026-01-01"},
}


@pytest.fixture
def firm(firm_actor):
    OrganizationFactory(incubator=True, code="INCUBATOR")
    return FirmFactory(organization=firm_actor.organization)


def url_of(firm, part):
    return f"/api/v1/firms/{firm.public_id}/{part}/"


# --- what all three share ---


@pytest.mark.parametrize("part", PARTS)
def test_a_firm_records_and_lists(firm, firm_client, part):
    answer = firm_client.post(url_of(firm, part), BODIES[part])
    assert answer.status_code == 201, answer.content
    (shown,) = firm_client.get(url_of(firm, part)).json()["results"]
    assert shown["id"] in answer.content.decode()


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(("who", "status"), [("stranger", 404), ("bank", 404), ("anonymous", 401)])
def test_others_find_nothing(firm, part, who, status, request):
    client = request.getfixturevalue(f"{who}_client")
    assert client.get(url_of(firm, part)).status_code == status
    assert client.post(url_of(firm, part), BODIES[part]).status_code == status
    for model in (Fact, FirmQualification, Tenancy):
        assert not model.objects.exists()


@pytest.mark.parametrize("part", PARTS)
def test_an_account_without_proved_authority_records_nothing(firm, client_for, part):
    newcomer = client_for(make_actor(organization=firm.organization))
    answer = newcomer.post(url_of(firm, part), BODIES[part])
    assert answer.status_code == 409
    assert answer.json()["code"] == "authority_not_proved"


@pytest.mark.parametrize(
    ("part", "add"),
    [
        ("facts", lambda firm, n: FactFactory(firm=firm, value=n)),
        (
            "qualifications",
            lambda firm, n: FirmQualificationFactory(
                firm=firm, valid_from=f"{1990 + n}-01-01", valid_until=None
            ),
        ),
        ("tenancies", lambda firm, n: TenancyFactory(firm=firm)),
    ],
)
def test_queries_do_not_grow_with_the_rows(
    firm, firm_client, django_assert_num_queries, django_assert_max_num_queries, part, add
):
    for number in range(3):
        add(firm, number)
    with django_assert_max_num_queries(10) as few:  # four set role and context, and set them back
        assert len(firm_client.get(url_of(firm, part)).json()["results"]) == 3
    for number in range(3, 30):
        add(firm, number)
    with django_assert_num_queries(len(few)):
        assert len(firm_client.get(url_of(firm, part)).json()["results"]) == 30


@pytest.mark.parametrize(
    ("part", "change", "field"),
    [
        ("facts", {"source": "rumour"}, "source"),
        ("facts", {"as_of": None}, "as_of"),
        ("facts", {"as_of": "2999-01-01"}, "as_of"),
        ("facts", {"values": {}}, "values"),
        ("facts", {"values": {"employees": "forty"}}, "values.employees"),
        ("facts", {"values": {"employees": -4}}, "values.employees"),
        ("facts", {"values": {"employees": 1.5}}, "values.employees"),
        ("facts", {"values": {"employees": 1e308}}, "values.employees"),
        ("facts", {"values": {"profit": 4}}, "values.profit"),
        ("facts", {"recorded_at": "2020-01-01T00:00Z"}, "recorded_at"),
        ("qualifications", {"code": "best_firm"}, "code"),
        ("qualifications", {"valid_until": "2026-01-01"}, "valid_until"),
        ("qualifications", {"valid_from": "2026-13-01"}, "valid_from"),
        ("qualifications", {"roster": 1}, "roster"),
        ("tenancies", {"incubator": "NOBODY"}, "incubator"),
        ("tenancies", {"valid_until": "2025-01-01"}, "valid_until"),
        ("tenancies", {"consented_at": "2026-01-01T00:00Z"}, "consented_at"),
    ],
)
def test_bad_input_names_its_field(firm, firm_client, part, change, field):
    answer = firm_client.post(url_of(firm, part), BODIES[part] | change)
    assert answer.status_code == 400, answer.content
    assert [error["field"] for error in answer.json()["errors"]] == [field]


# --- facts ---


def test_a_year_of_accounts_is_recorded_at_once(firm, department_client, firm_client):
    body = {
        "source": "document",
        "fiscal_year": 2025,
        "audited": True,
        "evidence": "审计报告 2026-017",
        "values": {"revenue_yuan": 8_000_000, "net_profit_yuan": -200_000, "debt_ratio": 0.45},
    }
    answer = department_client.post(url_of(firm, "facts"), body)
    assert answer.status_code == 201, answer.content
    shown = {fact["field"]: fact for fact in answer.json()["results"]}
    assert shown["net_profit_yuan"]["value"] == -200_000
    assert shown["debt_ratio"]["value"] == 0.45
    assert shown["revenue_yuan"]["as_of"] == "2025-12-31"
    assert shown["revenue_yuan"]["audited"] is True
    assert shown["revenue_yuan"]["evidence"] == "审计报告 2026-017"
    record = firm_client.get(f"/api/v1/firms/{firm.public_id}/").json()
    assert (record["revenue_yuan"], record["fiscal_year"]) == (8_000_000, 2025)


def test_a_firm_cannot_speak_as_the_department(firm, firm_client):
    body = BODIES["facts"] | {"source": "department"}
    answer = firm_client.post(url_of(firm, "facts"), body)
    assert answer.status_code == 403
    assert answer.json()["code"] == "source_not_permitted"


def test_history_is_kept_and_filtered(firm, firm_client):
    FactFactory(firm=firm, value=40)
    FactFactory(firm=firm, value=45)
    FactFactory(firm=firm, field="revenue_yuan", source="department")
    facts = firm_client.get(url_of(firm, "facts"), {"field": "employees"}).json()["results"]
    assert [fact["value"] for fact in facts] == [45, 40]
    facts = firm_client.get(url_of(firm, "facts"), {"source": "department"}).json()["results"]
    assert [fact["field"] for fact in facts] == ["revenue_yuan"]
    assert firm_client.get(url_of(firm, "facts"), {"field": "profit"}).status_code == 400


def test_a_new_figure_changes_the_tag_of_the_record(firm, firm_client):
    record = f"/api/v1/firms/{firm.public_id}/"
    before = firm_client.get(record).headers["ETag"]
    firm_client.post(url_of(firm, "facts"), BODIES["facts"])
    assert firm_client.get(record).headers["ETag"] != before


# --- consent ---


def consent(client, tenancy, verb):
    return client.post(
        f"/api/v1/firms/{tenancy.firm.public_id}/tenancies/{tenancy.public_id}/{verb}/", {}
    )


def test_a_firm_gives_and_withdraws_its_consent(
    firm, firm_client, incubator_actor, incubator_client
):
    tenancy = TenancyFactory(firm=firm, incubator=incubator_actor.organization)
    record = f"/api/v1/firms/{firm.public_id}/"
    given = consent(firm_client, tenancy, "give-consent")
    assert given.status_code == 200, given.content
    assert given.json()["consented_at"] is not None
    assert incubator_client.get(record).status_code == 200
    assert consent(firm_client, tenancy, "withdraw-consent").json()["consented_at"] is None
    assert incubator_client.get(record).status_code == 404


def test_nobody_else_consents(firm, department_client, stranger_client, anonymous_client):
    tenancy = TenancyFactory(firm=firm)
    assert consent(department_client, tenancy, "give-consent").status_code == 403
    assert consent(stranger_client, tenancy, "give-consent").status_code == 404
    assert consent(anonymous_client, tenancy, "give-consent").status_code == 401


def test_a_tenancy_of_another_firm_is_not_found(firm, firm_client):
    other = TenancyFactory()
    url = f"/api/v1/firms/{firm.public_id}/tenancies/{other.public_id}/give-consent/"
    assert firm_client.post(url, {}).status_code == 404
