"""What a product's content may say; each refusal names the field, the value, what is right."""

from datetime import date
from decimal import Decimal

import pytest

from backend.common.errors import InvalidInput
from tests.factories.catalogue import ProductFactory
from tests.factories.organizations import OrganizationFactory
from tests.factories.reference import IndustryFactory, RegionFactory

REVENUE = {"field": "revenue_yuan", "op": ">=", "value": 5_000_000}


def refusals(**values):
    with pytest.raises(InvalidInput) as error:
        ProductFactory(draft=True, **values)
    return {problem.field: problem for problem in error.value.problems}


@pytest.mark.parametrize(
    ("values", "field", "code", "says"),
    [
        ({"name": " "}, "name", "required", "产品名称"),
        ({"name": "长" * 201}, "name", "too_long", "200"),
        ({"name": "空\0字符"}, "name", "invalid_text", "NUL"),
        ({"name": 7}, "name", "wrong_type", "7"),
        ({"description": "字" * 4_001}, "description", "too_long", "4000"),
        ({"financing_type": "loan"}, "financing_type", "unknown_code", "credit_loan"),
        ({"financing_type": ["equity"]}, "financing_type", "unknown_code", "equity"),
        ({"stages": ["seed", "old"]}, "stages", "unknown_code", "growth"),
        ({"stages": "seed"}, "stages", "wrong_type", "seed"),
        ({"stages": [1]}, "stages", "wrong_type", "列表"),
        ({"stages": ["seed", "seed"]}, "stages", "duplicate_code", "多次"),
        ({"amount_max_yuan": -1}, "amount_max_yuan", "out_of_range", "-1"),
        ({"amount_max_yuan": 10**400}, "amount_max_yuan", "out_of_range", "10000000000000"),
        ({"amount_max_yuan": 1.5}, "amount_max_yuan", "wrong_type", "1.5"),
        ({"amount_max_yuan": True}, "amount_max_yuan", "wrong_type", "True"),
        (
            {"amount_min_yuan": 9, "amount_max_yuan": 8},
            "amount_min_yuan",
            "min_above_max",
            "amount_max_yuan",
        ),
        ({"term_min_months": 24, "term_max_months": 12}, "term_min_months", "min_above_max", "24"),
        (
            {"annual_rate_min": 0.05, "annual_rate_max": 0.04},
            "annual_rate_min",
            "min_above_max",
            "0.04",
        ),
        (
            {"firm_age_min_months": 60, "firm_age_max_months": 12},
            "firm_age_min_months",
            "min_above_max",
            "60",
        ),
        ({"annual_rate_min": 3.85}, "annual_rate_min", "out_of_range", "0.0385"),
        ({"annual_rate_min": -0.01}, "annual_rate_min", "out_of_range", "-0.01"),
        ({"annual_rate_min": "3.85%"}, "annual_rate_min", "wrong_type", "3.85%"),
        ({"annual_rate_min": float("nan")}, "annual_rate_min", "wrong_type", "nan"),
        ({"annual_rate_min": 0.03850001}, "annual_rate_min", "too_precise", "6"),
        ({"regions": ["999999"]}, "regions", "unknown_code", "999999"),
        ({"industries": ["X99"]}, "industries", "unknown_code", "X99"),
        ({"industries_excluded": ["C3"]}, "industries_excluded", "unknown_code", "C3"),
        ({"industries": ["C39761"]}, "industries", "unknown_code", "C39761"),
        ({"green_quota": "是"}, "green_quota", "wrong_type", "是"),
        ({"valid_from": "2026-13-01"}, "valid_from", "wrong_type", "2026-13-01"),
        (
            {"valid_from": date(2027, 1, 1), "valid_until": date(2027, 1, 1)},
            "valid_until",
            "period_empty",
            "2027-01-01",
        ),
        ({"variant_of": "nothing"}, "variant_of", "unknown_product", "nothing"),
        ({"variant_of": 3}, "variant_of", "wrong_type", "3"),
        ({"rate": 0.03}, "rate", "unknown_field", "rate"),
    ],
)
def test_a_wrong_value_is_refused_by_field(db, values, field, code, says):
    IndustryFactory(code="C39")
    problem = refusals(**values)[field]

    assert problem.code == code
    assert says in problem.message


