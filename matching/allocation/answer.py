"""From an allocation problem to referrals, what they reach, and who is left out."""

from __future__ import annotations

import numpy as np

from matching.allocation.diagnostics import unplaced_needs
from matching.allocation.pairs import Flags
from matching.allocation.problem import MICRO, AllocationProblem
from matching.allocation.solver import choose_referrals
from matching.schema import Allocation, Objective, Referral, Verdict


def allocate(problem: AllocationProblem) -> Allocation:
    """Solve an allocation problem and explain what it leaves out (semantics, section 10).

    Raises
    ------
    InputError
        When the problem is too large for exact arithmetic.
    SolverError
        When the solver fails.

    Examples
    --------
    >>> from matching.allocation.pairs import CandidatePairs
    >>> from matching.allocation.problem import build_problem
    >>> from matching.schema import Institution, Need, Product
    >>> product = Product(code="P", institution="B", name="科创贷", financing_type="credit_loan")
    >>> pairs = CandidatePairs(
    ...     needs=[Need(code="N1", firm="F1"), Need(code="N2", firm="F2")],
    ...     products=[product],
    ...     need=np.array([0, 1]),
    ...     product=np.array([0, 0]),
    ...     to_confirm=np.array([False, False]),
    ...     score=np.array([0.5, 0.75]),
    ... )
    >>> bank = Institution(code="B", name="演示银行", kind="bank", capacity=1)
    >>> answer = allocate(build_problem(pairs, [bank], per_need=2))
    >>> [(one.need, one.institution, one.score) for one in answer.referrals]
    [('N2', 'B', 0.75)]
    >>> answer.unplaced
    (Unplaced(need='N1', reason='capacity', institutions=('B',)),)
    """
    chosen = choose_referrals(problem)
    return Allocation(
        per_need=problem.per_need,
        referrals=_referrals(problem, chosen),
        unplaced=unplaced_needs(problem, chosen),
        objective=Objective(
            covered=len(np.unique(problem.need[chosen])),
            first_choices=int(np.count_nonzero(problem.first_choice[chosen])),
            score=int(problem.score_micro[chosen].sum()) / MICRO,
        ),
    )


def _referrals(problem: AllocationProblem, chosen: Flags) -> tuple[Referral, ...]:
    return tuple(
        Referral(
            problem.needs[need],
            problem.institutions[institution],
            problem.products[product],
            _VERDICTS[to_confirm],
            micro / MICRO,
            first_choice,
        )
        for need, institution, product, to_confirm, micro, first_choice in zip(
            problem.need[chosen].tolist(),
            problem.institution[chosen].tolist(),
            problem.product[chosen].tolist(),
            problem.to_confirm[chosen].tolist(),
            problem.score_micro[chosen].tolist(),
            problem.first_choice[chosen].tolist(),
            strict=True,
        )
    )


_VERDICTS: dict[bool, Verdict] = {False: "eligible", True: "to_confirm"}
