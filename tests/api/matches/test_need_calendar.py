"""`GET needs/{id}/calendar/`: on which days the matches change, and why."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from backend.catalogue.services import close_product
from tests.factories.catalogue import ProductFactory
from tests.factories.firms import FirmFactory
from tests.factories.needs import NeedFactory

pytestmark = pytest.mark.django_db

# Conditions that the products do not set.
OPEN = [
    "stage",
    "amount",
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
    """An open need of the firm."""
    firm = FirmFactory(organization=firm_actor.organization, profiled=True)
    return NeedFactory(open=True, firm=firm)


@pytest.fixture
def product(db):
    """Opens in ten days and closes twenty days later."""
    today = timezone.localdate()
    return ProductFactory(
        code="P-1",
        annual_rate_min=Decimal("0.04"),
        valid_from=today + timedelta(days=10),
        valid_until=today + timedelta(days=30),
        open_conditions=OPEN,
    )


def path(need, query=""):
    return f"/api/v1/needs/{need.public_id}/calendar/{query}"


def until(days):
    return f"?until={(timezone.localdate() + timedelta(days=days)).isoformat()}"


def days_of(client, need, query=""):
    response = client.get(path(need, query))
    assert response.status_code == 200, response.content
    return response.json()["days"]


def test_a_firm_reads_when_a_product_opens_and_closes(firm_client, need, product):
    """Each day with the products gained and lost, named once."""
    body = firm_client.get(path(need)).json()
    today = timezone.localdate()
    assert body["until"] == (today + timedelta(days=365)).isoformat()
    opening, closing = body["days"]
    assert opening["day"] == (today + timedelta(days=10)).isoformat()
    assert opening["text"] == "新增 1 个产品"
    assert opening["gained"] == [
        {
            "product": "P-1",
            "before": None,
            "after": "eligible",
            "because": ["opens"],
            "text": "产品开始办理：由“不在办理期”变为“符合已公布条件”",
        }
    ]
    assert closing["day"] == (today + timedelta(days=30)).isoformat()
    assert closing["lost"][0]["text"] == "产品停止办理：由“符合已公布条件”变为“不在办理期”"
    (named,) = body["products"]
    assert (named["product"], named["institution_name"]) == ("P-1", product.institution.name)


def test_the_horizon_ends_with_the_day_asked_for(firm_client, need, product):
    """That day counts, and today has no day yet."""
    assert len(days_of(firm_client, need, until(10))) == 1
    assert days_of(firm_client, need, until(9)) == []
    assert days_of(firm_client, need, until(0)) == []


def test_the_department_reads_the_same(firm_client, department_client, need, product):
    """Without scores, so for all who may see the need."""
    assert department_client.get(path(need)).content == firm_client.get(path(need)).content


def test_a_closed_product_is_gone_from_the_next_answer(firm_client, need, product):
    """The calendar is never stale."""
    assert days_of(firm_client, need)
    close_product(actor=None, product=product, expected_revision=None, now=timezone.now())
    assert days_of(firm_client, need) == []


@pytest.mark.parametrize("query", ["", "?until=x"])
def test_a_stranger_finds_nothing_whatever_is_asked(stranger_client, bank_client, need, query):
    """The need comes before the question."""
    assert stranger_client.get(path(need, query)).status_code == 404
    assert bank_client.get(path(need, query)).status_code == 404


def test_sign_in_is_needed(anonymous_client, need):
    """Nobody reads a calendar without an account."""
    assert anonymous_client.get(path(need)).status_code == 401


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("?until=", "invalid"),
        ("?until=20270131", "invalid"),
        ("?until=2027-02-30", "invalid"),
        ("?until=2020-01-01", "before_as_of"),
        ("?until=9999-12-31", "too_far"),
    ],
)
def test_a_wrong_day_is_named(firm_client, need, query, code):
    """With what is expected instead."""
    response = firm_client.get(path(need, query))
    assert response.status_code == 400, response.content
    (error,) = response.json()["errors"]
    assert (error["field"], error["code"]) == ("until", code)


def test_an_unknown_parameter_is_refused(firm_client, need):
    """A misspelt one is told, not ignored."""
    response = firm_client.get(path(need, "?horizon=3"))
    assert response.json()["errors"][0]["field"] == "horizon"


def test_queries_do_not_grow_with_the_catalogue(firm_client, need, count_queries):
    """An unchanged question costs one row beside the account's."""
    ProductFactory.create_batch(2)
    firm_client.get(path(need))
    few = count_queries(lambda: firm_client.get(path(need)))
    ProductFactory.create_batch(10)
    firm_client.get(path(need))
    many = count_queries(lambda: firm_client.get(path(need)))
    assert few == many
    assert many <= 3
