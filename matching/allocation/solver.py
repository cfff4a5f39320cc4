"""The optimal choice of referrals, as two flow problems.

Referrals are a flow from needs to institutions. The most needs with a referral are a maximum
flow of one unit per need. With that many needs covered, the most first choices, then the
largest score, then the most referrals are a minimum-cost flow, in which a first choice weighs
more than all the score that choosing it can cost, and a millionth of score more than a
referral. (The number of referrals only decides about those with a score of zero.)

These weights need not exceed the largest totals, which would soon leave the range of integers.
They have to decide the *cycles* along which one feasible flow turns into another. A cycle comes
through each node at most once. So at most ``s = min(needs, institutions)`` pairs are chosen anew
on it and as many given up: the sum of scores, each at most a million millionths, changes by at
most ``s`` million. And the number of referrals, which is what the arc of those not made leaves
over, changes by at most one. With 1 for a referral, 2 for a millionth and ``2 s`` million and 2
for a first choice, a cycle gains by weight if and only if it does so lexicographically. Were a
flow of least cost lexicographically worse than another, one of the cycles between them would
be an improvement lexicographically, hence by weight, and the cost not the least.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from ortools.graph.python.max_flow import SimpleMaxFlow
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from matching.allocation.pairs import Flags, Ints
from matching.allocation.problem import MICRO, USABLE, AllocationProblem
from matching.errors import Fault, InputError, MatchingError

_REFERRAL, _MILLIONTH = 1, 2  # what they weigh
_LARGEST: Final = int(np.iinfo(np.int64).max)


class SolverError(MatchingError):
    """The flow solver gave up, or what it found is no allocation; never the input's fault."""


@dataclass(frozen=True, slots=True)
class _Network:
    """The usable pairs of a problem as arcs.

    Nodes are the needs, then the institutions, then ``sink``, ``first`` and ``further``: where
    the first and the further referrals of all needs come from.
    """

    need: Ints
    institution: Ints  # as nodes
    needs: int
    institutions: int
    capacity: Ints

    @property
    def sink(self) -> int:
        return self.needs + self.institutions

    @property
    def first(self) -> int:
        return self.sink + 1

    @property
    def further(self) -> int:
        return self.sink + 2

    @property
    def nodes(self) -> int:
        return self.sink + 3

    @property
    def degree(self) -> Ints:
        """Usable pairs of each need."""
        return np.bincount(self.need, minlength=self.needs)


def choose_referrals(problem: AllocationProblem) -> Flags:
    """Return which pairs of a problem to refer.

    Most needs with a referral, then most needs whose first preferred institution is among
    their referrals, then the largest sum of scores. Among equal optima it is one with the most
    referrals, and follows from the problem alone, which stands in order of codes.

    Returns
    -------
    bool array, shape (p,)

    Raises
    ------
    InputError
        When the problem is too large for exact arithmetic in 64 bits; with 1 000 institutions
        that is beyond 1.5 million needs.
    SolverError
        When the solver fails.
    """
    chosen = np.zeros(len(problem.need), np.bool_)
    usable = np.flatnonzero(problem.barred == USABLE)
    if not len(usable):
        return chosen
    network = _Network(
        need=problem.need[usable],
        institution=problem.institution[usable] + len(problem.needs),
        needs=len(problem.needs),
        institutions=len(problem.institutions),
        capacity=problem.capacity,
    )
    weight = _first_choice_weight(network)
    covered = _most_covered(network)
    if covered:
        gain = (
            _REFERRAL
            + _MILLIONTH * problem.score_micro[usable]
            + weight * problem.first_choice[usable]
        )
        chosen[usable] = _most_gain(network, gain, covered, per_need=problem.per_need)
    _check(problem, chosen, covered)
    return chosen


