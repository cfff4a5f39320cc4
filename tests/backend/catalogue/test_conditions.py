"""Stated, open, undisclosed: what counts when a product is published."""

import pytest

from backend.catalogue.conditions import STATED_BY, applicable_criteria
from backend.catalogue.content import CONTENT_FIELDS, content_of
from backend.catalogue.services import create_product, update_product
from backend.common.errors import InvalidInput
from matching.vocabulary import CRITERIA
from tests.factories.catalogue import ProductFactory
from tests.factories.organizations import OrganizationFactory
from tests.factories.reference import IndustryFactory, RegionFactory

LENDING_ONLY = {"term", "rate", "collateral"}
STATEMENTS = {
    "financing_type": {"financing_type": "credit_loan"},
    "stage": {"stages": ["seed"]},
    "amount": {"amount_max_yuan": 5_000_000},
    "term": {"term_max_months": 12},
    "rate": {"annual_rate_min": 0.0385},
    "region": {"regions": ["220000"]},
    "industry": {"industries": ["C"]},
    "industry_excluded": {"industries_excluded": ["K70"]},
    "tech_field": {"tech_fields": ["materials"]},
    "purpose": {"purposes": ["research"]},
    "qualifications_all": {"qualifications_all": ["high_tech"]},
    "qualifications_any": {"qualifications_any": ["tech_sme", "srdi"]},
    "firm_age": {"firm_age_min_months": 12},
    "collateral": {"collateral": ["patent"]},
}


@pytest.fixture
def codes(db):
    RegionFactory(code="220000")
    IndustryFactory(code="C")
    IndustryFactory(code="K70")


def problem_of(error):
    return [(problem.field, problem.code) for problem in error.value.problems]


def test_every_criterion_that_fields_can_state_has_its_fields():
    assert set(STATED_BY) == set(CRITERIA) - {"terms"} == set(STATEMENTS)
    assert {field for fields in STATED_BY.values() for field in fields} <= set(CONTENT_FIELDS)


@pytest.mark.parametrize(
    ("financing_type", "without"),
    [
        ("credit_loan", set()),
        ("leasing", set()),
        (None, set()),
        ("equity", LENDING_ONLY),
        ("tech_insurance", LENDING_ONLY),
        ("subsidy", LENDING_ONLY),
    ],
)
def test_silence_counts_as_undisclosed_for_every_criterion_that_the_type_has(
    db, financing_type, without
):
    product = ProductFactory(financing_type=financing_type)

    stated = {"financing_type"} if financing_type else set()
    assert {*product.current_version.undisclosed} == {*CRITERIA} - {"terms"} - without - stated
    assert applicable_criteria(financing_type) == {*CRITERIA} - without


@pytest.mark.parametrize("criterion", STATEMENTS)
def test_a_stated_condition_is_not_undisclosed(codes, criterion):
    product = ProductFactory(**STATEMENTS[criterion])

    assert criterion not in product.current_version.undisclosed


@pytest.mark.parametrize("criterion", sorted(set(STATEMENTS) - {"financing_type", "rate"}))
def test_a_condition_declared_open_is_not_undisclosed(db, criterion):
    version = ProductFactory(open_conditions=[criterion]).current_version

    assert version.open_conditions == [criterion]
    assert criterion not in version.undisclosed


def test_further_conditions_are_undisclosed_only_when_that_is_said(db):
    entry = {"field": "revenue_yuan", "op": ">=", "value": 5_000_000}

    assert "terms" not in ProductFactory(terms=[entry]).current_version.undisclosed
    with_more = ProductFactory(terms=[entry], undisclosed=["terms"]).current_version
    assert "terms" in with_more.undisclosed
    assert with_more.terms == [entry]


def test_an_empty_list_states_nothing(db):
    version = ProductFactory(stages=[], collateral=[]).current_version

    assert version.stages is None
    assert {"stage", "collateral"} <= {*version.undisclosed}


@pytest.mark.parametrize("criterion", STATEMENTS)
def test_a_condition_both_stated_and_undisclosed_is_refused_by_name(codes, criterion):
    with pytest.raises(InvalidInput) as error:
        ProductFactory(**STATEMENTS[criterion], undisclosed=[criterion])

    assert problem_of(error) == [("undisclosed", "stated_and_undisclosed")]
    assert STATED_BY[criterion][0] in error.value.message


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (
            {"stages": ["seed"], "open_conditions": ["stage"]},
            ("open_conditions", "stated_and_open"),
        ),
        (
            {
                "terms": [{"field": "employees", "op": ">=", "value": 5}],
                "open_conditions": ["terms"],
            },
            ("open_conditions", "stated_and_open"),
        ),
        (
            {"undisclosed": ["stage"], "open_conditions": ["stage"]},
            ("open_conditions", "open_and_undisclosed"),
        ),
        ({"open_conditions": ["rate"]}, ("open_conditions", "cannot_be_open")),
        (
            {"financing_type": "equity", "undisclosed": ["rate"]},
            ("undisclosed", "criterion_not_applicable"),
        ),
        (
            {"financing_type": "equity", "open_conditions": ["term"]},
            ("open_conditions", "criterion_not_applicable"),
        ),
        ({"undisclosed": ["interest"]}, ("undisclosed", "unknown_code")),
        ({"undisclosed": ["stage", "stage"]}, ("undisclosed", "duplicate_code")),
    ],
)
def test_contradictory_declarations_are_refused(db, values, expected):
    with pytest.raises(InvalidInput) as error:
        ProductFactory(**values)

    assert problem_of(error) == [expected]


def change(product, **values):
    return update_product(actor=None, product=product, values=values, expected_revision=None)


def draft_of(product):
    return product.versions.drafts().get()


@pytest.mark.parametrize("criterion", sorted(set(STATEMENTS) - {"financing_type"}))
def test_stating_a_condition_later_lifts_its_withholding(codes, criterion):
    product = ProductFactory()

    change(product, **STATEMENTS[criterion])

    assert criterion not in draft_of(product).undisclosed


def test_declaring_a_condition_open_later_lifts_its_withholding_and_the_other_way(db):
    product = ProductFactory()

    change(product, open_conditions=["stage"])
    assert "stage" not in draft_of(product).undisclosed
    change(product, undisclosed=["stage"])
    assert draft_of(product).open_conditions == []


def test_withdrawing_a_statement_makes_the_condition_undisclosed_at_publication(db):
    product = ProductFactory(draft=True, stages=["seed"])

    change(product, stages=None)

    assert content_of(draft_of(product))["undisclosed"] == []
    assert "stage" in ProductFactory(stages=None).current_version.undisclosed


def test_becoming_equity_drops_what_only_loans_withhold(db):
    product = ProductFactory()

    change(product, financing_type="equity")

    assert not LENDING_ONLY & {*draft_of(product).undisclosed}


def test_withholding_what_was_stated_before_is_refused_until_the_value_goes(db):
    product = ProductFactory(annual_rate_min=0.0385)

    with pytest.raises(InvalidInput) as error:
        change(product, undisclosed=["rate"])
    assert problem_of(error) == [("undisclosed", "stated_and_undisclosed")]
    change(product, undisclosed=["rate"], annual_rate_min=None)
    assert draft_of(product).undisclosed == ["rate"]


def test_a_product_that_withholds_its_type_is_created_without_one(db):
    product = create_product(
        actor=None,
        institution=OrganizationFactory(bank=True),
        values={"name": "创客贷", "undisclosed": ["financing_type"]},
    )

    assert draft_of(product).financing_type is None
