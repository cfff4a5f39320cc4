"""What holds of every allocation, whatever the problem."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.allocation.answer import allocate
from matching.schema import Allocation
from tests.matching.allocation.drawn import Draft, draw, needs_of, problem_of, shuffled

drafts = st.builds(
    draw,
    st.integers(0, 10**9),
    needs=st.integers(0, 12),
    institutions=st.integers(0, 6),
    offers=st.integers(0, 6),
)


def value(allocation: Allocation) -> tuple[int, int, float]:
    objective = allocation.objective
    return (objective.covered, objective.first_choices, objective.score)


@given(drafts, st.integers(0, 1_000))
def test_the_order_of_the_input_changes_nothing(draft: Draft, seed: int) -> None:
    first, second = problem_of(draft), problem_of(shuffled(draft, seed))
    for name in ("needs", "institutions", "products", "per_need"):
        assert getattr(first, name) == getattr(second, name)
    for name in ("capacity", "need", "institution", "product", "score_micro", "barred"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))
    assert allocate(first) == allocate(second) == allocate(first)


@pytest.mark.parametrize("seed", range(5))
def test_equal_optima_are_decided_alike_in_every_order(seed: int) -> None:
    """Thirty needs that no score tells apart, and places for ten."""
    codes = [f"N{number:02}" for number in range(30)]
    draft = Draft(
        offers=[(code, bank, f"P-{bank}", False, 0.5) for code in codes for bank in ("B1", "B2")],
        capacities={"B1": 5, "B2": 5},
        needs=needs_of(*codes),
        per_need=2,
    )
    assert allocate(problem_of(shuffled(draft, seed))) == allocate(problem_of(draft))


@given(drafts, st.data())
def test_more_capacity_is_never_worse(draft: Draft, data: st.DataObject) -> None:
    before = value(allocate(problem_of(draft)))
    wider = {
        code: None
        if capacity is None
        else data.draw(st.sampled_from([None, capacity, capacity + 1, capacity + 5]))
        for code, capacity in draft.capacities.items()
    }
    assert value(allocate(problem_of(replace(draft, capacities=wider)))) >= before


@given(drafts)
def test_more_institutions_per_need_are_never_worse(draft: Draft) -> None:
    before = value(allocate(problem_of(draft)))
    assert value(allocate(problem_of(replace(draft, per_need=draft.per_need + 1)))) >= before


@given(drafts, st.data())
def test_excluding_a_referral_never_helps_and_the_pair_is_gone(
    draft: Draft, data: st.DataObject
) -> None:
    allocation = allocate(problem_of(draft))
    if not allocation.referrals:
        return
    one = data.draw(st.sampled_from(allocation.referrals))
    pair = (one.need, one.institution)
    after = allocate(problem_of(replace(draft, excluded=draft.excluded | {pair})))
    assert value(after) <= value(allocation)
    assert pair not in {(other.need, other.institution) for other in after.referrals}


@given(drafts)
def test_limits_that_cannot_bind_are_as_good_as_none(draft: Draft) -> None:
    unlimited = {code: 10**30 if one is None else one for code, one in draft.capacities.items()}
    assert allocate(problem_of(replace(draft, capacities=unlimited))) == allocate(problem_of(draft))
    many = allocate(problem_of(replace(draft, per_need=10**30)))
    enough = allocate(problem_of(replace(draft, per_need=len(draft.capacities) + 1)))
    assert (many.referrals, many.unplaced) == (enough.referrals, enough.unplaced)
