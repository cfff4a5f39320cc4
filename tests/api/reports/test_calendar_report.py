"""`GET reports/calendar/`: the days on which open needs gain or lose products."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.api.matches.test_product_calendar import need_of
from tests.factories.catalogue import ProductFactory

pytestmark = pytest.mark.django_db

PATH = "/api/v1/reports/calendar/"


def test_the_department_reads_what_changes_whatever_the_product(department_client):
    """Needs by name and products by code, named once."""
    today = timezone.localdate()
    grown = ProductFactory(code="P-GROWN", firm_age_min_months=24)
    ending = ProductFactory(code="P-ENDING", valid_until=today + timedelta(days=20))
    need = need_of(months_old=24, days_missing=10)
    body = department_client.get(PATH).json()
    assert body["until"] == (today + timedelta(days=30)).isoformat()
    found = [
        (day["day"], day["gained"], day["lost"], [(n["need"], n["product"]) for n in day["needs"]])
        for day in body["days"]
    ]
    assert found == [
        ((today + timedelta(days=10)).isoformat(), 1, 0, [(need.code, grown.code)]),
        ((today + timedelta(days=20)).isoformat(), 0, 1, [(need.code, ending.code)]),
    ]
    assert {product["product"] for product in body["products"]} == {grown.code, ending.code}
    assert body["days"][0]["needs"][0]["firm_name"] == need.firm.organization.name


def test_the_horizon_cuts(department_client):
    """What lies behind it is not there."""
    ProductFactory(firm_age_min_months=24)
    need_of(months_old=24, days_missing=10)
    until = timezone.localdate() + timedelta(days=9)
    assert department_client.get(f"{PATH}?until={until.isoformat()}").json()["days"] == []


def test_the_answer_follows_changed_needs(department_client):
    """What is remembered is never stale."""
    ProductFactory(firm_age_min_months=24)
    assert department_client.get(PATH).json()["days"] == []
    need_of(months_old=24, days_missing=10)
    assert len(department_client.get(PATH).json()["days"]) == 1


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?until=2020-01-01", "until"),
        ("?until=9999-01-01", "until"),
        ("?until=tomorrow", "until"),
        ("?top=3", "top"),
    ],
)
def test_a_bad_horizon_is_refused_by_name(department_client, query, field):
    """With the field and what to give instead."""
    response = department_client.get(PATH + query)
    assert response.status_code == 400
    (error,) = response.json()["errors"]
    assert error["field"] == field


def test_only_departments_read_it(firm_client, client):
    """Others are refused, strangers asked to sign in."""
    assert firm_client.get(PATH).status_code == 403
    assert client.get(PATH).status_code == 401
