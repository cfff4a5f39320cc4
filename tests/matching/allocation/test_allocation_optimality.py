"""Allocations are optimal in the lexicographic order, as other solvers find it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.allocation.answer import allocate
from matching.allocation.problem import USABLE
from matching.allocation.solver import choose_referrals
from matching.schema import Allocation, Need
from tests.matching.allocation.certificate import is_optimal
from tests.matching.allocation.drawn import Draft, draw, needs_of, problem_of
from tests.matching.allocation.reference import (
    Optimum,
    by_integer_programme,
    by_linear_programme,
)


def reached(allocation: Allocation) -> Optimum:
    objective = allocation.objective
    return (objective.covered, objective.first_choices, round(objective.score * 10**6))


def assert_sound(draft: Draft, allocation: Allocation) -> None:
    """Check the limits, and count the objective again from the referrals alone."""
    offers = {offer[:2]: offer for offer in draft.usable()}
    pairs = [(one.need, one.institution) for one in allocation.referrals]
    assert len(set(pairs)) == len(pairs)
    assert set(pairs) <= set(offers)
    for code, capacity in draft.capacities.items():
        used = sum(pair[1] == code for pair in pairs)
        assert capacity is None or used <= capacity
    for need in draft.needs:
        assert sum(pair[0] == need.code for pair in pairs) <= draft.per_need
    for one in allocation.referrals:
        _, _, product, to_confirm, score = offers[one.need, one.institution]
        assert (one.product, one.score) == (product, round(score, 6))
        assert one.verdict == ("to_confirm" if to_confirm else "eligible")
    assert reached(allocation) == (
        len({pair[0] for pair in pairs}),
        sum(draft.first_choice(offers[pair]) for pair in pairs),
        sum(round(round(offers[pair][4], 6) * 10**6) for pair in pairs),
    )
    left_out = [one.need for one in allocation.unplaced]
    assert left_out == sorted({need.code for need in draft.needs} - {pair[0] for pair in pairs})


@given(st.integers(0, 10**9), st.integers(0, 8), st.integers(0, 5), st.integers(0, 5))
def test_small_problems_reach_what_an_integer_programme_reaches(
    seed: int, needs: int, institutions: int, offers: int
) -> None:
    draft = draw(seed, needs=needs, institutions=institutions, offers=offers)
    allocation = allocate(problem_of(draft))
    assert_sound(draft, allocation)
    assert reached(allocation) == by_integer_programme(draft)


@pytest.mark.parametrize("seed", range(8))
def test_medium_problems_reach_what_a_linear_programme_reaches(seed: int) -> None:
    draft = draw(seed, needs=150, institutions=12 + 4 * seed, offers=9)
    allocation = allocate(problem_of(draft))
    assert_sound(draft, allocation)
    assert reached(allocation) == by_linear_programme(draft)


@pytest.mark.parametrize("seed", range(6))
def test_no_cycle_of_exchanges_improves_a_choice(seed: int) -> None:
    problem = problem_of(draw(seed, needs=800, institutions=40, offers=12))
    assert is_optimal(problem, choose_referrals(problem))


def test_the_proof_of_optimality_refuses_every_choice_with_one_referral_less() -> None:
    problem = problem_of(draw(3, needs=40, institutions=8, offers=5))
    chosen = choose_referrals(problem)
    worth = np.flatnonzero(chosen & (problem.score_micro > 0))
    assert len(worth) > 10
    for one in worth:
        worse = chosen.copy()
        worse[one] = False
        assert not is_optimal(problem, worse)


@pytest.mark.parametrize("seed", range(4))
def test_a_small_proof_agrees_with_the_integer_programme_on_random_choices(seed: int) -> None:
    rng = np.random.default_rng(seed)
    draft = draw(seed, needs=5, institutions=3, offers=3, per_need=2)
    problem = problem_of(draft)
    best = by_integer_programme(draft)
    verdicts = set()
    for _ in range(300):
        chosen = (rng.random(len(problem.need)) < 0.6) & (problem.barred == USABLE)
        taken = np.bincount(problem.institution[chosen], minlength=3)
        given_out = np.bincount(problem.need[chosen], minlength=5)
        if (taken > problem.capacity).any() or (given_out > 2).any():
            continue
        value = (
            int(np.count_nonzero(given_out)),
            int(problem.first_choice[chosen].sum()),
            int(problem.score_micro[chosen].sum()),
        )
        assert is_optimal(problem, chosen) == (value == best)
        verdicts.add(value == best)
    assert False in verdicts


def test_covering_one_more_need_outweighs_first_choices_and_scores() -> None:
    draft = Draft(
        offers=[
            ("N1", "B1", "P1", False, 1.0),
            ("N1", "B2", "P2", True, 0.0),
            ("N2", "B1", "P1", True, 0.0),
        ],
        capacities={"B1": 1, "B2": 1},
        needs=[
            Need(code="N1", firm="F", preferred_institutions=("B1",)),
            Need(code="N2", firm="F", preferred_institutions=("B2",)),
        ],
        per_need=2,
    )
    allocation = allocate(problem_of(draft))
    assert [(one.need, one.institution) for one in allocation.referrals] == [
        ("N1", "B2"),
        ("N2", "B1"),
    ]
    assert reached(allocation) == (2, 0, 0)


def test_one_more_first_choice_outweighs_any_score() -> None:
    """A first choice pushes all others one institution on, at the highest cost in score."""
    number = 30
    offers = [("N00", "B01", "P-B01", False, 0.0), ("N00", "B00", "P-B00", False, 1.0)]
    for n in range(1, number):
        offers.append((f"N{n:02}", f"B{n:02}", f"P-B{n:02}", False, 1.0))
        offers.append((f"N{n:02}", f"B{n + 1:02}", f"P-B{n + 1:02}", False, 0.0))
    needs = needs_of(*(f"N{n:02}" for n in range(number)))
    needs[0] = replace(needs[0], preferred_institutions=("B01",))
    draft = Draft(offers, {f"B{n:02}": 1 for n in range(number + 1)}, needs)
    allocation = allocate(problem_of(draft))
    assert reached(allocation) == (number, 1, 0) == by_integer_programme(draft)


def test_referrals_that_score_nothing_are_made_as_far_as_there_are_places() -> None:
    codes = [f"N{number}" for number in range(8)]
    draft = Draft(
        offers=[(n, b, f"P-{b}", True, 0.0) for n in codes for b in ("B1", "B2", "B3")],
        capacities={"B1": 8, "B2": 3, "B3": 4},
        needs=needs_of(*codes),
        per_need=2,
    )
    allocation = allocate(problem_of(draft))
    assert len(allocation.referrals) == 8 + 3 + 4
    assert reached(allocation) == (8, 0, 0)


def test_scores_count_to_six_decimals() -> None:
    draft = Draft(
        offers=[("N1", "B1", "P1", False, 0.5000004), ("N1", "B2", "P2", False, 0.5000009)],
        capacities={"B1": 1, "B2": 1},
        needs=needs_of("N1"),
    )
    allocation = allocate(problem_of(draft))
    assert [(one.product, one.score) for one in allocation.referrals] == [("P2", 0.500001)]
    assert allocation.objective.score == 0.500001


def test_a_problem_beyond_exact_arithmetic_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from matching.allocation import solver
    from matching.errors import InputError

    problem = problem_of(draw(1, needs=30, institutions=6, offers=5))
    monkeypatch.setattr(solver, "_LARGEST", 10**9)
    with pytest.raises(InputError) as refusal:
        choose_referrals(problem)
    [fault] = refusal.value.faults
    assert (fault.code, fault.value) == ("too_large", "30 × 6")


def test_a_solver_that_gives_up_is_never_taken_for_an_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from matching.allocation import solver

    problem = problem_of(draw(1, needs=30, institutions=6, offers=5))

    class GivesUp(solver.SimpleMinCostFlow):
        def solve(self):
            return self.BAD_COST_RANGE

    monkeypatch.setattr(solver, "SimpleMinCostFlow", GivesUp)
    with pytest.raises(solver.SolverError, match="BAD_COST_RANGE"):
        choose_referrals(problem)


def test_the_weights_fit_the_largest_problem_that_is_promised() -> None:
    """1.5 million needs with 1,000 institutions; the weights do not depend on the arcs."""
    from matching.allocation.solver import _first_choice_weight, _Network

    nothing = np.zeros(0, np.int64)
    network = _Network(nothing, nothing, 1_500_000, 1_000, nothing)
    assert _first_choice_weight(network) > 1_000 * 10**6
