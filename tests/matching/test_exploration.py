"""Places beside the ranking for institutions whose record is short."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date
from math import sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Matcher
from matching.ranking.exploration import Exploration
from matching.schema import Firm, Need, Product
from tests.matching.learned_models import component
from tests.matching.strategies import AS_OF, FIRMS, INSTITUTIONS, catalogues, needs

POOLS = st.sets(st.text("AB01", min_size=1, max_size=4), max_size=12)


def exploration(**more):
    return Exploration(**({"version": "1-test", "known": frozenset()} | more))


@given(pool=POOLS, need=st.text("N01", max_size=3), slots=st.integers(0, 4))
def test_a_draw_is_of_the_pool_without_repeats_and_says_its_chance(pool, need, slots):
    drawn, chance = exploration(slots=slots).draw(need, pool)
    assert len(drawn) == len(set(drawn)) == min(slots, len(pool))
    assert set(drawn) <= pool
    assert chance == (min(1.0, slots / len(pool)) if pool else 1.0)


@given(pool=POOLS, seed=st.integers(0, 99))
def test_the_order_of_the_pool_changes_nothing(pool, seed):
    shuffled = sorted(pool)
    random.Random(seed).shuffle(shuffled)
    assert exploration().draw("N1", shuffled) == exploration().draw("N1", sorted(pool))


@given(pool=POOLS, others=POOLS)
def test_what_was_not_drawn_may_leave_the_pool_without_changing_the_draw(pool, others):
    drawn, _ = exploration().draw("N1", pool | others)
    again, _ = exploration().draw("N1", pool | set(drawn))
    assert again == drawn


def test_over_many_needs_every_product_is_drawn_as_often_as_its_chance_says():
    pool = [f"P{number}" for number in range(9)]
    count = 6_000
    drawn: Counter[str] = Counter()
    places: Counter[tuple[str, int]] = Counter()
    for number in range(count):
        found, chance = exploration().draw(f"N{number}", pool)
        drawn.update(found)
        places.update((code, place) for place, code in enumerate(found))
    error = sqrt(chance * (1 - chance) / count)
    for code in pool:
        assert drawn[code] / count == pytest.approx(chance, abs=4.5 * error)
        for place in (0, 1):
            assert places[code, place] / count == pytest.approx(1 / 9, abs=4.5 * error)


def test_another_version_or_need_draws_anew():
    pool = [f"P{number}" for number in range(40)]
    own = [exploration(version=f"{n}-x").draw(f"N{m}", pool)[0] for n in (1, 2) for m in (1, 2)]
    assert len(set(own)) == 4


@settings(max_examples=150, deadline=None)
@given(
    catalogue=catalogues(most=8),
    firm=FIRMS,
    wish=needs(),
    top=st.sampled_from((0, 1, 3, None)),
    below=st.integers(0, 3),
    known=st.sets(st.sampled_from(INSTITUTIONS)),
)
def test_only_eligible_products_after_the_shown_of_unknown_institutions_are_drawn(
    catalogue, firm, wish, top, below, known
):
    matcher = Matcher(catalogue, learned=component())
    plan = exploration(known=frozenset(known), below=below)
    plain = matcher.match(wish, firm, as_of=AS_OF, top=top)
    found = matcher.match(wish, firm, as_of=AS_OF, top=top, exploration=plan)
    assert found.matches == plain.matches
    assert plain.explored == ()
    every = matcher.match(wish, firm, as_of=AS_OF).matches
    pool = [
        match
        for match in every[max(below, len(plain.matches)) :]
        if match.verdict == "eligible" and match.institution not in known
    ]
    assert len(found.explored) == min(2, len(pool))
    for one in found.explored:
        assert one.match in pool  # explained as it is in the whole list, at its true place
        assert one.propensity == min(1.0, 2 / len(pool))
    backwards = Matcher(catalogue[::-1], learned=component())
    again = backwards.match(wish, firm, as_of=AS_OF, top=top, exploration=plan)
    assert again.explored == found.explored


def test_places_that_are_shown_anyway_are_never_drawn():
    products = [
        Product(
            code=f"P{number:02d}",
            institution=f"B{number % 5}",
            name="贷款",
            financing_type="credit_loan",
            valid_from=date(2026, 1, 1),
        )
        for number in range(14)
    ]
    firm = Firm(uscc="F", name="演示")
    for number in range(50):
        wish = Need(code=f"N{number}", firm="F", amount_max_yuan=1_000_000)
        found = Matcher(products).match(wish, firm, as_of=AS_OF, top=3, exploration=exploration())
        assert {one.match.rank for one in found.explored} <= {11, 12, 13, 14}
        assert [one.propensity for one in found.explored] == [0.5, 0.5]
