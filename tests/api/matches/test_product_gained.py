"""`GET products/{id}/gained/`: the open needs that a change brought, to be referred."""

import pytest
from django.utils import timezone

from backend.catalogue.services import close_product, publish_product, update_product
from backend.organizations.enums import Role
from tests.factories.catalogue import ProductFactory
from tests.factories.firms import FirmFactory
from tests.factories.needs import NeedFactory
from tests.factories.organizations import make_actor

pytestmark = pytest.mark.django_db


def path(product, query=""):
    return f"/api/v1/products/{product.public_id}/gained/{query}"


@pytest.fixture
def product():
    """A loan of up to 2 million yuan."""
    return ProductFactory(amount_max_yuan=2_000_000)


def need_of(amount, **values):
    return NeedFactory(open=True, amount_min_yuan=amount, amount_max_yuan=amount, **values)


def publish(product, **values):
    changed = update_product(actor=None, product=product, values=values, expected_revision=None)
    return publish_product(
        actor=None, product=changed, no_tie_in=True, expected_revision=None, now=timezone.now()
    )


def test_the_department_reads_the_needs_that_a_publication_gained(department_client, product):
    """Best first, with the verdict and score of the pair; what was there before is not listed."""
    need_of(1_000_000)
    gained = [need_of(3_000_000).code, need_of(2_500_000).code]
    need_of(9_000_000)
    publish(product, amount_max_yuan=3_000_000)
    body = department_client.get(path(product)).json()
    assert (body["since"], body["version"]) == (1, 2)
    assert (body["needs_gained"], body["needs_lost"]) == (2, 0)
    assert sorted(need["need"] for need in body["needs"]) == sorted(gained)
    matches = department_client.get(f"/api/v1/products/{product.public_id}/matches/").json()
    listed = [match for match in matches["matches"] if match["need"] in gained]
    shown = ("need", "need_id", "firm_name", "verdict", "score")
    assert [[need[name] for name in shown] for need in body["needs"]] == [
        [match[name] for name in shown] for match in listed
    ]


def test_any_earlier_version_can_be_compared_and_none_at_all(department_client, product):
    """Two changes, each, both and everything since the product is there."""
    for amount in (1_000_000, 3_000_000, 4_000_000):
        need_of(amount)
    publish(product, amount_max_yuan=3_000_000)
    publish(product, amount_max_yuan=4_000_000)
    counts = [
        department_client.get(path(product, f"?since={since}")).json()["needs_gained"]
        for since in (0, 1, 2, 3)
    ]
    assert counts == [3, 2, 1, 0]


def test_a_closed_product_has_lost_its_needs(department_client, product):
    """Nothing is there to be referred."""
    need_of(1_000_000)
    close_product(actor=None, product=product, expected_revision=None, now=timezone.now())
    body = department_client.get(path(product)).json()
    assert (body["since"], body["version"]) == (1, None)
    assert (body["needs_gained"], body["needs_lost"], body["needs"]) == (0, 1, [])


def test_a_version_that_was_never_in_force_names_the_parameter(department_client, product):
    """A draft's number, a number to come, no number at all, another parameter."""
    update_product(actor=None, product=product, values={"series": "新"}, expected_revision=None)
    for query, field in (
        ("?since=2", "since"),
        ("?since=99", "since"),
        ("?since=-1", "since"),
        ("?since=x", "since"),
        ("?until=1", "until"),
    ):
        response = department_client.get(path(product, query))
        assert response.status_code == 400, query
        assert response.json()["errors"][0]["field"] == field


def test_a_city_reads_its_own_needs_only(client_for, product):
    """Its region and below."""
    own = need_of(1_000_000)
    need_of(1_000_000, firm=FirmFactory(organization__region__code="220202"))
    city = make_actor(organization__city_department=True, role=Role.DEPARTMENT)
    body = client_for(city).get(path(product)).json()
    assert [need["need"] for need in body["needs"]] == [own.code]
    assert body["needs_gained"] == 1


def test_nobody_but_the_department_reads_it(firm_client, bank_client, anonymous_client, product):
    """Firms and institutions see the product, but not who may want it."""
    assert firm_client.get(path(product)).status_code == 403
    assert bank_client.get(path(product)).status_code == 403
    assert anonymous_client.get(path(product)).status_code == 401


def test_a_draft_is_not_there(department_client):
    """Nor is a need's id."""
    assert department_client.get(path(ProductFactory(draft=True))).status_code == 404
    assert department_client.get(path(NeedFactory(open=True))).status_code == 404


def test_queries_do_not_grow_with_the_needs(department_client, product, count_queries):
    """Two needs or twenty."""
    need_of(1_000_000)
    department_client.get(path(product))
    few = count_queries(lambda: department_client.get(path(product)))
    for _ in range(18):
        need_of(1_000_000)
    department_client.get(path(product))
    assert count_queries(lambda: department_client.get(path(product))) == few
