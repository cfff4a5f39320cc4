"""`GET needs/{id}/what-if/`: other values of one field, and the steps of a slider."""

from decimal import Decimal

import pytest

from backend.firms.models import Firm
from tests.factories.catalogue import ProductFactory
from tests.factories.firms import FirmFactory, TenancyFactory
from tests.factories.needs import NeedFactory

pytestmark = pytest.mark.django_db

RATE = Decimal("0.04")
# Conditions that the products do not set.
OPEN = [
    "stage",
    "term",
    "region",
    "industry",
    "industry_excluded",
    "tech_field",
    "purpose",
    "qualifications_all",
    "qualifications_any",
    "firm_age",
    "collateral",
]


@pytest.fixture
def need(firm_actor):
    """An open need of the firm for one to three million yuan on credit."""
    firm = FirmFactory(organization=firm_actor.organization, profiled=True)
    return NeedFactory(open=True, firm=firm)


@pytest.fixture
def products(db):
    """One product for small amounts, one for large ones."""
    small = ProductFactory(
        code="P-S", annual_rate_min=RATE, amount_max_yuan=800_000, open_conditions=OPEN
    )
    large = ProductFactory(
        code="P-L", annual_rate_min=RATE, amount_min_yuan=2_500_000, open_conditions=OPEN
    )
    return small, large


def path(need, query="?field=amount_max_yuan"):
    return f"/api/v1/needs/{need.public_id}/what-if/{query}"


def error_of(response):
    assert response.status_code == 400, response.content
    return response.json()["errors"][0]


def test_a_firm_tries_other_amounts(firm_client, need, products):
    """Counts, products by name and a sentence per value."""
    response = firm_client.get(path(need, "?field=amount_max_yuan&values=700000,2400000"))
    assert response.status_code == 200, response.content
    body = response.json()
    assert (body["code"], body["field_label"], body["current"]) == (
        need.code,
        "融资金额",
        3_000_000,
    )
    assert (body["eligible"], body["to_confirm"]) == (1, 0)
    less, middle = body["alternatives"]
    assert less["value"] == 700_000
    assert less["sets"] == {"amount_max_yuan": 700_000, "amount_min_yuan": 700_000}
    assert less["text"] == (
        "融资金额改为 70 万元、融资金额下限改为 70 万元：新增 1 个产品，减少 1 个产品"
    )
    assert less["gained"] == [
        {
            "product": "P-S",
            "before": "ineligible",
            "after": "eligible",
            "because": ["amount"],
            "text": "融资金额：由“暂不符合”变为“符合已公布条件”",
        }
    ]
    assert [change["product"] for change in less["lost"]] == ["P-L"]
    assert (middle["eligible"], middle["gained"]) == (0, [])
    assert [entry["product"] for entry in body["products"]] == ["P-L", "P-S"]
    assert body["products"][1]["institution_name"] == products[0].institution.name
    assert "不构成担保" in body["disclaimer"]


def test_the_field_alone_gives_the_steps_of_a_slider(firm_client, need, products):
    """Every value at which the set of matches changes."""
    body = firm_client.get(path(need)).json()
    assert body["alternatives"] == []
    assert body["steps"] == [
        {"start": 0, "eligible": 1, "to_confirm": 0},
        {"start": 800_001, "eligible": 0, "to_confirm": 0},
        {"start": 2_500_000, "eligible": 1, "to_confirm": 0},
    ]


def test_each_list_is_one_alternative(firm_client, need, products):
    """An empty one states none: here any type will do."""
    query = "?field=financing_types&values=credit_loan,equity&values=equity&values="
    body = firm_client.get(path(need, query)).json()
    assert [entry["value"] for entry in body["alternatives"]] == [
        ["credit_loan", "equity"],
        ["equity"],
        [],
    ]
    assert [entry["eligible"] for entry in body["alternatives"]] == [1, 0, 1]
    assert body["steps"] == []


