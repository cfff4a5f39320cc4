"""The six properties of the ranking (semantics, section 5)."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from matching import Matcher, rank_exchange
from matching.eligibility.stage import assess_stage
from matching.parameters import COMPONENTS, load_parameters
from matching.schema import Exchange, Firm, Need, Product
from tests.matching.changing import (
    fitting_conditions,
    fitting_facts,
    match_of,
    outcomes_of,
)
from tests.matching.strategies import AS_OF, FIRMS, STAGES, catalogues, needs

PARAMETERS = load_parameters(AS_OF)
OPEN = catalogues(is_open=True)


def matched(catalogue, firm, need):
    """Return the products that match, each with its match."""
    by_code = {product.code: product for product in catalogue}
    matches = Matcher(catalogue).match(need, firm, as_of=AS_OF).matches
    return [(by_code[match.product], match) for match in matches]


@given(catalogue=catalogues(), firms=st.lists(FIRMS, max_size=2), wish=needs(), data=st.data())
def test_the_order_of_the_input_changes_nothing(catalogue, firms, wish, data):
    firms = tuple(replace(firm, uscc=f"F{number}") for number, firm in enumerate(firms))
    wishes = tuple(replace(wish, code=f"N-{firm.uscc}", firm=firm.uscc) for firm in firms)
    one = Exchange(as_of=AS_OF, products=catalogue, firms=firms, needs=wishes)
    other = Exchange(
        as_of=AS_OF,
        products=tuple(data.draw(st.permutations(catalogue))),
        firms=firms[::-1],
        needs=wishes[::-1],
    )
    first, second = (repr(rank_exchange(file, as_of=AS_OF)) for file in (one, other))
    assert first == second


@given(catalogue=catalogues(), firm=FIRMS, need=needs(), data=st.data())
def test_criteria_without_a_ranking_are_those_of_the_match(catalogue, firm, need, data):
    matcher = Matcher(catalogue)
    codes = [product.code for product in catalogue]
    asked = data.draw(st.sets(st.sampled_from([*codes, "unknown"])))
    found = matcher.criteria(need, firm, as_of=AS_OF, products=asked)
    matches = matcher.match(need, firm, as_of=AS_OF).matches
    assert found == {one.product: one.criteria for one in matches if one.product in asked}


@given(catalogue=catalogues(), firm=FIRMS, need=needs())
def test_a_pair_scores_the_same_bits_alone_and_among_others(catalogue, firm, need):
    together = Matcher(catalogue).match(need, firm, as_of=AS_OF)
    by_code = {product.code: product for product in catalogue}
    for match in together.matches:
        alone = match_of(by_code[match.product], firm, need)
        assert alone == replace(match, rank=1)
    for miss in together.near_misses:
        alone = Matcher([by_code[miss.product]]).match(need, firm, as_of=AS_OF)
        assert alone.near_misses == (miss,)


def improvements(product, firm, need, stage):
    """Return better offers than the product, all else equal."""
    better = {
        "green_quota": True,
        "green_approval": True,
        "green_disbursement": True,
        "approval_days": 20 if product.approval_days is None else product.approval_days // 2,
    }
    found = [{field: value} for field, value in better.items()]
    if product.annual_rate_min is not None:
        found.append({"annual_rate_min": product.annual_rate_min / 2})
        found.append({"annual_rate_max": product.annual_rate_min})
    for field in ("amount_max_yuan", "term_max_months"):
        limit = getattr(product, field)
        if limit is not None:
            found += [{field: limit + 7}, {field: limit * 3}]
    if stage:
        found.append({"stage_focus": (*(product.stage_focus or ()), stage)})
    for criterion, condition in fitting_conditions(firm, need, stage).items():
        is_free = all(getattr(product, field) in {None, ()} for field in condition)
        if is_free and criterion not in product.undisclosed:
            found.append(condition)
    return found


@settings(max_examples=150)
@given(catalogue=OPEN, firm=FIRMS, need=needs())
def test_a_better_offer_never_scores_lower(catalogue, firm, need):
    stage = assess_stage(firm, as_of=AS_OF, parameters=PARAMETERS).stage
    for product, before in matched(catalogue, firm, need):
        offers = improvements(product, firm, need, stage)
        better = [
            replace(product, code=f"{number}", **offer) for number, offer in enumerate(offers)
        ]
        after = Matcher(better).match(need, firm, as_of=AS_OF).matches
        assert len(after) == len(offers)
        for match in after:
            assert match.score >= before.score, offers[int(match.product)]


@given(catalogue=OPEN, firm=FIRMS, need=needs())
def test_made_for_the_stage_never_scores_below_made_for_any_stage(catalogue, firm, need):
    stage = assess_stage(firm, as_of=AS_OF, parameters=PARAMETERS).stage
    assume(stage is not None)
    made_for_it = [
        {"stages": (stage,), "stage_focus": None},
        {"stages": (stage,), "stage_focus": ("seed",)},
        {"stages": None, "stage_focus": (stage,)},
        {"stages": None, "stage_focus": STAGES},
    ]
    for_any_stage = [
        replace(product, stages=None, stage_focus=None, undisclosed=product.undisclosed - {"stage"})
        for product in catalogue
    ]
    for product, before in matched(for_any_stage, firm, need):
        for own in made_for_it:
            assert match_of(replace(product, **own), firm, need).score >= before.score


@settings(max_examples=150)
@given(catalogue=OPEN, firm=FIRMS, need=needs())
def test_an_unknown_fact_that_turns_out_met_never_lowers_the_place(catalogue, firm, need):
    for product, before in matched(catalogue, firm, need):
        facts = fitting_facts(product)
        for question in Matcher([product]).match(need, firm, as_of=AS_OF).questions:
            if question.asks == "institution":
                continue
            owner, value = facts[question.field]
            if owner == "firm":
                check_place(before, product, replace(firm, **{question.field: value}), need)
            else:
                check_place(before, product, firm, replace(need, **{question.field: value}))


@given(catalogue=OPEN, firm=FIRMS, need=needs())
def test_declaring_the_stage_never_lowers_the_place_where_it_fits(catalogue, firm, need):
    firm = replace(firm, stage=None)
    for product, before in matched(catalogue, firm, need):
        inferred = assess_stage(firm, as_of=AS_OF, parameters=PARAMETERS)
        for stage in (inferred.stage,) if inferred.settled else STAGES:
            check_place(before, product, replace(firm, stage=stage), need)


@given(catalogue=OPEN, firm=FIRMS, need=needs())
def test_an_unknown_criterion_has_a_component_of_zero(catalogue, firm, need):
    components = {
        "amount": "amount_cover",
        "region": "region_closeness",
        "industry": "industry_focus",
        "tech_field": "tech_field",
        "purpose": "purpose",
        "qualifications_all": "qualifications",
        "qualifications_any": "qualifications",
    }
    for _, match in matched(catalogue, firm, need):
        values = {part.code: part.value for part in match.components}
        for criterion in match.criteria:
            if criterion.outcome == "unknown" and criterion.code in components:
                assert values[components[criterion.code]] == 0.0


@pytest.mark.parametrize("financing_type", ["credit_loan", "equity", "subsidy", "leasing"])
@pytest.mark.parametrize("rate", [None, 0.02, 0.06, 0.2])
def test_disclosing_the_type_never_lowers_the_place(financing_type, rate):
    hidden = Product(
        code="P1",
        institution="B1",
        name="科创贷",
        financing_type=None,
        undisclosed=frozenset({"financing_type"}),
        term_max_months=12,
        collateral=("patent",),
        annual_rate_min=rate,
    )
    firm = Firm(uscc="F1", name="演示企业", stage="growth")
    need = Need(code="N1", firm="F1", term_min_months=6, term_max_months=24, collateral=("patent",))
    open_product = replace(hidden, financing_type=financing_type, undisclosed=frozenset())
    check_place(match_of(hidden, firm, need), open_product, firm, need)


@settings(max_examples=150)
@given(catalogue=OPEN, firm=FIRMS, need=needs())
def test_an_undisclosed_condition_that_turns_out_met_never_lowers_the_place(catalogue, firm, need):
    stage = assess_stage(firm, as_of=AS_OF, parameters=PARAMETERS).stage
    fitting = fitting_conditions(firm, need, stage)
    fitting["rate"] = {"annual_rate_min": min(need.max_annual_rate or 0.5, 0.5)}
    fitting["financing_type"] = {"financing_type": (need.financing_types or ("equity",))[0]}
    for product, before in matched(catalogue, firm, need):
        for criterion in product.undisclosed & set(fitting):
            rest = product.undisclosed - {criterion}
            disclosed = replace(product, undisclosed=rest, **fitting[criterion])
            check_place(before, disclosed, firm, need)


def check_place(before, product, firm, need):
    """Hold the place of a pair against an earlier one, if unknowns only turned into met."""
    after = match_of(product, firm, need)
    if after is None:
        return
    now = outcomes_of(after)
    lost = [
        key
        for key, outcome in outcomes_of(before).items()
        if outcome == "met" and now.get(key, "met") != "met"
    ]
    if lost:
        return
    assert (after.verdict == "eligible") >= (before.verdict == "eligible")
    assert after.score >= before.score


@given(catalogue=catalogues(), firm=FIRMS, need=needs())
def test_every_score_explains_itself(catalogue, firm, need):
    for match in Matcher(catalogue).match(need, firm, as_of=AS_OF).matches:
        assert tuple(part.code for part in match.components) == COMPONENTS
        assert all(0.0 <= part.value <= 1.0 for part in match.components)
        assert all(part.contribution == part.weight * part.value for part in match.components)
        assert math.isclose(sum(part.weight for part in match.components), 1.0, abs_tol=1e-12)
        added = math.fsum(part.contribution for part in match.components)
        assert math.isclose(added, match.score, rel_tol=0.0, abs_tol=1e-9)
        assert 0.0 <= match.score <= 1.0
