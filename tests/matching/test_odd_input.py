"""Input at the edge of what the records allow."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from matching import Matcher, load_parameters, rank_exchange
from matching.errors import InputError
from matching.schema import Exchange, Firm, Need, Product, Qualification, Term
from matching.vocabulary import CRITERIA

AS_OF = date(2026, 11, 23)
FIRM = Firm(uscc="F1", name="演示企业")
NEED = Need(code="N1", firm="F1")
PRODUCT = Product(code="P1", institution="B1", name="科创贷", financing_type="credit_loan")


def only_match(product, firm=FIRM, need=NEED, as_of=AS_OF):
    (match,) = Matcher([product]).match(need, firm, as_of=as_of).matches
    return match


def test_an_empty_catalogue_answers_with_nothing():
    matcher = Matcher([])
    result = matcher.match(NEED, FIRM, as_of=AS_OF)
    assert (result.matches, result.near_misses, result.questions) == ((), (), ())
    assert matcher.shortlist(NEED, FIRM, as_of=AS_OF).products == ()


def test_a_file_whose_need_names_no_known_firm_is_refused():
    file = Exchange(as_of=AS_OF, products=(PRODUCT,), needs=(NEED,))
    with pytest.raises(InputError) as refusal:
        rank_exchange(file, as_of=AS_OF)
    (fault,) = refusal.value.faults
    assert (fault.where, fault.row, fault.field, fault.value) == ("needs", 1, "firm", "F1")


def test_a_product_that_hides_everything_is_to_confirm_for_whoever_asks():
    product = replace(PRODUCT, financing_type=None, undisclosed=frozenset(CRITERIA))
    match = only_match(product)
    assert match.verdict == "to_confirm"
    assert {criterion.code for criterion in match.criteria} == set(CRITERIA)
    assert {(c.outcome, c.required) for c in match.criteria} == {("unknown", None)}
    result = Matcher([product]).match(NEED, FIRM, as_of=AS_OF)
    assert {question.asks for question in result.questions} == {"institution"}


def test_a_product_that_hides_everything_scores_nothing():
    product = replace(PRODUCT, financing_type=None, undisclosed=frozenset(CRITERIA))
    firm = replace(FIRM, region="220102", industry="C39", stage="seed", tech_fields=("energy",))
    need = replace(NEED, amount_max_yuan=5, term_max_months=12, purposes=("research",))
    assert only_match(product, firm, need).score == 0.0


def test_an_eligible_product_stands_before_a_better_one_that_is_to_confirm():
    hidden = frozenset({"terms"})
    better = replace(PRODUCT, code="P0", green_quota=True, approval_days=1, annual_rate_min=0.02)
    matcher = Matcher([PRODUCT, replace(better, undisclosed=hidden)])
    matches = matcher.match(NEED, FIRM, as_of=AS_OF).matches
    assert [match.product for match in matches] == ["P1", "P0"]
    assert matches[0].score < matches[1].score


def test_equal_scores_stand_in_order_of_code_point():
    codes = ["P10", "P2", "p1", "产品", "P1", "A-1"]
    matcher = Matcher([replace(PRODUCT, code=code) for code in codes])
    matches = matcher.match(NEED, FIRM, as_of=AS_OF).matches
    assert [match.product for match in matches] == ["A-1", "P1", "P10", "P2", "p1", "产品"]


def test_lending_criteria_do_not_exist_for_equity_even_undisclosed():
    hidden = frozenset({"term", "rate", "collateral"})
    product = replace(PRODUCT, financing_type="equity", undisclosed=hidden)
    match = only_match(product, need=replace(NEED, max_annual_rate=0.01))
    assert (match.verdict, match.criteria) == ("eligible", ())


@pytest.mark.parametrize(("day", "count"), [(date(1, 1, 1), 0), (date(9999, 12, 31), 1)])
def test_any_day_of_the_calendar_can_be_asked_for(day, count):
    firm = replace(FIRM, founded_on=AS_OF)
    product = replace(PRODUCT, firm_age_min_months=12_000)
    assert len(Matcher([product]).match(NEED, firm, as_of=day).matches) == count


def test_a_firm_that_is_never_old_enough_is_no_near_miss():
    firm = replace(FIRM, founded_on=date(9990, 1, 1))
    product = replace(PRODUCT, firm_age_min_months=12_000)
    result = Matcher([product]).match(NEED, firm, as_of=AS_OF)
    assert (result.matches, result.near_misses) == ((), ())


@pytest.mark.parametrize("founded_on", [date(2027, 3, 31), date(2027, 1, 1), date(2028, 2, 29)])
@pytest.mark.parametrize("months", [0, 1, 2])
def test_a_firm_of_the_future_waits_for_the_first_day_that_is_enough(founded_on, months):
    firm, product = (
        replace(FIRM, founded_on=founded_on),
        replace(PRODUCT, firm_age_min_months=months),
    )
    matcher = Matcher([product])
    (miss,) = matcher.match(NEED, firm, as_of=AS_OF).near_misses
    day = miss.changes[0].to_value
    assert matcher.match(NEED, firm, as_of=day).matches
    assert not matcher.match(NEED, firm, as_of=day - timedelta(days=1)).matches


def test_waiting_ends_the_day_before_the_product_closes():
    firm = replace(FIRM, founded_on=AS_OF - timedelta(days=20))
    product = replace(PRODUCT, firm_age_min_months=1)
    day = date(2026, 12, 3)
    for closes, count in ((day, 0), (day + timedelta(days=1), 1), (None, 1)):
        matcher = Matcher([replace(product, valid_until=closes)])
        misses = matcher.match(NEED, firm, as_of=AS_OF).near_misses
        assert [miss.changes[0].to_value for miss in misses] == [day] * count


def test_nothing_asked_is_covered_by_anything():
    match = only_match(replace(PRODUCT, amount_max_yuan=0), need=replace(NEED, amount_max_yuan=0))
    assert match.verdict == "eligible"
    assert {part.code: part.value for part in match.components}["amount_cover"] == 1.0


def test_lists_of_any_length_and_unknown_codes_are_compared():
    many = tuple(f"Q{number:03d}" for number in range(200))
    firm = replace(FIRM, qualifications=tuple(Qualification(code=code) for code in many[:-1]))
    product = replace(PRODUCT, qualifications_all=many, qualifications_any=many)
    (miss,) = Matcher([product]).match(NEED, firm, as_of=AS_OF).near_misses
    (change,) = miss.changes
    assert (change.criterion, change.to_value) == ("qualifications_all", ("Q199",))


def test_identical_terms_are_one_criterion_and_different_values_two():
    terms = tuple(Term(field="employees", op=">=", value=value) for value in (5, 5, 9))
    match = only_match(replace(PRODUCT, terms=terms), firm=replace(FIRM, employees=9))
    assert [criterion.required for criterion in match.criteria] == [5, 9]
    assert {criterion.code for criterion in match.criteria} == {"term:employees:>="}


def test_both_values_that_were_compared_are_reported():
    product = replace(
        PRODUCT, amount_max_yuan=5, annual_rate_min=0.03, regions=("220000",), stages=("seed",)
    )
    firm = replace(FIRM, region="220102", stage="seed")
    need = replace(NEED, amount_max_yuan=4, max_annual_rate=0.04)
    match = only_match(product, firm, need)
    compared = {c.code: (c.required, c.actual) for c in match.criteria}
    assert compared == {
        "stage": (("seed",), "seed"),
        "amount": ((None, 5), (4, 4)),
        "rate": (0.03, 0.04),
        "region": (("220000",), "220102"),
    }


def test_other_parameters_give_other_scores_and_another_version():
    mine = replace(load_parameters(AS_OF), version="mine", any_stage=0.0)
    matcher = Matcher([PRODUCT], parameters=mine)
    assert matcher.versions["parameters"] == "mine"
    (match,) = matcher.match(NEED, FIRM, as_of=AS_OF).matches
    assert match.score < only_match(PRODUCT).score


def test_results_name_library_parameters_and_vocabulary():
    assert set(Matcher([]).versions) == {"library", "parameters", "text_vocabulary"}
