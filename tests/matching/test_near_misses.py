"""What a near miss promises comes true once its changes are applied."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings

from matching import Matcher
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
