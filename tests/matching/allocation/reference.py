"""The optimum by another road: an integer programme, solved objective by objective."""

from __future__ import annotations

import numpy as np
from scipy.optimize import LinearConstraint, linprog, milp
from scipy.sparse import coo_array, vstack

from tests.matching.allocation.drawn import Draft

Optimum = tuple[int, int, int]  # needs covered, first choices, score in millionths


def by_integer_programme(draft: Draft) -> Optimum:
    """Return the optimum with every variable a whole number, which trusts in no theorem."""
    return _by_stages(draft, integral=True)


def by_linear_programme(draft: Draft) -> Optimum:
    """Return the optimum of the linear programme, which is integral in a flow problem."""
    return _by_stages(draft, integral=False)


def _by_stages(draft: Draft, *, integral: bool) -> Optimum:
    """Maximise the objectives in turn, each with those before it held at their best.

    One variable for each usable offer, then one for each need: whether it is covered, which
    is at most its number of referrals.
    """
    offers = draft.usable()
    if not offers:
        return (0, 0, 0)
    needs = {need.code: row for row, need in enumerate(draft.needs)}
    codes = {code: row for row, code in enumerate(draft.capacities)}
    many = range(len(offers))
    by_need = _matrix([needs[o[0]] for o in offers], many, len(needs), len(offers) + len(needs))
    by_bank = _matrix([codes[o[1]] for o in offers], many, len(codes), len(offers) + len(needs))
    covered = _matrix(
        range(len(needs)),
        range(len(offers), len(offers) + len(needs)),
        len(needs),
        by_need.shape[1],
    )
    capacities = [np.inf if one is None else one for one in draft.capacities.values()]
    matrix = vstack([by_need, by_bank, covered - by_need])
    limits = np.concatenate([np.full(len(needs), draft.per_need), capacities, np.zeros(len(needs))])
    objectives = np.array(
        [
            [0] * len(offers) + [1] * len(needs),
            [draft.first_choice(offer) for offer in offers] + [0] * len(needs),
            [round(round(offer[4], 6) * 10**6) for offer in offers] + [0] * len(needs),
        ],
        float,
    )
    reached: list[int] = []
    for objective in objectives:
        fixed = objectives[: len(reached)]
        reached.append(_largest(objective, matrix, limits, fixed, reached, integral=integral))
    return (reached[0], reached[1], reached[2])


def _largest(objective, matrix, limits, fixed, reached, *, integral: bool) -> int:
    if integral:
        constraints = [LinearConstraint(matrix, -np.inf, limits)]
        if reached:
            constraints.append(LinearConstraint(fixed, reached, reached))
        answer = milp(
            -objective,
            integrality=np.ones(len(objective)),
            bounds=(0, 1),
            constraints=constraints,
            options={"mip_rel_gap": 0},
        )
    else:
        finite = np.isfinite(limits)
        answer = linprog(
            -objective,
            A_ub=matrix.tocsr()[finite],
            b_ub=limits[finite],
            A_eq=fixed if reached else None,
            b_eq=reached or None,
            bounds=(0, 1),
            method="highs",
        )
    assert answer.status == 0, answer.message
    best = round(-answer.fun)
    assert abs(-answer.fun - best) < 0.2, "the programme's optimum is no whole number"
    return best


def _matrix(rows, columns, height: int, width: int):
    rows, columns = list(rows), list(columns)
    return coo_array((np.ones(len(rows)), (rows, columns)), shape=(height, width)).tocsr()
