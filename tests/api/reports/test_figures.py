"""`GET reports/funnel/`, `response/`, `products/` and the rows behind their figures."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories.needs import NeedFactory
from tests.factories.referrals import DrawdownFactory, ReferralFactory

pytestmark = pytest.mark.django_db

PATH = "/api/v1/reports"


def get(client, path, status=200):
    response = client.get(f"{PATH}/{path}")
    assert response.status_code == status, response.content
    return response.json()


def test_the_department_reads_the_funnel_and_the_rows_behind_a_number(department_client):
    """Page by page, as many as the number says."""
    for _ in range(3):
        ReferralFactory()
    NeedFactory(submitted=True)
    body = get(department_client, "funnel/?group_by=county")
    stages = body["total"]["stages"]
    assert (stages["posted"]["needs"], stages["verified"]["needs"]) == (4, 3)
    assert stages["referred"] == {"needs": 3, "firms": 3, "referrals": 3}
    (group,) = body["groups"]
    assert (group["key"], group["figures"]) == ("220102", body["total"])
    rows = "funnel/rows/?cell=referred&group_by=county&key=220102&page_size=2"
    first = get(department_client, rows)
    second = department_client.get(first["next"]).json()
    assert len({row["id"] for row in first["results"] + second["results"]}) == 3
    assert second["next"] is None
    assert all(row["firm_name"] and row["institution"] for row in first["results"])


def test_a_bank_reads_no_names_of_firms_here(bank_client, bank_actor):
    """What it may know of a firm it reads in the referral, where the reading is recorded."""
    mine = ReferralFactory(institution=bank_actor.organization, in_contact=True)
    ReferralFactory()
    DrawdownFactory(referral=mine)
    body = get(bank_client, "funnel/")
    assert body["total"]["stages"]["referred"]["referrals"] == 1
    assert body["total"]["stages"]["verified"] is None
    for cell in ("referred", "disbursed_amount", "outcome_reported"):
        (row,) = get(bank_client, f"funnel/rows/?cell={cell}")["results"]
        assert (row["firm_name"], row["need"], row["need_code"]) == (None, None, mine.need.code)
        assert row["referral"] == str(mine.public_id)
    assert row["amount_yuan"] == 2_000_000
    assert get(bank_client, "funnel/rows/?cell=posted")["results"] == []


def test_response_times_and_products_lead_to_rows(department_client):
    """The same rows as the figures count."""
    referral = ReferralFactory()
    (whole, unit) = get(department_client, "response/")["rows"]
    assert (whole["unit"], unit["unit"], unit["referrals"]) == (None, referral.unit.code, 1)
    rows = f"response/rows/?institution={referral.institution.code}&clock=acknowledge"
    (row,) = get(department_client, rows)["results"]
    assert row["id"] == str(referral.public_id)
    assert get(department_client, "products/")["products_below"] == 0
    code = referral.product_version.product.code
    assert get(department_client, f"products/rows/?product={code}")["results"] == []


@pytest.mark.parametrize("path", ["funnel/", "response/", "products/"])
def test_firms_have_no_figures(firm_client, path):
    """They read their own referrals."""
    get(firm_client, path, 403)


def test_a_day_to_come_cannot_be_drawn(department_client):
    """Nothing has been recorded on it."""
    tomorrow = timezone.localdate() + timedelta(days=1)
    body = get(department_client, f"funnel/?as_of={tomorrow}", 400)
    assert "as_of" in str(body)


@pytest.mark.parametrize(
    "path",
    [
        "funnel/?group_by=colour",
        "funnel/?from=2026-13-01",
        "funnel/?from=2026-05-01&until=2026-05-01",
        "funnel/?from=0001-01-01",
        "funnel/?until=0001-01-01",
        "funnel/?as_of=0001-01-01",
        "funnel/?region=110000",
        "funnel/?cell=posted",
        "funnel/rows/",
        "funnel/rows/?cell=posted&key=220102",
        "funnel/rows/?cell=everything",
        "response/rows/",
        "response/rows/?institution=",
        "products/rows/",
    ],
)
def test_what_cannot_be_drawn_is_told(department_client, path):
    """By the parameter's name, in Chinese."""
    assert get(department_client, path, 400)["errors"]
