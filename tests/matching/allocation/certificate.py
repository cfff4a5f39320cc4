"""A proof that a choice is optimal: no exchange of referrals along a cycle improves it.

A flow is of least cost if and only if the graph of its possible changes has no cycle of
negative cost. Shortest paths by Bellman and Ford settle when there is none, and never when
there is one. This holds for problems of any size, knows nothing of how the choice was made,
and weighs coverage against first choices against score more steeply than any cycle needs.
"""

from __future__ import annotations

import numpy as np

from matching.allocation.pairs import Flags
from matching.allocation.problem import USABLE, AllocationProblem

_COVERED, _FIRST = 10**15, 10**10
_MOST_INSTITUTIONS = 1_000  # up to which those weights are steep enough and sums fit


def is_optimal(problem: AllocationProblem, chosen: Flags) -> bool:
    """Return whether no choice is better in the lexicographic order."""
    needs, institutions = len(problem.needs), len(problem.institutions)
    assert institutions <= _MOST_INSTITUTIONS
    assert not (chosen & (problem.barred != USABLE)).any()
    gain = problem.score_micro + _FIRST * problem.first_choice
    referrals = np.bincount(problem.need[chosen], minlength=needs)
    taken = np.bincount(problem.institution[chosen], minlength=institutions)
    assert (taken <= problem.capacity).all()
    assert (referrals <= problem.per_need).all()

    may_gain, may_lose = referrals < problem.per_need, referrals > 0
    gaining = np.where(referrals == 0, -_COVERED, 0)
    losing = np.where(referrals == 1, _COVERED, 0)
    may_give = (problem.barred == USABLE) & ~chosen
    given_need, given_bank = problem.need[may_give], problem.institution[may_give]
    taken_need, taken_bank = problem.need[chosen], problem.institution[chosen]

    hub = 0
    at_need, at_bank = np.zeros(needs, np.int64), np.zeros(institutions, np.int64)
    # A path passes an institution at most once, and every round goes on by one of them.
    for _ in range(institutions + 5):
        before = (hub, at_need.copy(), at_bank.copy())
        at_need[may_gain] = np.minimum(at_need, hub + gaining)[may_gain]
        np.minimum.at(at_need, taken_need, at_bank[taken_bank] + gain[chosen])
        np.minimum.at(at_bank, given_bank, at_need[given_need] - gain[may_give])
        at_bank[taken > 0] = np.minimum(at_bank, hub)[taken > 0]
        leaving = np.concatenate(
            [(at_need + losing)[may_lose], at_bank[taken < problem.capacity], [hub]]
        )
        hub = int(leaving.min())
        if hub == before[0] and (at_need == before[1]).all() and (at_bank == before[2]).all():
            return True
    return False
