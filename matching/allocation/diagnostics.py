"""Who is left out, and why."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from matching.allocation.pairs import Flags, Ints
from matching.allocation.problem import EXCLUDED, NOT_NAMED, USABLE, AllocationProblem
from matching.allocation.solver import SolverError
from matching.schema import Unplaced

_REASONS = {USABLE: "capacity", EXCLUDED: "all_excluded", NOT_NAMED: "only_named"}


def unplaced_needs(problem: AllocationProblem, chosen: Flags) -> tuple[Unplaced, ...]:
    """Explain each need that an optimal choice leaves out.

    In an optimum that covers the most needs, every institution that such a need may go to is
    full: with a place left, the need would take it. Nor would it help that others have several
    referrals, for one of those would give way. So each of these capacities binds, and one
    more place at any of them covers one more need.

    Parameters
    ----------
    problem : AllocationProblem
    chosen : bool array, shape (p,)
        What ``choose_referrals`` answers.

    Returns
    -------
    tuple of Unplaced
        In ascending order of need code. The reason is ``no_candidate`` when no product is
        eligible or to be confirmed; ``only_named`` when the need is closed to others and those
        it named have none; ``all_excluded`` when every institution that remains is excluded;
        else ``capacity``.

    Raises
    ------
    SolverError
        When a need was left out although an institution had a place for it.
    """
    taken = np.bincount(problem.institution[chosen], minlength=len(problem.institutions))
    full = taken >= problem.capacity
    left_out = np.ones(len(problem.needs), np.bool_)
    left_out[problem.need[chosen]] = False
    return tuple(_explained(problem, full, np.flatnonzero(left_out)))


def _explained(problem: AllocationProblem, full: Flags, left_out: Ints) -> Iterator[Unplaced]:
    starts = np.searchsorted(problem.need, left_out, side="left").tolist()
    ends = np.searchsorted(problem.need, left_out, side="right").tolist()
    for need, start, end in zip(left_out.tolist(), starts, ends, strict=True):
        code = problem.needs[need]
        institution, barred = problem.institution[start:end], problem.barred[start:end]
        kind = next((kind for kind in (USABLE, EXCLUDED, NOT_NAMED) if kind in barred), None)
        if kind is None:
            yield Unplaced(code, "no_candidate")
            continue
        concerned = institution[barred == kind]
        if kind == USABLE and not full[concerned].all():
            raise SolverError(f"need {code} was left out although an institution had a place")
        names = tuple(problem.institutions[one] for one in concerned.tolist())
        yield Unplaced(code, _REASONS[kind], names)
