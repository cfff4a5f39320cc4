"""GET /api/v1/products/"""

import pytest

from backend.catalogue.services import update_product
from tests.factories.catalogue import ProductFactory
from tests.factories.organizations import OrganizationFactory
from tests.factories.reference import RegionFactory

URL = "/api/v1/products/"


def codes(answer):
    assert answer.status_code == 200, answer.json()
    return [product["code"] for product in answer.json()["results"]]


def test_everybody_reads_what_is_offered_in_order_of_code(
    firm_client, department_client, bank_client, incubator_client
):
    ProductFactory(code="b")
    ProductFactory(code="a")
    ProductFactory(code="draft", draft=True)

    for client in (firm_client, department_client, bank_client, incubator_client):
        assert codes(client.get(URL)) == ["a", "b"]


def test_a_bank_also_lists_its_own_drafts_and_closed_products(bank_client, bank_actor):
    bank = bank_actor.organization
    ProductFactory(code="mine-draft", institution=bank, draft=True)
    ProductFactory(code="mine-closed", institution=bank, closed=True)
    ProductFactory(code="theirs-draft", draft=True)

    assert codes(bank_client.get(URL)) == ["mine-closed", "mine-draft"]
    assert codes(bank_client.get(URL, {"status": "draft"})) == ["mine-draft"]


def test_sign_in_and_the_permission_are_needed(anonymous_client, auditor_client):
    assert anonymous_client.get(URL).status_code == 401
    assert auditor_client.get(URL).status_code == 403


@pytest.fixture
def varied(db):
    for code in ("220102", "220200", "310000"):
        RegionFactory(code=code)
    bank = OrganizationFactory(bank=True, code="JLB", name="吉林测试银行")
    ProductFactory(code="any", institution=bank, name="科创贷")
    ProductFactory(code="city", regions=["220100"], stages=["seed"], series="吉享未来")
    ProductFactory(code="county", regions=["220102"], financing_type="equity")
    ProductFactory(code="province", regions=["220000"], stages=["growth", "mature"])
    ProductFactory(code="shanghai", regions=["310000"])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"institution": "JLB"}, ["any"]),
        ({"financing_type": "equity"}, ["county"]),
        ({"stage": "seed"}, ["any", "city", "county", "shanghai"]),
        ({"region": "220102"}, ["any", "city", "county", "province"]),
        ({"region": "220100"}, ["any", "city", "county", "province"]),
        ({"region": "220200"}, ["any", "province"]),
        ({"region": "310000"}, ["any", "shanghai"]),
        ({"q": "科创"}, ["any"]),
        ({"q": "吉享"}, ["city"]),
        ({"q": "吉林测试"}, ["any"]),
        ({"q": "COUNTY"}, ["county"]),
        ({"status": "published", "stage": "growth", "region": "220200"}, ["any", "province"]),
        ({"ordering": "-code"}, ["shanghai", "province", "county", "city", "any"]),
        ({"ordering": "updated_at"}, ["any", "city", "county", "province", "shanghai"]),
    ],
)
def test_filters_and_orders(varied, firm_client, query, expected):
    assert codes(firm_client.get(URL, query)) == expected


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"stage": "old"}, "stage"),
        ({"financing_type": "loan"}, "financing_type"),
        ({"status": "secret"}, "status"),
        ({"region": "长春"}, "region"),
        ({"ordering": "revision"}, "ordering"),
        ({"q": "x" * 101}, "q"),
        ({"revision": "1"}, "revision"),
    ],
)
def test_a_wrong_filter_is_named(firm_client, query, field):
    answer = firm_client.get(URL, query)

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_filters_look_at_what_the_reader_is_shown_and_never_at_a_draft(firm_client, bank_actor):
    product = ProductFactory(name="旧名", institution=bank_actor.organization)
    update_product(
        actor=bank_actor,
        product=product,
        values={"name": "新名", "stages": ["seed"]},
        expected_revision=None,
    )

    assert codes(firm_client.get(URL, {"q": "新名"})) == []
    assert codes(firm_client.get(URL, {"stage": "growth", "q": "旧名"})) == [product.code]


def test_pages_follow_one_another(firm_client):
    ProductFactory.create_batch(5)

    first = firm_client.get(URL, {"page_size": 2}).json()
    second = firm_client.get(first["next"]).json()
    third = firm_client.get(second["next"]).json()

    seen = [product["code"] for page in (first, second, third) for product in page["results"]]
    assert seen == sorted(seen)
    assert len({*seen}) == 5
    assert third["next"] is None


def test_queries_are_constant_in_the_number_of_rows(bank_client, bank_actor, count_queries):
    branch = OrganizationFactory(bank=True, parent=bank_actor.organization)

    def add(number):
        for _ in range(number):
            product = ProductFactory(institution=branch)
            update_product(
                actor=None, product=product, values={"note": "新"}, expected_revision=None
            )

    add(3)
    bank_client.get(URL)
    few = count_queries(lambda: bank_client.get(URL))
    add(27)

    assert count_queries(lambda: bank_client.get(URL)) == few
