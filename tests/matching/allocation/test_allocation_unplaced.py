"""Who is left out, and why."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from matching.allocation.answer import allocate
from matching.allocation.diagnostics import unplaced_needs
from matching.allocation.solver import SolverError
from matching.schema import Need, Unplaced
from matching.vocabulary import UNPLACED_REASONS
from tests.matching.allocation.drawn import Draft, needs_of, problem_of
from tests.matching.allocation.reference import by_integer_programme
from tests.matching.allocation.test_allocation_properties import drafts

ONE_PLACE = Draft(
    offers=[
        ("N1", "B1", "P1", False, 0.9),
        ("N2", "B1", "P1", False, 0.5),
        ("N2", "B2", "P2", False, 0.5),
        ("N2", "B3", "P3", False, 0.5),
    ],
    capacities={"B1": 1, "B2": 0, "B3": 5},
    needs=needs_of("N1", "N2"),
)


@given(drafts)
def test_each_reason_is_true(draft: Draft) -> None:
    allocation = allocate(problem_of(draft))
    usable = draft.usable()
    for one in allocation.unplaced:
        offering = {offer[1] for offer in draft.offers if offer[0] == one.need}
        possible = {offer[1] for offer in usable if offer[0] == one.need}
        need = next(need for need in draft.needs if need.code == one.need)
        named = (
            offering if need.open_to_others else offering & {*(need.preferred_institutions or ())}
        )
        expected = {
            "no_candidate": set() if not offering else None,
            "only_named": offering if not named else None,
            "all_excluded": named if not possible else None,
            "capacity": possible or None,
        }[one.reason]
        assert list(one.institutions) == sorted(expected or ())
        assert expected is not None
        if one.reason == "capacity":
            for code in possible:
                referred = [r.need for r in allocation.referrals if r.institution == code]
                assert len(referred) == draft.capacities[code]
                # Nobody is left out for the sake of another's second referral.
                assert all(
                    sum(r.need == other for r in allocation.referrals) == 1 for other in referred
                )


@given(drafts)
def test_no_more_needs_can_be_covered_but_one_more_place_covers_one_more(draft: Draft) -> None:
    allocation = allocate(problem_of(draft))
    covered = by_integer_programme(draft)[0]
    assert allocation.objective.covered == covered
    for one in allocation.unplaced:
        if one.reason == "capacity":
            code = one.institutions[0]
            wider = {**draft.capacities, code: draft.capacities[code] + 1}
            assert by_integer_programme(replace(draft, capacities=wider))[0] == covered + 1


def test_capacity_names_the_full_institutions_and_no_others() -> None:
    draft = replace(ONE_PLACE, excluded=frozenset({("N2", "B3")}))
    assert allocate(problem_of(draft)).unplaced == (Unplaced("N2", "capacity", ("B1", "B2")),)


def test_without_a_candidate_nothing_binds() -> None:
    draft = replace(ONE_PLACE, needs=needs_of("N1", "N2", "N3"))
    assert allocate(problem_of(draft)).unplaced == (Unplaced("N3", "no_candidate"),)


def test_exclusions_are_named_when_they_leave_nobody() -> None:
    draft = replace(
        ONE_PLACE, excluded=frozenset({("N2", "B1"), ("N2", "B2"), ("N2", "B3"), ("N1", "B3")})
    )
    assert allocate(problem_of(draft)).unplaced == (
        Unplaced("N2", "all_excluded", ("B1", "B2", "B3")),
    )


@pytest.mark.parametrize(
    ("preferred", "excluded", "expected"),
    [
        ((), frozenset(), Unplaced("N2", "only_named", ("B1", "B2", "B3"))),
        (("B9",), {("N2", "B1")}, Unplaced("N2", "only_named", ("B1", "B2", "B3"))),
        (("B3",), {("N2", "B3")}, Unplaced("N2", "all_excluded", ("B3",))),
        (("B2",), frozenset(), Unplaced("N2", "capacity", ("B2",))),
    ],
)
def test_a_closed_need_is_told_what_stood_in_its_own_way(
    preferred: tuple[str, ...], excluded: frozenset[tuple[str, str]], expected: Unplaced
) -> None:
    closed = Need(code="N2", firm="F", preferred_institutions=preferred, open_to_others=False)
    draft = replace(ONE_PLACE, needs=[*needs_of("N1"), closed], excluded=frozenset(excluded))
    assert allocate(problem_of(draft)).unplaced == (expected,)
    assert expected.reason in UNPLACED_REASONS


def test_a_choice_that_leaves_a_place_unused_is_not_explained_away() -> None:
    problem = problem_of(ONE_PLACE)
    with pytest.raises(SolverError, match="N1"):
        unplaced_needs(problem, np.zeros(len(problem.need), np.bool_))
