"""What the database itself refuses."""

from contextlib import contextmanager

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from backend.catalogue.models import CatalogueState, Policy, Product, ProductVersion
from tests.factories.catalogue import PolicyFactory, ProductFactory


@contextmanager
def refused():
    with pytest.raises(IntegrityError), transaction.atomic():
        yield


def versions_of(product):
    return ProductVersion.objects.filter(pk=product.current_version.pk)


@pytest.mark.parametrize(
    "change",
    [
        {"annual_rate_min": "0.01"},
        {"undisclosed": []},
        {"terms": []},
        {"published_at": None, "published_in": None},
        {"number": 7},
        {"provenance": {"name": {"status": "published", "source": "x"}}},
    ],
)
def test_a_published_version_cannot_be_changed(db, change):
    product = ProductFactory(terms=[{"field": "employees", "op": ">=", "value": 5}])

    with refused():
        versions_of(product).update(**change)


def test_a_published_version_cannot_be_deleted_or_changed_by_sql(db):
    product = ProductFactory()

    with refused(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM catalogue_productversion")
    with refused(), connection.cursor() as cursor:
        cursor.execute("UPDATE catalogue_productversion SET name = 'x'")
    assert versions_of(product).get().name == product.current_version.name


def test_going_out_of_force_is_noted_once(db):
    product = ProductFactory()
    now = timezone.now()

    versions_of(product).update(withdrawn_at=now, withdrawn_in=9)
    with refused():
        versions_of(product).update(withdrawn_at=None, withdrawn_in=None)


def test_a_draft_may_change_and_go(db):
    product = ProductFactory(draft=True)

    product.versions.update(name="新名")
    product.versions.all().delete()

    assert product.versions.count() == 0


@pytest.mark.parametrize(
    "values",
    [
        {"amount_min_yuan": 2, "amount_max_yuan": 1},
        {"amount_min_yuan": -1},
        {"annual_rate_min": "1.5"},
        {"annual_rate_min": "0.05", "annual_rate_max": "0.04"},
        {"term_min_months": 13, "term_max_months": 12},
        {"valid_from": "2026-02-01", "valid_until": "2026-02-01"},
        {"stages": ["seed"], "undisclosed": ["stage"]},
        {"stages": ["seed"], "open_conditions": ["stage"]},
        {"undisclosed": ["stage"], "open_conditions": ["stage"]},
        {"name": ""},
        {"number": 0},
        {"published_in": 3},
        {"published_at": "2026-01-01T00:00Z", "published_in": 1, "origin": "institution"},
        {"published_at": "2026-01-01T00:00Z", "published_in": 1, "financing_type": None},
        {"withdrawn_at": "2026-01-01T00:00Z", "withdrawn_in": 1},
    ],
)
def test_impossible_versions_cannot_be_stored(db, values):
    product = ProductFactory(draft=True)

    with refused():
        product.versions.update(**values)


def test_a_product_has_at_most_one_draft_and_one_version_in_force(db):
    product = ProductFactory()
    template = product.current_version

    with refused():
        ProductVersion.objects.create(
            product=product,
            number=2,
            origin="catalogue",
            name="x",
            financing_type="equity",
            published_at=timezone.now(),
            published_in=2,
        )
    ProductVersion.objects.create(product=product, number=2, origin="catalogue", name="x")
    with refused():
        ProductVersion.objects.create(product=product, number=3, origin="catalogue", name="x")
    assert template.number == 1


@pytest.mark.parametrize(
    "values",
    [{"status": "draft"}, {"current_version": None}, {"public_changed_at": None}, {"code": ""}],
)
def test_a_published_product_has_what_is_in_force(db, values):
    product = ProductFactory()

    with refused():
        Product.objects.filter(pk=product.pk).update(**values)


@pytest.mark.parametrize(
    "values",
    [
        {"status": "draft"},
        {"published_at": None},
        {"title": ""},
        {"valid_from": "2026-02-01", "valid_until": "2026-01-01"},
    ],
)
def test_impossible_policies_cannot_be_stored(db, values):
    policy = PolicyFactory()

    with refused():
        Policy.objects.filter(pk=policy.pk).update(**values)


def test_there_is_one_state_of_the_catalogue(db):
    with refused():
        CatalogueState.objects.create(pk=2)