@pytest.mark.parametrize(
    ("entry", "path", "code"),
    [
        ("revenue", "terms.0", "wrong_type"),
        ({"field": "revenue_yuan", "op": ">="}, "terms.0", "wrong_type"),
        (REVENUE | {"why": "x"}, "terms.0", "wrong_type"),
        (REVENUE | {"field": "profit"}, "terms.0.field", "unknown_code"),
        (REVENUE | {"field": ["revenue_yuan"]}, "terms.0.field", "unknown_code"),
        (REVENUE | {"op": "=>"}, "terms.0.op", "unknown_code"),
        (REVENUE | {"op": []}, "terms.0.op", "unknown_code"),
        (REVENUE | {"value": "500万"}, "terms.0.value", "wrong_type"),
        (REVENUE | {"value": True}, "terms.0.value", "wrong_type"),
        (REVENUE | {"value": 1.5}, "terms.0.value", "not_whole"),
        (REVENUE | {"value": -1}, "terms.0.value", "out_of_range"),
        (REVENUE | {"value": float("nan")}, "terms.0.value", "out_of_range"),
        ({"field": "debt_ratio", "op": "<=", "value": 70}, "terms.0.value", "out_of_range"),
        (REVENUE | {"op": "in"}, "terms.0.value", "wrong_type"),
        (REVENUE | {"op": "in", "value": []}, "terms.0.value", "wrong_type"),
        (
            {"field": "taxpayer_rating", "op": ">=", "value": "B"},
            "terms.0.op",
            "unknown_code",
        ),
        (
            {"field": "taxpayer_rating", "op": "in", "value": ["A", "Z"]},
            "terms.0.value",
            "unknown_code",
        ),
        ({"field": "taxpayer_rating", "op": "==", "value": 1}, "terms.0.value", "wrong_type"),
        ({"field": "incubator", "op": "==", "value": "nowhere"}, "terms", "unknown_code"),
    ],
)
def test_a_wrong_further_condition_is_refused_by_its_place(db, entry, path, code):
    assert refusals(terms=[entry])[path].code == code


def test_every_fault_is_told_at_once(db):
    found = refusals(name="", annual_rate_min=3.85, stages=["old"], terms=[{}])

    assert {*found} == {"name", "annual_rate_min", "stages", "terms.0"}


def test_content_is_stored_in_the_order_of_its_vocabulary_and_once(db):
    RegionFactory(code="220102")
    IndustryFactory(code="C39")
    incubator = OrganizationFactory(incubator=True)
    losses = {"field": "net_profit_yuan", "op": ">=", "value": -500_000}

    version = ProductFactory(
        stages=["mature", "seed"],
        regions=["220102", "220100"],
        industries=["C3976", "C39"],
        annual_rate_min=Decimal("0.0385"),
        terms=[
            REVENUE,
            losses,
            REVENUE | {"value": 5_000_000.0},
            {"field": "taxpayer_rating", "op": "in", "value": ["B", "A", "B"]},
            {"field": "incubator", "op": "==", "value": incubator.code},
            {"field": "debt_ratio", "op": "<=", "value": 0.7},
        ],
    ).current_version

    version.refresh_from_db()
    assert version.stages == ["seed", "mature"]
    assert version.regions == ["220100", "220102"]
    assert version.industries == ["C39", "C3976"]
    assert version.annual_rate_min == Decimal("0.0385")
    assert version.terms == [
        REVENUE,
        losses,
        {"field": "taxpayer_rating", "op": "in", "value": ["A", "B"]},
        {"field": "incubator", "op": "==", "value": incubator.code},
        {"field": "debt_ratio", "op": "<=", "value": 0.7},
    ]


def test_a_variant_is_of_the_same_units_product_or_of_an_upper_units(db):
    main = ProductFactory(code="main")
    bank = main.institution
    branch = OrganizationFactory(bank=True, parent=bank)

    for institution in (bank, branch):
        variant = ProductFactory(institution=institution, variant_of="main")
        assert variant.current_version.variant_of == main
    ProductFactory(institution=branch, code="lower")
    assert refusals(institution=bank, variant_of="lower")["variant_of"].code == "unknown_product"
    assert refusals(variant_of="main")["variant_of"].code == "unknown_product"