def _first_choice_weight(network: _Network) -> int:
    """Return what a first choice weighs.

    The solver multiplies costs by the number of nodes and shifts them by potentials. A node's
    potential falls, while the tolerance shrinks to a fifth from phase to phase, by at most six
    tolerances an arc of the path to where flow is missing; such a path has at most ``2 s + 8``
    arcs. Summed over the phases that is below ``3 s + 12`` of the largest scaled cost.
    """
    length = min(network.needs, network.institutions)
    weight = _MILLIONTH * length * MICRO + _REFERRAL + 1
    largest_cost = weight + _MILLIONTH * MICRO + _REFERRAL
    if (3 * length + 20) * largest_cost * (network.nodes + 1) > _LARGEST:
        size = f"{network.needs} × {network.institutions}"
        text = "需求数和机构数较少的问题；请按地区分批分配"
        raise InputError([Fault("allocation", None, None, size, text, "too_large")])
    return weight


def _most_covered(network: _Network) -> int:
    """Return the largest number of needs that can have a referral."""
    flow = SimpleMaxFlow()
    needs = np.arange(network.needs)
    _add_arcs(flow, network.first, needs, 1)
    _add_arcs(flow, network.need, network.institution, 1)
    _add_arcs(flow, _institution_nodes(network), network.sink, network.capacity)
    status = flow.solve(network.first, network.sink)
    if status != SimpleMaxFlow.OPTIMAL:
        raise SolverError(f"the maximum flow ended with {status}")
    return int(flow.optimal_flow())


def _most_gain(network: _Network, gain: Ints, covered: int, *, per_need: int) -> Flags:
    """Return which arcs carry the flow of the largest gain that covers so many needs.

    Exactly ``covered`` first referrals leave their node, at most one a need. No more needs can
    be covered, so every further referral belongs to a need that has a first one.
    """
    flow = SimpleMinCostFlow()
    needs = np.arange(network.needs)
    furthest = np.minimum(network.degree, min(per_need, network.institutions)) - 1
    further = int(furthest[furthest > 0].sum())
    _add_arcs(flow, network.first, needs, 1, cost=0)
    _add_arcs(flow, network.further, needs, np.maximum(furthest, 0), cost=0)
    _add_arcs(flow, network.further, network.sink, further, cost=0)  # those not made
    arcs = _add_arcs(flow, network.need, network.institution, 1, cost=-gain)
    _add_arcs(flow, _institution_nodes(network), network.sink, network.capacity, cost=0)
    flow.set_nodes_supplies(
        np.array([network.first, network.further, network.sink], np.int32),
        np.array([covered, further, -covered - further], np.int64),
    )
    status = flow.solve()
    if status != SimpleMinCostFlow.OPTIMAL:
        raise SolverError(f"the minimum-cost flow ended with {status}")
    return np.asarray(flow.flows(arcs)) > 0


def _institution_nodes(network: _Network) -> Ints:
    return np.arange(network.needs, network.sink)


def _add_arcs(
    flow: SimpleMaxFlow | SimpleMinCostFlow,
    tail: Ints | int,
    head: Ints | int,
    capacity: Ints | int,
    *,
    cost: Ints | int = 0,
) -> Ints:
    """Add arcs, one number standing for all of them, and return their positions."""
    tails, heads, capacities, costs = np.broadcast_arrays(
        np.atleast_1d(np.asarray(tail, np.int32)),
        np.asarray(head, np.int32),
        np.asarray(capacity, np.int64),
        np.asarray(cost, np.int64),
    )
    arcs: Ints
    if isinstance(flow, SimpleMaxFlow):
        arcs = flow.add_arcs_with_capacity(tails, heads, capacities)
    else:
        arcs = flow.add_arcs_with_capacity_and_unit_cost(tails, heads, capacities, costs)
    return arcs


def _check(problem: AllocationProblem, chosen: Flags, covered: int) -> None:
    """Refuse a choice that breaks a limit or covers fewer needs than can be covered."""
    per_need = np.bincount(problem.need[chosen], minlength=1)
    taken = np.bincount(problem.institution[chosen], minlength=len(problem.institutions))
    if (
        per_need.max() > problem.per_need
        or (taken > problem.capacity).any()
        or np.count_nonzero(per_need) != covered
    ):
        raise SolverError("the solver's flow is no allocation of the most needs")
