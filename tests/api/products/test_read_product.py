"""GET /api/v1/products/{id}/ and its versions"""

import pytest
from django.utils import timezone

from backend.catalogue.content import EXCHANGE_FIELDS
from backend.catalogue.services import publish_product, update_product
from backend.organizations.services import update_organization
from tests.factories.catalogue import ProductFactory


def url(product, action=""):
    return f"/api/v1/products/{product.public_id}/{action}"


@pytest.fixture
def product(bank_actor):
    return ProductFactory(
        institution=bank_actor.organization,
        annual_rate_min=0.0385,
        valid_until="2099-01-01",
        terms=[{"field": "debt_ratio", "op": "<=", "value": 0.7}],
    )


def redraft(actor, product, **values):
    return update_product(actor=actor, product=product, values=values, expected_revision=None)


def republish(actor, product, **values):
    return publish_product(
        actor=actor,
        product=redraft(actor, product, **values),
        no_tie_in=True,
        expected_revision=None,
        now=timezone.now(),
    )


def test_a_product_is_shown_under_the_names_of_the_exchange_format(firm_client, product):
    shown = firm_client.get(url(product)).json()

    assert set(EXCHANGE_FIELDS) <= shown.keys()
    assert shown["institution"] == product.institution.code
    assert shown["institution_name"] == product.institution.name
    assert (shown["annual_rate_min"], shown["valid_until"]) == (0.0385, "2099-01-01")
    assert shown["terms"] == [{"field": "debt_ratio", "op": "<=", "value": 0.7}]
    assert "stage" in shown["undisclosed"]
    assert (shown["status"], shown["status_label"], shown["version"]) == (
        "published",
        "已发布",
        1,
    )
    assert (shown["is_reference"], shown["draft"]) == (False, None)


def test_provenance_is_shown_per_value(firm_client, bank_actor, product):
    republish(bank_actor, product, stages=["seed"])

    shown = firm_client.get(url(product)).json()
    assert shown["provenance"]["stages"]["status"] == "published"
    assert shown["origin"] == "institution"


def test_the_draft_is_shown_to_its_institution_only(
    bank_client, firm_client, rival_client, department_client, bank_actor, product
):
    redraft(bank_actor, product, annual_rate_min=0.035)

    own = bank_client.get(url(product)).json()
    assert (own["annual_rate_min"], own["draft"]["annual_rate_min"]) == (0.0385, 0.035)
    assert own["draft"]["number"] == 2
    for client in (firm_client, rival_client, department_client):
        assert client.get(url(product)).json()["draft"] is None


def test_before_publication_the_draft_is_what_is_shown(bank_client, bank_actor):
    product = ProductFactory(draft=True, institution=bank_actor.organization, name="新品")

    shown = bank_client.get(url(product)).json()

    assert (shown["name"], shown["status"], shown["published_at"]) == ("新品", "draft", None)


def test_work_on_a_draft_changes_nothing_that_an_outsider_can_read(
    firm_client, rival_client, bank_actor, product
):
    def answers():
        found = []
        for client in (firm_client, rival_client):
            for address in (url(product), url(product, "versions/"), "/api/v1/products/"):
                answer = client.get(address)
                found.append((answer.content, answer.headers.get("ETag")))
        return found

    before = answers()
    redraft(bank_actor, product, annual_rate_min=0.01)

    assert answers() == before


def test_an_unchanged_product_is_not_sent_again(firm_client, bank_client, bank_actor, product):
    tags = [client.get(url(product)).headers["ETag"] for client in (firm_client, bank_client)]
    for client, tag in zip((firm_client, bank_client), tags, strict=True):
        answer = client.get(url(product), headers={"If-None-Match": tag})
        assert (answer.status_code, answer.content) == (304, b"")

    republish(bank_actor, product, annual_rate_min=0.03)
    for client, tag in zip((firm_client, bank_client), tags, strict=True):
        answer = client.get(url(product), headers={"If-None-Match": tag})
        assert answer.json()["annual_rate_min"] == 0.03


def test_a_renamed_institution_makes_its_product_new(firm_client, bank_actor, product):
    tag = firm_client.get(url(product)).headers["ETag"]
    update_organization(
        actor=bank_actor,
        organization=product.institution,
        changes={"name": "更名银行"},
        expected_revision=None,
    )

    answer = firm_client.get(url(product), headers={"If-None-Match": tag})

    assert answer.json()["institution_name"] == "更名银行"


def test_strangers_do_not_find_drafts_and_closed_products(
    firm_client, rival_client, department_client, bank_client, bank_actor
):
    draft = ProductFactory(draft=True, institution=bank_actor.organization)
    closed = ProductFactory(closed=True, institution=bank_actor.organization)

    for client in (firm_client, rival_client):
        for product in (draft, closed):
            assert client.get(url(product)).status_code == 404
            assert client.get(url(product, "versions/")).status_code == 404
    assert department_client.get(url(draft)).status_code == 404
    assert department_client.get(url(closed)).json()["status"] == "closed"
    assert bank_client.get(url(closed)).status_code == 200


def test_sign_in_and_the_permission_are_needed(anonymous_client, administrator_client, product):
    for address in (url(product), url(product, "versions/")):
        assert anonymous_client.get(address).status_code == 401
        assert administrator_client.get(address).status_code == 404


def test_versions_are_told_with_their_differences(firm_client, bank_client, bank_actor, product):
    republish(bank_actor, product, annual_rate_min=0.035, name="新名")
    redraft(bank_actor, product, annual_rate_min=0.03)

    public = firm_client.get(url(product, "versions/")).json()["results"]
    own = bank_client.get(url(product, "versions/")).json()["results"]

    assert [version["number"] for version in public] == [2, 1]
    assert public[0]["differences"] == [
        {"field": "name", "from": product.current_version.name, "to": "新名"},
        {"field": "annual_rate_min", "from": 0.0385, "to": 0.035},
    ]
    assert public[1]["withdrawn_at"] == public[0]["published_at"]
    assert [version["number"] for version in own] == [3, 2, 1]
    assert own[0]["published_at"] is None


def test_a_page_of_versions_still_knows_the_version_before(firm_client, bank_actor, product):
    republish(bank_actor, product, annual_rate_min=0.035)
    republish(bank_actor, product, annual_rate_min=0.03)

    first = firm_client.get(url(product, "versions/"), {"page_size": 1}).json()

    assert first["results"][0]["differences"] == [
        {"field": "annual_rate_min", "from": 0.035, "to": 0.03}
    ]
    second = firm_client.get(first["next"]).json()
    assert second["results"][0]["number"] == 2


def test_queries_for_versions_are_constant_in_their_number(
    firm_client, bank_actor, product, count_queries
):
    def read():
        firm_client.get(url(product, "versions/"))

    for rate in range(1, 3):
        republish(bank_actor, product, annual_rate_min=rate / 100)
    read()
    few = count_queries(read)
    for rate in range(3, 30):
        republish(bank_actor, product, annual_rate_min=rate / 100)

    assert count_queries(read) == few
