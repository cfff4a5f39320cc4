"""`GET products/{id}/matches/`: which open needs a product suits, for the department."""

import pytest
from django.utils import timezone

from backend.catalogue.services import close_product
from backend.matches import lender_side
from backend.needs.services import withdraw_need
from backend.organizations.enums import Role
from tests.factories.catalogue import ProductFactory
from tests.factories.firms import FirmFactory
from tests.factories.needs import NeedFactory
from tests.factories.organizations import make_actor

pytestmark = pytest.mark.django_db


def path(product, query=""):
    return f"/api/v1/products/{product.public_id}/matches/{query}"


def test_the_department_reads_which_open_needs_a_product_suits(department_client):
    """In the order of the pairs' scores; what does not fit is not there."""
    product = ProductFactory(amount_max_yuan=2_000_000)
    covered = NeedFactory(open=True, amount_min_yuan=None, amount_max_yuan=1_000_000)
    partly = NeedFactory(open=True, amount_min_yuan=1_000_000, amount_max_yuan=20_000_000)
    NeedFactory(open=True, amount_min_yuan=9_000_000, amount_max_yuan=9_000_000)
    NeedFactory(submitted=True)
    body = department_client.get(path(product)).json()
    assert [match["need"] for match in body["matches"]] == [covered.code, partly.code]
    assert body["needs_found"] == 2
    assert body["product"] == product.code
    assert body["matches"][0]["score"] >= body["matches"][1]["score"]


def test_each_pair_scores_as_it_does_for_the_need(department_client):
    """The lender's side shows the same pairs."""
    products = ProductFactory.create_batch(3, approval_days=5)
    need = NeedFactory(open=True)
    answer = department_client.get(f"/api/v1/needs/{need.public_id}/matches/").json()
    scores = {match["product"]: match["score"] for match in answer["matches"]}
    for product in products:
        (match,) = department_client.get(path(product)).json()["matches"]
        assert match["score"] == scores[product.code]


def test_a_city_sees_the_needs_of_its_region_only(client_for):
    """Its own region and below."""
    product = ProductFactory()
    own = NeedFactory(open=True)
    NeedFactory(open=True, firm=FirmFactory(organization__region__code="220202"))
    city = make_actor(organization__city_department=True, role=Role.DEPARTMENT)
    body = client_for(city).get(path(product)).json()
    assert [match["need"] for match in body["matches"]] == [own.code]


def test_nobody_but_the_department_reads_it(firm_client, bank_client, anonymous_client):
    """Firms and institutions see the product, but not who may want it."""
    product = ProductFactory()
    NeedFactory(open=True)
    assert firm_client.get(path(product)).status_code == 403
    assert bank_client.get(path(product)).status_code == 403
    assert anonymous_client.get(path(product)).status_code == 401


def test_a_closed_product_has_no_matches(department_client):
    """It is not in force, and that is said."""
    product = ProductFactory()
    close_product(actor=None, product=product, expected_revision=None, now=timezone.now())
    response = department_client.get(path(product))
    assert response.status_code == 409
    assert response.json()["code"] == "product_not_in_force"


def test_an_unknown_product_is_not_found(department_client):
    """So is a need's id."""
    need = NeedFactory(open=True)
    assert department_client.get(path(need)).status_code == 404


def test_queries_do_not_grow_with_the_needs(department_client, count_queries):
    """Three needs or thirty; one query more when needs have changed since the last question."""
    product = ProductFactory()
    NeedFactory.create_batch(3, open=True)
    department_client.get(path(product))
    few = count_queries(lambda: department_client.get(path(product)))
    NeedFactory.create_batch(27, open=True)
    assert count_queries(lambda: department_client.get(path(product, "?top=200"))) == few + 1
    assert count_queries(lambda: department_client.get(path(product, "?top=200"))) == few


def test_whatever_changed_counts_for_the_next_question(department_client, firm_actor):
    """A new need, another amount, a need that is withdrawn."""
    product = ProductFactory(amount_max_yuan=2_000_000)
    asked = {"open": True, "amount_min_yuan": None, "amount_max_yuan": 1_000_000}

    def found():
        return {match["need"] for match in department_client.get(path(product)).json()["matches"]}

    own = FirmFactory(organization=firm_actor.organization)
    first, second = NeedFactory(**asked), NeedFactory(**asked, firm=own)
    assert found() == {first.code, second.code}
    third = NeedFactory(**asked)
    assert found() == {first.code, second.code, third.code}
    third.amount_min_yuan = third.amount_max_yuan = 9_000_000
    third.save_revision()
    assert found() == {first.code, second.code}
    withdraw_need(
        need=second,
        actor=firm_actor,
        reason="已解决",
        expected_revision=None,
        now=timezone.now(),
    )
    assert found() == {first.code}


def test_a_need_that_changes_while_the_list_is_made_is_described_as_it_is_or_not_at_all(
    department_client, monkeypatch
):
    """Never with reasons that do not hold."""
    product = ProductFactory(amount_max_yuan=2_000_000)
    kept, changed = (NeedFactory(open=True, amount_max_yuan=1_000_000) for _ in range(2))
    read = lender_side.list_need_records

    def read_late(need_ids, as_of):
        changed.amount_min_yuan = changed.amount_max_yuan = 9_000_000
        changed.save_revision()
        return read(need_ids, as_of)

    monkeypatch.setattr(lender_side, "list_need_records", read_late)
    body = department_client.get(path(product)).json()
    assert [(match["rank"], match["need"]) for match in body["matches"]] == [(1, kept.code)]
