"""The compiled engine gives what the plain one gives, to the last bit."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Matcher, by_institution, by_product, load_parameters
from matching.bulk import BulkMatcher, hold_needs
from matching.exchange import parse_exchange
from matching.ranking import batch
from matching.ranking.batch import name_lists
from matching.ranking.held import HeldRanking
from matching.schema import Firm, Need, Product, Qualification, Term
from tests.benchmarks.workload import exchange
from tests.matching.strategies import AS_OF, FIRMS, catalogues, needs


def many(firms, wishes):
    """Give each wish a firm and a code of its own."""
    return [
        (replace(wish, code=f"N{number:03d}", firm=f"F{number}"), replace(firm, uscc=f"F{number}"))
        for number, (firm, wish) in enumerate(zip(firms, wishes, strict=False))
    ]


@settings(max_examples=300)
@given(
    catalogue=catalogues(most=8),
    firms=st.lists(FIRMS, max_size=6),
    wishes=st.lists(needs(), max_size=6),
    top=st.sampled_from((0, 1, 3, 100)),
)
def test_lists_are_those_of_the_plain_engine(catalogue, firms, wishes, top):
    pairs = many(firms, wishes)
    matcher = Matcher(catalogue)
    bulk = BulkMatcher(catalogue, as_of=AS_OF)
    ranked = bulk.rank(bulk.encode(hold_needs(pairs, as_of=AS_OF)), top=top)
    expected = [matcher.shortlist(need, firm, as_of=AS_OF, top=top) for need, firm in pairs]
    found = list(name_lists(ranked.needs, ranked.products, ranked.result.by_need))
    assert found == expected


def bulk_ranked(catalogue, pairs, **options):
    bulk = BulkMatcher(catalogue, as_of=AS_OF)
    return bulk.rank(bulk.encode(hold_needs(pairs, as_of=AS_OF)), **options)


def group_lists(ranked):
    """Return the pairs of each group by name, with verdict and score."""
    lists = ranked.result.by_group
    return {
        name: [
            (
                ranked.needs[lists.needs[row, place]],
                ranked.products[lists.products[row, place]],
                "eligible" if lists.is_eligible[row, place] else "to_confirm",
                lists.scores[row, place],
            )
            for place in range(lists.lengths[row])
        ]
        for row, name in enumerate(ranked.groups)
        if lists.lengths[row]
    }


@settings(max_examples=150)
@given(
    catalogue=catalogues(most=8),
    firms=st.lists(FIRMS, max_size=6),
    wishes=st.lists(needs(), max_size=6),
    top=st.sampled_from((0, 1, 2, 100)),
    group_top=st.sampled_from((1, 2, 60)),
)
def test_the_lender_side_is_that_of_the_plain_engine(catalogue, firms, wishes, top, group_top):
    pairs = many(firms, wishes)
    results = [Matcher(catalogue).match(need, firm, as_of=AS_OF) for need, firm in pairs]
    for group_by, expected in (
        ("product", by_product(results, top=group_top)),
        ("institution", by_institution(results, catalogue, top=group_top)),
    ):
        ranked = bulk_ranked(catalogue, pairs, top=top, group_by=group_by, group_top=group_top)
        assert group_lists(ranked) == {
            code: [(match.need, match.product, match.verdict, match.score) for match in matches]
            for code, matches in expected.items()
        }


def workload(needs_count, products_count):
    parsed = parse_exchange(exchange(needs=needs_count, products=products_count))
    firms = {firm.uscc: firm for firm in parsed.firms}
    return parsed.products, [(need, firms[need.firm]) for need in parsed.needs]


def as_bytes(ranked):
    """Return everything that a batch found, to the last bit."""
    result = ranked.result
    arrays = [result.eligible, result.to_confirm]
    for lists in (result.by_need, result.by_group):
        arrays += [lists.lengths, lists.keys, lists.products]
    return b"".join(array.tobytes() for array in (*arrays, result.by_group.needs))


def test_threads_and_the_order_of_the_input_change_not_a_bit():
    products, pairs = workload(700, 130)
    options = {"top": 20, "group_by": "institution", "group_top": 100}
    first = as_bytes(bulk_ranked(products, pairs, threads=1, **options))
    # Shares so small that threads take turns on every group.
    share = batch._SHARE
    batch._SHARE = 16
    try:
        rng = random.Random(5)
        for threads in (1, 2, 3):
            shuffled = rng.sample(products, len(products)), rng.sample(pairs, len(pairs))
            assert as_bytes(bulk_ranked(*shuffled, threads=threads, **options)) == first
    finally:
        batch._SHARE = share


def test_a_workload_gets_the_lists_of_the_plain_engine():
    products, pairs = workload(300, 200)
    matcher = Matcher(products)
    for top in (20, 200):
        ranked = bulk_ranked(products, pairs, top=top)
        found = name_lists(ranked.needs, ranked.products, ranked.result.by_need)
        for shortlist, (need, firm) in zip(found, pairs, strict=True):
            assert shortlist == matcher.shortlist(need, firm, as_of=AS_OF, top=top)
        whole = [matcher.shortlist(need, firm, as_of=AS_OF) for need, firm in pairs]
        assert ranked.result.eligible.tolist() == [s.verdicts.count("eligible") for s in whole]
        assert ranked.result.to_confirm.tolist() == [s.verdicts.count("to_confirm") for s in whole]


FIRM = Firm(uscc="F1", name="演示企业")
NEED = Need(code="N1", firm="F1")
PRODUCT = Product(code="P", institution="B1", name="科创贷", financing_type="credit_loan")


def agrees(products, pairs, top=1_000):
    """Say whether both engines give the same lists; return how long the first one is."""
    matcher = Matcher(products)
    ranked = bulk_ranked(products, pairs, top=top)
    found = list(name_lists(ranked.needs, ranked.products, ranked.result.by_need))
    assert found == [matcher.shortlist(need, firm, as_of=AS_OF, top=top) for need, firm in pairs]
    return len(found[0].products)


def copies(count, **values):
    return [replace(PRODUCT, code=f"P{number:05d}", **values) for number in range(count)]


def test_equal_scores_across_thousands_of_products_stand_in_order_of_code():
    assert agrees(copies(3_000), [(NEED, FIRM)], top=20) == 20
    assert agrees(copies(3_000), [(NEED, FIRM)], top=5_000) == 3_000


def test_a_need_that_matches_nothing_has_an_empty_list():
    assert agrees(copies(70, stages=("seed",)), [(NEED, replace(FIRM, stage="mature"))]) == 0


@pytest.mark.parametrize("products", [[], [replace(PRODUCT, published=False)]])
def test_a_catalogue_without_open_products_gives_empty_lists(products):
    assert agrees(products, [(NEED, FIRM)]) == 0


def test_more_than_64_qualifications_and_5000_regions_are_compared():
    many_codes = tuple(f"Q{number:03d}" for number in range(200))
    regions = tuple(f"{number:06d}" for number in range(100_001, 105_001))
    products = [
        *copies(3, qualifications_all=many_codes, regions=regions),
        replace(PRODUCT, code="X", qualifications_any=many_codes[100:], regions=regions),
    ]
    held = tuple(Qualification(code=code) for code in many_codes)
    firms = [
        replace(FIRM, region="103000", qualifications=held),
        replace(FIRM, region="103000", qualifications=held[:150]),
        replace(FIRM, region="100000", qualifications=held[:50]),
        replace(FIRM, region="999999", qualifications=None),
    ]
    assert agrees(products, many(firms, [NEED] * 4)) == 4


STRANGE = (math.nan, math.inf, -math.inf, -1, 0, 10**400, -(10**400), 2**53 + 1, 0.1, 1e308)


@pytest.mark.parametrize("op", [">=", "<=", ">", "<", "==", "!=", "in", "not_in"])
def test_figures_that_are_no_numbers_or_too_large_for_floats_compare_as_python_does(op):
    firms = [replace(FIRM, revenue_yuan=value) for value in STRANGE]
    pairs = many(firms, [NEED] * len(firms))
    for limit in STRANGE:
        value = (limit, 7) if op in {"in", "not_in"} else limit
        terms = (Term(field="revenue_yuan", op=op, value=value),)
        products = [replace(PRODUCT, terms=terms), replace(PRODUCT, code="Q")]
        agrees(products, pairs)
        check_held(products, pairs)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -1.0, 0.0])
def test_rates_and_caps_beyond_sense_have_a_defined_outcome(value):
    products = [
        *copies(2, annual_rate_min=0.03),
        replace(PRODUCT, code="Q", annual_rate_min=value),
        replace(PRODUCT, code="R"),
    ]
    pairs = many([FIRM] * 3, [replace(NEED, max_annual_rate=cap) for cap in (value, 0.03, None)])
    agrees(products, pairs)
    check_held(products, pairs)


@pytest.mark.parametrize("ends", [(5, 3), (-9, -1), (-(10**30), 10**30), (0, 0), (3, None)])
def test_spans_that_are_negative_reversed_or_endless_have_a_defined_outcome(ends):
    low, high = ends
    spans = {"amount_min_yuan": low, "amount_max_yuan": high}
    wishes = [replace(NEED, **spans), replace(NEED, amount_max_yuan=4)]
    small = {
        field: None if end is None else max(min(end, 10**15), -(10**15))
        for field, end in spans.items()
    }
    products = [*copies(1, **small), replace(PRODUCT, code="Q", amount_max_yuan=0)]
    pairs = many([FIRM, FIRM], wishes)
    agrees(products, pairs)
    check_held(products, pairs)


def check_held(products, pairs):
    """Compare what one product at a time finds with what all find together."""
    columns = hold_needs(pairs, as_of=AS_OF)
    held = HeldRanking([], columns, top=10, parameters=load_parameters(AS_OF))
    for product in products:
        held.change_product(product.code, product)
    matcher = Matcher(products)
    assert list(held) == [
        matcher.shortlist(need, firm, as_of=AS_OF, top=10) for need, firm in pairs
    ]


def test_needs_of_another_day_are_refused():
    bulk = BulkMatcher([PRODUCT], as_of=AS_OF)
    columns = hold_needs([(NEED, FIRM)], as_of=AS_OF + timedelta(days=1))
    with pytest.raises(ValueError, match="beside a catalogue of"):
        bulk.encode(columns)
