"""An incubator offers its seed fund as a product, like any institution."""

import pytest

from tests.factories.firms import FirmFactory
from tests.factories.needs import NeedFactory
from tests.factories.organizations import make_actor

URL = "/api/v1/products/"
SEED_FUND = {
    "name": "种子基金",
    "financing_type": "equity",
    "stages": ["seed", "startup"],
    "amount_min_yuan": 100_000,
    "amount_max_yuan": 2_000_000,
    "terms": [],
    "open_conditions": [],
}
pytestmark = pytest.mark.django_db


@pytest.fixture
def incubator_actor(db):
    return make_actor(proved=True, organization__incubator=True, role="incubator")


def test_an_incubators_seed_fund_is_published_and_found_by_a_tenant(
    incubator_client, incubator_actor, firm_client, firm_actor, department_client
):
    own = [
        {"field": "incubator", "op": "==", "value": incubator_actor.organization.code},
    ]
    drafted = incubator_client.post(URL, SEED_FUND | {"terms": own})
    assert drafted.status_code == 201, drafted.content
    at = f"{URL}{drafted.json()['id']}/"
    published = incubator_client.post(
        f"{at}publish/", {"no_tie_in": True}, headers={"If-Match": drafted.headers["ETag"]}
    )
    assert published.status_code == 200, published.content
    assert published.json()["status"] == "published"
    assert department_client.get(at).json()["institution"] == incubator_actor.organization.code
    need = NeedFactory(
        firm=FirmFactory(organization=firm_actor.organization, declared_stage="seed"),
        open=True,
        financing_types=["equity"],
        amount_min_yuan=500_000,
        amount_max_yuan=1_000_000,
    )
    (match,) = firm_client.get(f"/api/v1/needs/{need.public_id}/matches/").json()["matches"]
    assert match["institution"] == incubator_actor.organization.code
    # The firm is no tenant on record, so that one condition is still open.
    assert match["verdict"] == "to_confirm"


def test_an_officer_of_an_incubator_drafts_and_does_not_publish(client_for, incubator_actor):
    officer = client_for(
        make_actor(
            organization=incubator_actor.organization, role="incubator", rank="officer", proved=True
        )
    )
    drafted = officer.post(URL, SEED_FUND)
    assert drafted.status_code == 201
    refused = officer.post(
        f"{URL}{drafted.json()['id']}/publish/",
        {"no_tie_in": True},
        headers={"If-Match": drafted.headers["ETag"]},
    )
    assert refused.status_code == 403


def test_a_stranger_incubator_does_not_change_it(client_for, incubator_client):
    drafted = incubator_client.post(URL, SEED_FUND)
    other = client_for(make_actor(proved=True, organization__incubator=True, role="incubator"))
    assert other.get(f"{URL}{drafted.json()['id']}/").status_code == 404
