"""`GET products/{id}/matches/`: which open needs a product suits, for the department."""

import pytest
from django.utils import timezone

from backend.catalogue.services import close_product
from backend.matches.catalogue_memory import catalogues
from backend.matches.lender_side import that_may_suit
from backend.needs.models import Need
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


AMOUNTS = [None, 0, 999, 1_000, 1_500, 2_000, 2_001, 5_000]


def test_the_filter_in_the_database_never_leaves_out_what_the_rules_admit(department_client):
    """Every pair of amounts and every kind of wish, with and without the filter."""
    firm = FirmFactory()
    for low in AMOUNTS:
        for high in AMOUNTS:
            if low is None or high is None or low <= high:
                NeedFactory(open=True, firm=firm, amount_min_yuan=low, amount_max_yuan=high)
    for types in (None, [], ["equity"], ["equity", "credit_loan"]):
        NeedFactory(open=True, firm=firm, financing_types=types, amount_min_yuan=None)
    for limits in ({"amount_min_yuan": 1_000, "amount_max_yuan": 2_000}, {}):
        product = ProductFactory(**limits)
        admitted = set()
        for need in Need.objects.all():
            answer = department_client.get(f"/api/v1/needs/{need.public_id}/matches/?top=200")
            if product.code in {match["product"] for match in answer.json()["matches"]}:
                admitted.add(need.pk)
        offered = catalogues.current().products[product.code]
        kept = set(that_may_suit(Need.objects.all(), offered).values_list("pk", flat=True))
        assert admitted <= kept
        assert len(kept) < Need.objects.count()


def test_queries_do_not_grow_with_the_needs(department_client, count_queries):
    """Three needs or thirty."""
    product = ProductFactory()
    NeedFactory.create_batch(3, open=True)
    department_client.get(path(product))
    few = count_queries(lambda: department_client.get(path(product)))
    NeedFactory.create_batch(27, open=True)
    assert count_queries(lambda: department_client.get(path(product, "?top=200"))) == few