def test_one_more_qualification_is_added_to_those_held(firm_client, need):
    """The firm holds none; the product asks for one."""
    conditions = [code for code in OPEN if code != "qualifications_all"]
    ProductFactory(
        code="P-Q",
        annual_rate_min=RATE,
        qualifications_all=["high_tech"],
        open_conditions=[*conditions, "amount"],
    )
    body = firm_client.get(path(need, "?field=qualifications&values=high_tech")).json()
    (entry,) = body["alternatives"]
    assert [change["product"] for change in entry["gained"]] == ["P-Q"]
    assert entry["text"] == "资质为高新技术企业：新增 1 个产品"


def test_the_department_and_a_consenting_tenants_incubator_try_the_same(
    firm_client, department_client, incubator_actor, incubator_client, need, products
):
    """Nothing in it is a score."""
    assert incubator_client.get(path(need)).status_code == 404
    TenancyFactory(firm=need.firm, incubator=incubator_actor.organization, consented=True)
    answers = {
        client.get(path(need, "?field=amount_max_yuan&values=1")).content
        for client in (firm_client, department_client, incubator_client)
    }
    assert len(answers) == 1
    assert b"score" not in answers.pop()


@pytest.mark.parametrize("query", ["", "?field=amount_max_yuan", "?field=x"])
def test_a_stranger_finds_nothing_whatever_is_asked(stranger_client, bank_client, need, query):
    """The need comes before the question."""
    assert stranger_client.get(path(need, query)).status_code == 404
    assert bank_client.get(path(need, query)).status_code == 404


def test_sign_in_is_needed(anonymous_client, need):
    """Nobody tries a need without an account."""
    assert anonymous_client.get(path(need)).status_code == 401


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("", "field", "required"),
        ("?field=needed_by", "field", "unknown_field"),
        ("?field=amount_max_yuan&values=x", "amount_max_yuan", "wrong_value"),
        ("?field=amount_max_yuan&values=", "amount_max_yuan", "wrong_value"),
        ("?field=amount_max_yuan&values=-1", "amount_max_yuan", "wrong_value"),
        ("?field=amount_max_yuan&values=1e6", "amount_max_yuan", "wrong_value"),
        ("?field=amount_max_yuan&values=１００", "amount_max_yuan", "wrong_value"),
        ("?field=max_annual_rate&values=0.05,nan", "max_annual_rate", "wrong_value"),
        ("?field=max_annual_rate&values=1e999", "max_annual_rate", "wrong_value"),
        (f"?field=amount_max_yuan&values={'9' * 5000}", "amount_max_yuan", "wrong_value"),
        ("?field=purposes&values=gambling", "purposes", "wrong_value"),
        (f"?field=term_max_months&values={','.join('1' * 61)}", "values", "too_many"),
        ("?field=term_max_months&value=1", "value", "unknown_parameter"),
    ],
)
def test_bad_input_names_its_field(firm_client, need, query, field, code):
    """With what is expected instead."""
    error = error_of(firm_client.get(path(need, query)))
    assert (error["field"], error["code"]) == (field, code)
    assert len(error["message"]) > 5


def test_qualifications_that_nobody_knows_cannot_be_added_to(firm_client, need):
    """The firm is told what to fill in first."""
    Firm.objects.filter(pk=need.firm.pk).update(qualifications_known=False)
    error = error_of(firm_client.get(path(need, "?field=qualifications&values=srdi")))
    assert (error["field"], error["code"]) == ("qualifications", "unknown_fact")
    assert "先填写" in error["message"]


def test_queries_do_not_grow_with_values_or_products(firm_client, need, count_queries):
    """Many values cost what one costs."""
    ProductFactory.create_batch(2)
    firm_client.get(path(need))
    few = count_queries(lambda: firm_client.get(path(need)))
    ProductFactory.create_batch(8)
    firm_client.get(path(need))
    values = ",".join(str(number * 100_000) for number in range(30))
    many = count_queries(
        lambda: firm_client.get(path(need, f"?field=amount_max_yuan&values={values}"))
    )
    assert few == many
    assert many <= 9
