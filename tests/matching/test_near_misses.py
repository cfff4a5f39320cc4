"""What a near miss promises comes true once its changes are applied."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings

from matching import Matcher
from matching.schema import Firm, Need, Product, Term
from tests.matching.changing import apply_changes, match_of
from tests.matching.strategies import AS_OF, FIRMS, catalogues, needs

OPEN = catalogues(is_open=True)


def near_misses(catalogue, firm, need):
    """Return the products that are near misses, each with its changes."""
    by_code = {product.code: product for product in catalogue}
    misses = Matcher(catalogue).match(need, firm, as_of=AS_OF).near_misses
    return [(by_code[miss.product], miss) for miss in misses]


@settings(max_examples=200)
@given(catalogue=OPEN, firm=FIRMS, need=needs())
def test_applying_all_changes_ends_the_ineligibility_with_the_score_foretold(catalogue, firm, need):
    for product, miss in near_misses(catalogue, firm, need):
        match = match_of(product, *apply_changes(miss, product, firm, need))
        assert match is not None
        waits = any(change.kind == "wait" for change in miss.changes)
        # Waiting changes the day and nothing else; here the firm is made older instead, and
        # an inferred stage may follow its age.
        if not waits or firm.stage is not None:
            assert match.score == miss.score


@settings(max_examples=100)
@given(catalogue=OPEN, firm=FIRMS, need=needs())
def test_no_change_of_a_near_miss_is_superfluous(catalogue, firm, need):
    for product, miss in near_misses(catalogue, firm, need):
        for field in {change.field for change in miss.changes}:
            others = tuple(change for change in miss.changes if change.field != field)
            partly = replace(miss, changes=others)
            assert match_of(product, *apply_changes(partly, product, firm, need)) is None


GROWING = Firm(uscc="F1", name="演示企业", founded_on=date(2023, 1, 1), revenue_yuan=4_000_000)
NEED = Need(code="N1", firm="F1", amount_max_yuan=9_000_000, term_min_months=36)
PRODUCT = Product(code="P1", institution="B1", name="科创贷", financing_type="credit_loan")
LARGE_REVENUE = Term(field="revenue_yuan", op=">=", value=300_000_000)


@pytest.mark.parametrize(
    "condition",
    [
        {"terms": (LARGE_REVENUE,), "stages": ("mature",)},
        {"terms": (LARGE_REVENUE,), "stages": ("startup",)},
        {"terms": (LARGE_REVENUE,), "stage_focus": ("mature",)},
        {"amount_max_yuan": 5_000_000},
        {"amount_min_yuan": 10_000_000},
        {"term_max_months": 12},
    ],
    ids=str,
)
def test_the_score_foretold_is_that_of_the_changed_firm_and_need(condition):
    product = replace(PRODUCT, **condition)
    (miss,) = Matcher([product]).match(NEED, GROWING, as_of=AS_OF).near_misses
    match = match_of(product, *apply_changes(miss, product, GROWING, NEED))
    assert match.score == miss.score


def test_one_qualification_serves_both_conditions():
    lists = {"qualifications_all": ("srdi", "high_tech"), "qualifications_any": ("gazelle", "srdi")}
    firm = replace(GROWING, qualifications=())
    (miss,) = Matcher([replace(PRODUCT, **lists)]).match(NEED, firm, as_of=AS_OF).near_misses
    assert [(change.criterion, change.to_value) for change in miss.changes] == [
        ("qualifications_all", ("high_tech", "srdi")),
        ("qualifications_any", ("srdi",)),
    ]


def test_few_changes_stand_first_then_easy_kinds_then_high_scores_then_codes():
    adjust, attain = {"amount_max_yuan": 5_000_000}, {"terms": (LARGE_REVENUE,)}
    wait, quick = {"firm_age_min_months": 120}, {"approval_days": 1}
    catalogue = {
        "A-two": {**adjust, "term_max_months": 12},
        "B-attain": attain,
        "C-wait": wait,
        "D-adjust": adjust,
        "E-adjust-quick": {**adjust, **quick},
        "F-adjust-and-attain": {**adjust, **attain},
        "G-adjust": adjust,
    }
    products = [replace(PRODUCT, code=code, **own) for code, own in catalogue.items()]
    firm = replace(GROWING, stage="growth")
    misses = Matcher(products).match(NEED, firm, as_of=AS_OF).near_misses
    assert [miss.product for miss in misses] == [
        "E-adjust-quick",
        "D-adjust",
        "G-adjust",
        "C-wait",
        "B-attain",
        "A-two",
        "F-adjust-and-attain",
    ]
