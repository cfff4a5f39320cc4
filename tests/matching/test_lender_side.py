"""The same pairs, grouped by product or by institution."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import by_institution, by_product, rank_exchange
from matching.schema import Exchange, Match, NeedResult, Product, StageAssessment
from tests.matching.strategies import AS_OF, FIRMS, catalogues, needs


def match(need, product, verdict="eligible", score=0.5):
    return Match(1, need, product, f"B-{product}", verdict, score, (), ())


def result(*matches):
    return NeedResult(matches[0].need, StageAssessment(None, "unknown"), tuple(matches))


@pytest.fixture
def results():
    return (
        result(match("N1", "P1", "to_confirm", 0.9), match("N1", "P2", score=0.4)),
        result(match("N3", "P1", score=0.2), match("N3", "P2", score=0.4)),
        result(match("N2", "P1", score=0.2), match("N2", "P2", score=0.8)),
    )


def test_a_product_sees_verdict_then_score_then_need_code(results):
    found = by_product(results)
    assert {code: [m.need for m in own] for code, own in found.items()} == {
        "P1": ["N2", "N3", "N1"],
        "P2": ["N2", "N1", "N3"],
    }
    assert [m.rank for m in found["P1"]] == [1, 2, 3]


def test_top_cuts_each_group(results):
    assert [len(own) for own in by_product(results, top=2).values()] == [2, 2]
    assert [len(own) for own in by_product(results, top=0).values()] == [0, 0]


def test_an_institution_sees_a_need_once_for_each_of_its_products(results):
    products = [
        Product(code=code, institution="B1", name=code, financing_type="equity")
        for code in ("P1", "P2")
    ]
    found = by_institution(results, products)
    pairs = [(m.need, m.product) for m in found["B1"]]
    assert pairs == [
        ("N2", "P2"),
        ("N1", "P2"),
        ("N3", "P2"),
        ("N2", "P1"),
        ("N3", "P1"),
        ("N1", "P1"),
    ]


@given(catalogue=catalogues(), firm=FIRMS, need=needs(), top=st.none() | st.integers(0, 2))
def test_both_sides_show_the_same_pairs(catalogue, firm, need, top):
    file = Exchange(as_of=AS_OF, products=catalogue, firms=(firm,), needs=(need,))
    results = rank_exchange(file, as_of=AS_OF)
    pairs = {(m.need, m.product, m.score) for own in results for m in own.matches}
    for grouped in (by_product(results), by_institution(results, catalogue)):
        assert {(m.need, m.product, m.score) for own in grouped.values() for m in own} == pairs
        assert list(grouped) == sorted(grouped)


def test_no_results_give_no_groups():
    assert dict(by_product(())) == {}
    assert dict(by_institution((), ())) == {}
    assert rank_exchange(Exchange(as_of=None), as_of=date(2026, 11, 23)) == ()
