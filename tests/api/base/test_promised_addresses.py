"""Every resource and action that the API's contract names is there, under its name."""

import re

import pytest
from drf_spectacular.generators import SchemaGenerator

LISTED = (
    "regions",
    "industries",
    "qualifications",
    "organizations",
    "contacts",
    "agreements",
    "firms",
    "firms/{}/evaluations",
    "needs",
    "products",
    "policies",
    "consents",
    "disclosures",
    "match-runs",
    "referral-lists",
    "referrals",
    "activities",
    "intents",
    "webhook-endpoints",
    "deliveries",
    "models",
    "audit-events",
)
# Of contract §3; what is an action on one thing stands below that thing's id.
ACTIONS = {
    "needs/{}": "submit verify return withdraw matches near-misses questions calendar what-if",
    "products/{}": "publish close versions matches what-if",
    "consents": "grant",
    "consents/{}": "withdraw",
    "referral-lists/{}": "approve send recall diff export",
    "referrals/{}": "acknowledge contact survey approve disburse decline confirm",
    "reports": "funnel coverage response products annual",
    "models": "train",
    "models/{}": "evaluate activate",
}


@pytest.fixture(scope="module")
def addresses():
    """The addresses of the schema, without the names of their variables."""
    paths = SchemaGenerator(api_version="v1").get_schema(public=True)["paths"]
    return {re.sub(r"\{\w+\}", "{}", path) for path in paths}


@pytest.mark.parametrize("resource", LISTED)
def test_a_promised_resource_has_a_list_and_details(addresses, resource):
    assert f"/api/v1/{resource}/" in addresses
    assert f"/api/v1/{resource}/{{}}/" in addresses


@pytest.mark.parametrize(
    "action", [f"{on}/{name}" for on, names in ACTIONS.items() for name in names.split()]
)
def test_a_promised_action_is_there(addresses, action):
    assert f"/api/v1/{action}/" in addresses
