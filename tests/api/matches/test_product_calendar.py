"""`GET products/{id}/calendar/`: the days on which a product's needs change."""

from datetime import timedelta

import pytest
from dateutil.relativedelta import relativedelta
from django.utils import timezone

from backend.catalogue.services import close_product
from backend.matches import adapters
from backend.organizations.enums import Role
from tests.factories.catalogue import ProductFactory
from tests.factories.firms import FirmFactory
from tests.factories.needs import NeedFactory
from tests.factories.organizations import make_actor

pytestmark = pytest.mark.django_db


def path(product, query=""):
    return f"/api/v1/products/{product.public_id}/calendar/{query}"


def need_of(*, months_old, days_missing=0, **organization):
    founded = timezone.localdate() - relativedelta(months=months_old) + timedelta(days_missing)
    return NeedFactory(open=True, firm=FirmFactory(founded_on=founded, **organization))


@pytest.fixture
def product():
    """A loan for firms of two years and more."""
    return ProductFactory(firm_age_min_months=24)


def test_the_department_reads_when_firms_come_of_age(department_client, product):
    """Day by day, by name, with the reason; who is old enough already is not there."""
    today = timezone.localdate()
    need_of(months_old=40)
    soon = need_of(months_old=24, days_missing=10)
    later = need_of(months_old=24, days_missing=40)
    need_of(months_old=1)
    body = department_client.get(path(product)).json()
    assert body["product"] == product.code
    assert body["until"] == (today + timedelta(days=365)).isoformat()
    days = [(day["day"], [need["need"] for need in day["needs"]]) for day in body["days"]]
    assert days == [
        ((today + timedelta(days=10)).isoformat(), [soon.code]),
        ((today + timedelta(days=40)).isoformat(), [later.code]),
    ]
    first = body["days"][0]
    assert (first["gained"], first["lost"], first["moved"]) == (1, 0, 0)
    assert first["text"] == "新增 1 项需求"
    assert first["needs"][0]["because"] == ["firm_age"]
    assert first["needs"][0]["firm_name"] == soon.firm.organization.name


def test_a_product_that_ends_loses_all_its_needs_on_that_day(department_client):
    """Within the horizon only."""
    end = timezone.localdate() + timedelta(days=30)
    product = ProductFactory(valid_until=end)
    for _ in range(3):
        need_of(months_old=40)
    (day,) = department_client.get(path(product)).json()["days"]
    assert (day["day"], day["lost"]) == (end.isoformat(), 3)
    before = (end - timedelta(days=1)).isoformat()
    assert department_client.get(path(product, f"?until={before}")).json()["days"] == []


def test_a_city_reads_of_its_own_needs_only(client_for, product):
    """And no answer is given to another region."""
    own = need_of(months_old=24, days_missing=10)
    other = need_of(months_old=24, days_missing=10, organization__region__code="220202")
    found = {}
    for region in ("220100", "220200"):
        actor = make_actor(
            organization__city_department=True,
            organization__region__code=region,
            role=Role.DEPARTMENT,
        )
        (day,) = client_for(actor).get(path(product)).json()["days"]
        found[region] = [need["need"] for need in day["needs"]]
    assert found == {"220100": [own.code], "220200": [other.code]}


def test_an_answer_is_made_once_and_anew_after_a_change(department_client, product, monkeypatch):
    """Never an old one."""
    made = []
    find = adapters.find_product_calendar
    monkeypatch.setattr(
        adapters, "find_product_calendar", lambda *a, **k: made.append(1) or find(*a, **k)
    )
    need_of(months_old=24, days_missing=10)
    first = department_client.get(path(product)).json()
    assert department_client.get(path(product)).json() == first
    assert len(made) == 1
    need_of(months_old=24, days_missing=20)
    assert len(department_client.get(path(product)).json()["days"]) == 2
    assert len(made) == 2


def test_bad_horizons_name_the_parameter(department_client, product):
    """Too early, too late, no date, another parameter."""
    yesterday = timezone.localdate() - timedelta(days=1)
    for query, field in (
        (f"?until={yesterday.isoformat()}", "until"),
        ("?until=2999-01-01", "until"),
        ("?until=x", "until"),
        ("?since=1", "since"),
    ):
        response = department_client.get(path(product, query))
        assert response.status_code == 400, query
        assert response.json()["errors"][0]["field"] == field


def test_nobody_but_the_department_reads_it(firm_client, bank_client, anonymous_client, product):
    """Firms and institutions see the product, but not who may want it."""
    assert firm_client.get(path(product)).status_code == 403
    assert bank_client.get(path(product)).status_code == 403
    assert anonymous_client.get(path(product)).status_code == 401


def test_a_draft_is_not_there_and_a_closed_product_has_no_calendar(department_client, product):
    """The one is not known, the other no longer in force."""
    assert department_client.get(path(ProductFactory(draft=True))).status_code == 404
    close_product(actor=None, product=product, expected_revision=None, now=timezone.now())
    response = department_client.get(path(product))
    assert response.status_code == 409
    assert response.json()["code"] == "product_not_in_force"


def test_queries_do_not_grow_with_the_needs(department_client, product, count_queries):
    """One need or ten, asked for the first time."""
    need_of(months_old=24, days_missing=10)
    department_client.get(path(product))
    known = count_queries(lambda: department_client.get(path(product)))
    need_of(months_old=24, days_missing=10)
    few = count_queries(lambda: department_client.get(path(product)))
    for _ in range(8):
        need_of(months_old=24, days_missing=10)
    assert count_queries(lambda: department_client.get(path(product))) == few
    assert known < few
