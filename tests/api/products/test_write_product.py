"""POST, PATCH, publish and close on /api/v1/products/"""

import pytest

from backend.catalogue.models import Product
from tests.factories.catalogue import ProductFactory
from tests.factories.organizations import OrganizationFactory

URL = "/api/v1/products/"
BODY = {
    "name": "科创贷",
    "financing_type": "credit_loan",
    "amount_max_yuan": 5_000_000,
    "annual_rate_min": 0.0385,
    "terms": [{"field": "revenue_yuan", "op": ">=", "value": 5_000_000}],
    "open_conditions": ["industry"],
}


def url(product, action=""):
    return f"{URL}{product.public_id}/{action}"


def if_match(product):
    return {"If-Match": f'"{product.revision}"'}


def errors_of(answer):
    assert answer.status_code == 400, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    return {(error["field"], error["code"]) for error in answer.json()["errors"]}


@pytest.fixture
def mine(bank_actor):
    return ProductFactory(institution=bank_actor.organization, annual_rate_min=0.0385)


@pytest.fixture
def draft(bank_actor):
    return ProductFactory(institution=bank_actor.organization, draft=True)


# --- create ---


def test_an_officer_drafts_a_product(officer_client, bank_actor):
    answer = officer_client.post(URL, BODY)

    assert answer.status_code == 201
    shown = answer.json()
    assert BODY.items() <= shown.items()
    assert shown["institution"] == bank_actor.organization.code
    assert (shown["status"], shown["undisclosed"]) == ("draft", [])
    assert answer.headers["ETag"].startswith('"1-')


def test_a_code_of_ones_own_and_a_unit_below_may_be_named(bank_client, bank_actor):
    branch = OrganizationFactory(bank=True, parent=bank_actor.organization)

    answer = bank_client.post(URL, BODY | {"code": "KCD-1", "institution": branch.code})

    assert (answer.json()["code"], answer.json()["institution"]) == ("KCD-1", branch.code)


def test_one_key_makes_one_product(bank_client):
    for _ in range(2):
        answer = bank_client.post(URL, BODY, headers={"Idempotency-Key": "k"})
        assert answer.status_code == 201

    assert Product.objects.count() == 1


def test_an_incubator_drafts_its_seed_fund(incubator_client):
    answer = incubator_client.post(URL, {"name": "种子资金", "financing_type": "equity"})

    assert answer.status_code == 201


def test_only_who_offers_may_create(
    anonymous_client, firm_client, department_client, auditor_client
):
    assert anonymous_client.post(URL, BODY).status_code == 401
    for client in (firm_client, department_client, auditor_client):
        assert client.post(URL, BODY).status_code == 403


def test_nobody_drafts_for_another_institution(bank_client):
    other = OrganizationFactory(bank=True)

    assert bank_client.post(URL, BODY | {"institution": other.code}).status_code == 403


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"name": None}, "name", "null"),
        ({"name": ["x"]}, "name", "invalid"),
        ({"interest": 1}, "interest", "unknown_field"),
        ({"status": "published"}, "status", "unknown_field"),
        ({"is_reference": True}, "is_reference", "unknown_field"),
        ({"provenance": {}}, "provenance", "unknown_field"),
        ({"amount_min_yuan": 6_000_000}, "amount_min_yuan", "min_above_max"),
        ({"amount_max_yuan": -5}, "amount_max_yuan", "out_of_range"),
        ({"amount_max_yuan": 2**63}, "amount_max_yuan", "out_of_range"),
        ({"amount_max_yuan": "500万"}, "amount_max_yuan", "invalid"),
        ({"annual_rate_min": 3.85}, "annual_rate_min", "out_of_range"),
        ({"stages": ["old"]}, "stages.0", "invalid_choice"),
        ({"financing_type": "loan"}, "financing_type", "invalid_choice"),
        ({"regions": ["999999"]}, "regions", "unknown_code"),
        ({"undisclosed": ["rate"]}, "undisclosed", "stated_and_undisclosed"),
        (
            {"valid_from": "2027-01-01", "valid_until": "2027-01-01"},
            "valid_until",
            "period_empty",
        ),
        ({"valid_from": "soon"}, "valid_from", "invalid"),
        ({"institution": "nobody"}, "institution", "unknown_institution"),
        ({"variant_of": "nothing"}, "variant_of", "unknown_product"),
        ({"terms": [{"field": "profit", "op": ">", "value": 1}]}, "terms.0.field", "unknown_code"),
        ({"terms": [{"field": "employees"}]}, "terms.0.op", "required"),
        (
            {"terms": [{"field": "debt_ratio", "op": "<=", "value": 70}]},
            "terms.0.value",
            "out_of_range",
        ),
        ({"code": "taken"}, "code", "duplicate_code"),
    ],
)
def test_bad_input_names_its_field_and_writes_nothing(bank_client, change, field, code):
    ProductFactory(code="taken")

    answer = bank_client.post(URL, BODY | change)

    assert (field, code) in errors_of(answer)
    assert Product.objects.count() == 1


