"""Referral lists of the largest size that is promised, with a proof that they are optimal."""

import time
from typing import Any

import numpy as np

from matching.allocation.answer import allocate
from matching.allocation.pairs import CandidatePairs
from matching.allocation.problem import build_problem
from matching.allocation.solver import choose_referrals
from matching.schema import Institution, Need, Product
from tests.matching.allocation.certificate import is_optimal

_PRODUCTS_PER_INSTITUTION = 3
# Places for each referral that is wanted; with a quarter of them, needs are left out.
_PLACES = {"scarce": 0.25, "tight": 0.9, "ample": 2.0}


def measure(
    *, needs: int = 10_000, institutions: int = 300, candidates: int = 100, per_need: int = 3
) -> dict[str, Any]:
    """Allocate with few, just enough and many places; each answer is proved optimal.

    ``candidates`` products suit a need; with three products an institution, they belong to
    nearly as many institutions.
    """
    figures: dict[str, Any] = {"needs × institutions": f"{needs} × {institutions}"}
    pairs = _pairs(needs, institutions, candidates)
    for name, share in _PLACES.items():
        lenders = _institutions(
            institutions, int(needs * per_need * share / institutions), limitless=share > 1
        )
        start = time.process_time()
        problem = build_problem(pairs, lenders, per_need=per_need)
        built = time.process_time()
        chosen = choose_referrals(problem)
        solved = time.process_time()
        answer = allocate(problem)
        assert is_optimal(problem, chosen), "an exchange of referrals improves the choice"
        shuffled = build_problem(_shuffled(pairs), lenders[::-1], per_need=per_need)
        assert allocate(shuffled) == answer, "another order of the input gave another answer"
        figures |= {
            f"{name}_pairs": len(problem.need),
            f"{name}_build_cpu_seconds": built - start,
            f"{name}_solve_cpu_seconds": solved - built,
            f"{name}_referrals": len(answer.referrals),
            f"{name}_covered": answer.objective.covered,
            f"{name}_first_choices": answer.objective.first_choices,
            f"{name}_score": answer.objective.score,
        }
    return figures


def _pairs(needs: int, institutions: int, candidates: int) -> CandidatePairs:
    rng = np.random.default_rng(20261123)
    products = institutions * _PRODUCTS_PER_INSTITUTION
    suitable = np.concatenate(
        [rng.choice(products, candidates, replace=False) for _ in range(needs)]
    )
    return CandidatePairs(
        needs=[_need(rng, number, institutions) for number in range(needs)],
        products=[
            Product(
                code=f"bench-product-{number:05d}",
                institution=f"bench-{number % institutions:04d}",
                name=f"基准产品 {number:05d}",
                financing_type="credit_loan",
            )
            for number in range(products)
        ],
        need=np.repeat(np.arange(needs), candidates),
        product=suitable,
        to_confirm=rng.random(len(suitable)) < 0.4,
        score=rng.random(len(suitable)),
    )


def _need(rng: np.random.Generator, number: int, institutions: int) -> Need:
    """Return a need; most prefer somebody, and a few institutions are everybody's favourites."""
    favourite = int(institutions * rng.random() ** 3)
    return Need(
        code=f"bench-need-{number:06d}",
        firm=f"bench-firm-{number:06d}",
        preferred_institutions=(f"bench-{favourite:04d}",) if rng.random() < 0.7 else None,
    )


def _institutions(number: int, mean_capacity: int, *, limitless: bool) -> list[Institution]:
    """Return institutions with capacities from none to twice the mean, or some without limit."""
    rng = np.random.default_rng(7)
    capacities = rng.integers(0, 2 * mean_capacity + 1, number).tolist()
    return [
        Institution(
            code=f"bench-{place:04d}",
            name=f"基准机构 {place:04d}",
            kind="bank",
            capacity=None if limitless and place % 50 == 0 else capacity,
        )
        for place, capacity in enumerate(capacities)
    ]


def _shuffled(pairs: CandidatePairs) -> CandidatePairs:
    order = np.random.default_rng(1).permutation(len(pairs.need))
    return CandidatePairs(
        needs=pairs.needs,
        products=pairs.products,
        need=pairs.need[order],
        product=pairs.product[order],
        to_confirm=pairs.to_confirm[order],
        score=pairs.score[order],
    )
