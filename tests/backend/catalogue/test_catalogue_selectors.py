"""The catalogue as the matching reads it."""

from dataclasses import fields
from datetime import date

from django.utils import timezone

from backend.catalogue.content import EXCHANGE_FIELDS
from backend.catalogue.selectors import (
    PublishedProduct,
    PublishedTerm,
    get_catalogue,
    get_catalogue_version,
    list_published_versions,
)
from backend.catalogue.services import close_product, publish_product, update_product
from tests.factories.catalogue import ProductFactory
from tests.factories.reference import IndustryFactory, RegionFactory


def republish(product, **values):
    product = update_product(actor=None, product=product, values=values, expected_revision=None)
    return publish_product(
        actor=None,
        product=product,
        no_tie_in=False,
        expected_revision=None,
        now=timezone.now(),
    )


def rates(products):
    return {product.code: product.annual_rate_min for product in products}


def test_a_record_has_the_fields_of_the_exchange_format(db):
    names = {field.name for field in fields(PublishedProduct)}

    assert names - {
        "product_id",
        "version_id",
        "version_pk",
        "version_number",
        "institution_name",
        "is_reference",
        "is_demonstration",
    } == {"code", "institution", *EXCHANGE_FIELDS}


def test_every_value_arrives_as_the_library_expects_it(db):
    RegionFactory(code="220102")
    IndustryFactory(code="C39")
    main = ProductFactory(code="a-main")
    product = ProductFactory(
        code="b",
        institution=main.institution,
        series="系列",
        variant_of="a-main",
        stages=["seed"],
        stage_focus=["seed"],
        amount_min_yuan=1,
        amount_max_yuan=5_000_000,
        term_min_months=6,
        term_max_months=12,
        annual_rate_min=0.0385,
        annual_rate_max=0.0435,
        regions=["220100"],
        industries=["C39"],
        industries_excluded=["C3976"],
        tech_fields=["materials"],
        purposes=["research"],
        qualifications_all=["high_tech"],
        qualifications_any=["srdi", "tech_sme"],
        firm_age_min_months=12,
        firm_age_max_months=60,
        collateral=["patent"],
        terms=[
            {"field": "debt_ratio", "op": "<=", "value": 0.7},
            {"field": "taxpayer_rating", "op": "in", "value": ["A", "B"]},
        ],
        green_quota=True,
        green_approval=False,
        approval_days=3,
        undisclosed=["terms"],
        valid_from=date(2026, 1, 1),
        valid_until=date(2099, 1, 1),
        description="说明",
    )

    found = list_published_versions()[1]

    assert found == PublishedProduct(
        product_id=product.public_id,
        version_id=product.current_version.public_id,
        version_pk=product.current_version.pk,
        version_number=1,
        institution_name=main.institution.name,
        is_reference=False,
        is_demonstration=False,
        code="b",
        institution=main.institution.code,
        name=product.current_version.name,
        series="系列",
        variant_of="a-main",
        financing_type="credit_loan",
        stages=("seed",),
        stage_focus=("seed",),
        amount_min_yuan=1,
        amount_max_yuan=5_000_000,
        term_min_months=6,
        term_max_months=12,
        annual_rate_min=0.0385,
        annual_rate_max=0.0435,
        regions=("220100",),
        industries=("C39",),
        industries_excluded=("C3976",),
        tech_fields=("materials",),
        purposes=("research",),
        qualifications_all=("high_tech",),
        qualifications_any=("tech_sme", "srdi"),
        firm_age_min_months=12,
        firm_age_max_months=60,
        collateral=("patent",),
        terms=(
            PublishedTerm(field="debt_ratio", op="<=", value=0.7),
            PublishedTerm(field="taxpayer_rating", op="in", value=("A", "B")),
        ),
        green_quota=True,
        green_approval=False,
        green_disbursement=None,
        approval_days=3,
        undisclosed=frozenset({"terms"}),
        valid_from=date(2026, 1, 1),
        valid_until=date(2099, 1, 1),
        description="说明",
    )
    assert hash(found)


def test_what_is_not_stated_is_none(db):
    product = ProductFactory()

    found = list_published_versions()[0]

    assert (found.stages, found.series, found.description, found.annual_rate_min) == (None,) * 4
    assert found.terms == ()
    assert found.undisclosed == {*product.current_version.undisclosed}


def test_a_change_is_there_for_the_next_reader(db):
    product = ProductFactory(code="a", annual_rate_min=0.0385)
    before = get_catalogue()

    republish(product, annual_rate_min=0.035)

    assert get_catalogue_version() == before.version + 1
    assert rates(get_catalogue().products) == {"a": 0.035}


def test_drafts_and_closed_products_are_not_in_the_catalogue(db):
    ProductFactory(draft=True)
    ProductFactory(closed=True)
    ProductFactory(code="offered")

    assert [product.code for product in get_catalogue().products] == ["offered"]


def test_the_catalogue_of_any_earlier_version_can_be_told(db):
    first = ProductFactory(code="a", annual_rate_min=0.05)
    ProductFactory(code="b", annual_rate_min=0.06)
    republish(first, annual_rate_min=0.04)
    close_product(actor=None, product=first, expected_revision=None, now=timezone.now())

    states = [rates(list_published_versions(catalogue_version=n)) for n in range(5)]

    assert states == [
        {},
        {"a": 0.05},
        {"a": 0.05, "b": 0.06},
        {"a": 0.04, "b": 0.06},
        {"b": 0.06},
    ]
    assert rates(list_published_versions()) == states[-1]


def test_an_empty_catalogue_has_version_0(db):
    assert get_catalogue_version() == 0
    assert get_catalogue().products == ()


def test_reading_takes_one_query_for_the_version_and_one_for_all_products(db, count_queries):
    ProductFactory.create_batch(3)
    few = count_queries(list_published_versions)
    ProductFactory.create_batch(27)

    assert (few, count_queries(list_published_versions)) == (1, 1)
    assert count_queries(get_catalogue_version) == 1
