"""A supplementary list of what a changed product gains."""

import pytest
from django.utils import timezone

from backend.catalogue import services as catalogue
from backend.common.errors import StateConflict
from backend.referrals.services import supplements
from tests.factories.catalogue import ProductFactory
from tests.factories.lists import make_office, open_needs

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return make_office(banks=1, amount_max_yuan=500_000)


def change(product, **changes):
    """Publish a new version and return it."""
    product.refresh_from_db()
    product = catalogue.update_product(
        actor=None, product=product, values=changes, expected_revision=None
    )
    product = catalogue.publish_product(
        actor=None, product=product, no_tie_in=False, expected_revision=None, now=timezone.now()
    )
    return product.current_version


def supplement(office, version):
    return supplements.draft_supplement(
        actor=office.officer, product_version=version, now=timezone.now()
    )


def test_it_holds_the_needs_gained_and_no_others(office):
    (had,) = open_needs(1, amount_min_yuan=100_000, amount_max_yuan=400_000)
    (gained,) = open_needs(1)
    too_large = open_needs(1, amount_min_yuan=9_000_000, amount_max_yuan=9_000_000)
    version = change(office.products[0], amount_max_yuan=2_000_000)
    drafted = supplement(office, version)
    (row,) = drafted.rows.all()
    assert row.need == gained
    assert row.need not in [had, *too_large]
    assert (row.origin, row.product_version) == ("supplement", version)
    assert "新增符合" in row.added_reason
    assert drafted.product_version == version
    assert office.send(office.approve(drafted)).referrals[0].need == gained


def test_a_new_product_gains_all_that_it_matches(office):
    needs = open_needs(2)
    product = ProductFactory(institution=office.banks[0])
    drafted = supplement(office, product.current_version)
    assert {row.need for row in drafted.rows.all()} == set(needs)
    assert {row.product_version for row in drafted.rows.all()} == {product.current_version}


def test_places_count_among_all_products(office):
    open_needs(1, purposes=["research"])
    ProductFactory(
        institution=office.banks[0], annual_rate_min=0.01, approval_days=1, purposes=["research"]
    )
    product = ProductFactory(institution=office.banks[0])
    (row,) = supplement(office, product.current_version).rows.all()
    assert row.position == 2


def test_a_version_that_is_not_in_force_supplements_nothing(office):
    before = office.products[0].current_version
    change(office.products[0], amount_max_yuan=2_000_000)
    with pytest.raises(StateConflict, match="未在办理中"):
        supplement(office, before)