def test_a_refused_code_lists_what_is_allowed_and_a_rate_how_to_write_it(bank_client):
    stages = bank_client.post(URL, BODY | {"stages": ["old"]}).json()["errors"][0]
    rate = bank_client.post(URL, BODY | {"annual_rate_min": 3.85}).json()["errors"][0]

    assert "seed" in stages["message"]
    assert "old" in stages["message"]
    assert "0.0385" in rate["message"]


# --- change ---


def test_a_change_waits_in_the_draft(officer_client, firm_client, mine):
    answer = officer_client.patch(url(mine), {"annual_rate_min": 0.035}, headers=if_match(mine))

    assert answer.status_code == 200
    assert answer.json()["draft"]["annual_rate_min"] == 0.035
    assert answer.headers["ETag"].startswith(f'"{mine.revision + 1}-')
    assert firm_client.get(url(mine)).json()["annual_rate_min"] == 0.0385


def test_the_second_of_two_officers_is_told(officer_client, bank_client, mine):
    first = officer_client.patch(url(mine), {"note": "一"}, headers=if_match(mine))
    second = bank_client.patch(url(mine), {"note": "二"}, headers=if_match(mine))

    assert (first.status_code, second.status_code) == (200, 412)
    assert second.json()["code"] == "stale_revision"
    assert bank_client.get(url(mine)).json()["draft"]["note"] == "一"


@pytest.mark.parametrize("action", ["", "publish/", "close/"])
def test_a_change_must_say_what_it_was_made_on(bank_client, mine, action):
    send = bank_client.post if action else bank_client.patch

    assert send(url(mine, action), {}).status_code == 428
    assert send(url(mine, action), {}, headers={"If-Match": "x"}).status_code == 400


@pytest.mark.parametrize("field", ["code", "institution", "status", "revision", "current_version"])
def test_what_is_not_content_cannot_be_changed(bank_client, mine, field):
    answer = bank_client.patch(url(mine), {field: "x"}, headers=if_match(mine))

    assert errors_of(answer) == {(field, "unknown_field")}


@pytest.mark.parametrize("action", ["", "publish/", "close/"])
def test_who_may_not_change_a_product_is_refused_and_a_stranger_finds_no_draft(
    action,
    anonymous_client,
    firm_client,
    rival_client,
    department_client,
    mine,
    draft,
):
    body = {"no_tie_in": True} if action == "publish/" else {}

    def send(client, product):
        call = client.post if action else client.patch
        return call(url(product, action), body, headers=if_match(product)).status_code

    assert send(anonymous_client, mine) == 401
    assert send(firm_client, mine) == 403
    assert send(department_client, mine) == 403
    assert send(rival_client, mine) == 403
    assert send(rival_client, draft) == 404


# --- publish and close ---


def test_a_published_change_is_what_everybody_reads_next(bank_client, firm_client, mine):
    changed = bank_client.patch(url(mine), {"annual_rate_min": 0.035}, headers=if_match(mine))

    answer = bank_client.post(
        url(mine, "publish/"),
        {"no_tie_in": True},
        headers={"If-Match": changed.headers["ETag"]},
    )

    assert (answer.status_code, answer.json()["version"]) == (200, 2)
    assert firm_client.get(url(mine)).json()["annual_rate_min"] == 0.035


def test_publishing_is_the_managers(officer_client, bank_client, draft):
    body = {"no_tie_in": True}

    refused = officer_client.post(url(draft, "publish/"), body, headers=if_match(draft))
    assert refused.status_code == 403
    done = bank_client.post(url(draft, "publish/"), body, headers=if_match(draft))
    assert done.json()["status"] == "published"
    assert "stage" in done.json()["undisclosed"]


@pytest.mark.parametrize(
    ("body", "code"),
    [({}, "required"), ({"no_tie_in": False}, "declaration_required"), ({"no_tie_in": 1}, None)],
)
def test_the_declaration_against_tie_ins_is_needed(bank_client, draft, body, code):
    answer = bank_client.post(url(draft, "publish/"), body, headers=if_match(draft))

    assert {field for field, _ in errors_of(answer)} == {"no_tie_in"}
    assert code is None or errors_of(answer) == {("no_tie_in", code)}


def test_nothing_new_cannot_be_published(bank_client, mine):
    answer = bank_client.post(url(mine, "publish/"), {"no_tie_in": True}, headers=if_match(mine))

    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_publish")


def test_a_closed_product_is_off_the_list_and_stays_closed(bank_client, firm_client, mine):
    answer = bank_client.post(url(mine, "close/"), {"reason": "停办"}, headers=if_match(mine))

    assert (answer.json()["status"], answer.json()["closed_reason"]) == ("closed", "停办")
    assert firm_client.get(URL).json()["results"] == []
    current = {"If-Match": answer.headers["ETag"]}
    assert bank_client.post(url(mine, "close/"), {}, headers=current).status_code == 409
    assert bank_client.patch(url(mine), {"note": "x"}, headers=current).status_code == 409
