"""Held needs: changed in part, and asked about one product, against encoding them together."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.bulk import (
    BulkMatcher,
    hold_facts,
    hold_needs,
    needs_in_time,
    needs_of_product,
    select_needs,
    update_needs,
)
from matching.inquiries import calendars
from matching.parameters import load_parameters
from matching.pipeline import Matcher
from tests.matching.strategies import AS_OF, FIRMS, needs, products
from tests.matching.test_bulk import many

PARAMETERS = load_parameters(AS_OF)


def held(pairs):
    return hold_needs(pairs, as_of=AS_OF, parameters=PARAMETERS)


def lists_of(catalogue, columns):
    matcher = BulkMatcher(catalogue, as_of=AS_OF, parameters=PARAMETERS)
    found = matcher.rank(matcher.encode(columns), top=10, threads=1)
    by_need = found.result.by_need
    return [
        (code, by_need.products[row, :length].tolist(), by_need.scores[row, :length].tobytes())
        for row, (code, length) in enumerate(
            zip(found.needs, by_need.lengths.tolist(), strict=True)
        )
    ]


@given(
    catalogue=st.lists(products(), max_size=4, unique_by=lambda product: product.code),
    firms=st.lists(FIRMS, min_size=1, max_size=4),
    wishes=st.lists(needs(), max_size=8),
    later=st.lists(needs(), max_size=4),
    gone=st.sets(st.integers(0, 7)),
)
def test_needs_changed_in_part_answer_as_if_encoded_together(catalogue, firms, wishes, later, gone):
    """Whatever was added, changed and left out, in every list to the last bit."""
    before = many(firms, wishes)
    codes = [need.code for need, _ in before]
    changed = many(firms[::-1], later)
    left_out = {codes[number] for number in gone if number < len(codes)}
    kept = {need.code: (need, firm) for need, firm in before if need.code not in left_out}
    kept |= {need.code: (need, firm) for need, firm in changed}
    updated = update_needs(held(before), held(changed), gone=left_out)
    together = held(kept.values())
    assert updated.codes == together.codes
    assert updated.firms == together.firms
    assert lists_of(catalogue, updated) == lists_of(catalogue, together)
    for product in catalogue:
        assert needs_of_product(product, hold_facts(updated)) == needs_of_product(
            product, hold_facts(together)
        )


@given(
    product=products(code="P"),
    firms=st.lists(FIRMS, min_size=1, max_size=4),
    wishes=st.lists(needs(), max_size=8),
)
def test_a_product_lists_its_needs_as_each_need_lists_the_product(product, firms, wishes):
    """Verdicts and scores to the last bit; by verdict, score and code."""
    pairs = many(firms, wishes)
    matcher = Matcher([product], parameters=PARAMETERS)
    expected = [
        (match.verdict != "eligible", -match.score, need.code)
        for need, firm in pairs
        for match in matcher.match(need, firm, as_of=AS_OF).matches
    ]
    found = needs_of_product(product, hold_facts(held(pairs)), parameters=PARAMETERS)
    listed = [(place.verdict != "eligible", -place.score, place.code) for place in found]
    assert listed == sorted(expected)


@given(firms=st.lists(FIRMS, min_size=1, max_size=3), wishes=st.lists(needs(), max_size=6))
def test_some_of_the_needs_are_those_encoded_alone(firms, wishes):
    """Every second need."""
    pairs = many(firms, wishes)
    chosen = {need.code for need, _ in pairs[::2]}
    assert select_needs(held(pairs), chosen).codes == held(pairs[::2]).codes


@given(
    product=products(code="P"),
    firms=st.lists(FIRMS, min_size=1, max_size=4),
    wishes=st.lists(needs(), max_size=8),
)
def test_a_need_left_out_by_what_never_changes_has_no_calendar(product, firms, wishes):
    """And whatever matches today is not left out."""
    pairs = many(firms, wishes)
    matcher, facts = Matcher([product], parameters=PARAMETERS), hold_facts(held(pairs))
    possible = needs_in_time(product, facts)
    until = AS_OF + timedelta(days=3_000)
    changing = {
        entry.need for entry in calendars(matcher, pairs, as_of=AS_OF, until=until) if entry.days
    }
    today = {place.code for place in needs_of_product(product, facts, parameters=PARAMETERS)}
    assert changing | today <= set(possible)
    assert list(possible) == sorted(possible)


def test_needs_of_two_days_are_not_mixed():
    """Ages and qualifications differ between them."""
    later = hold_needs([], as_of=AS_OF + timedelta(days=1), parameters=PARAMETERS)
    with pytest.raises(ValueError, match="beside needs of"):
        update_needs(held([]), later)
    assert np.array_equal(update_needs(held([]), held([])).text.starts, [0])
