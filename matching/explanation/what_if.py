"""What other values of one field would bring, and at which values something changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.eligibility.catalogue import HIGHEST, LOWEST, Catalogue
from matching.eligibility.engine import COMPARED, NumpyEngine
from matching.eligibility.facts import Facts, gather_facts
from matching.eligibility.outcomes import MET, UNMET, Codes, Flags, Outcomes, Rows
from matching.explanation.alternatives import (
    CRITERIA_OF_FIELD,
    INTERVAL_ENDS,
    NUMERIC_FIELDS,
    QUALIFICATIONS_FIELD,
    RATE_FIELD,
    apply_alternative,
    changed_fields,
    check_alternatives,
)
from matching.explanation.changes import ENDS
from matching.explanation.rows import worst_of_others
from matching.explanation.shifts import ELIGIBLE, TO_CONFIRM, build_shift, standings
from matching.parameters import Parameters
from matching.results import Alternative, Step, WhatIf

Limits = NDArray[np.int64] | NDArray[np.float64]


def explore_field(
    catalogue: Catalogue,
    facts: Facts,
    outcomes: Outcomes,
    parameters: Parameters,
    *,
    field: str,
    values: Sequence[object],
) -> WhatIf:
    """Compare a need with what it would be under each of some values of one field.

    Only the outcomes that depend on the field are worked out anew.

    Raises
    ------
    InputError
        When the field cannot be varied, or a value is none that it can have.
    """
    check_alternatives(field, values, facts.firm)
    rows = np.flatnonzero(
        catalogue.candidates(as_of=facts.as_of, excluded=facts.need.excluded_institutions)
    )
    explorer = _Explorer(catalogue, facts, outcomes, parameters, field, rows)
    eligible, to_confirm = _counts(explorer.standing)
    return WhatIf(
        need=facts.need.code,
        field=field,
        current=_current(facts, field),
        eligible=eligible,
        to_confirm=to_confirm,
        alternatives=tuple(explorer.alternative(value) for value in values),
        steps=explorer.steps() if field in NUMERIC_FIELDS else (),
    )


class _Explorer:
    """The candidates of one need, ready to be compared again with one field changed."""

    def __init__(
        self,
        catalogue: Catalogue,
        facts: Facts,
        outcomes: Outcomes,
        parameters: Parameters,
        field: str,
        rows: Rows,
    ) -> None:
        self._catalogue, self._facts, self._parameters = catalogue, facts, parameters
        self._field, self._rows = field, rows
        self._criteria = CRITERIA_OF_FIELD[field]
        self._engine = NumpyEngine(catalogue)
        self._rest = worst_of_others(outcomes, self._criteria)[rows]
        self._now = {criterion: outcomes.row(criterion)[rows] for criterion in self._criteria}
        self._are_candidates = np.ones(len(rows), dtype=np.bool_)
        self.standing = standings(outcomes.worst[rows], self._are_candidates)

    def alternative(self, value: object) -> Alternative:
        """Return what one value would bring."""
        facts = self._facts_with(value)
        after = self._outcomes_with(facts)
        standing = self._standing_with(after)
        eligible, to_confirm = _counts(standing)
        pairs = {criterion: (self._now[criterion], new) for criterion, new in after.items()}
        return Alternative(
            value=value,
            sets=self._sets(facts, value),
            eligible=eligible,
            to_confirm=to_confirm,
            shift=build_shift(self._catalogue, self._rows, self.standing, standing, pairs),
        )

    def steps(self) -> tuple[Step, ...]:
        """Return the matches for every number from 0 on, one step per change of their set.

        Notes
        -----
        For each product the numbers that it admits lie between one at which it comes in
        and one at which it is gone again; so the sets of matches are counted by sorting
        both, and no number has to be tried.
        """
        span = _admitted_numbers(self._catalogue, self._facts, self._field, self._rows)
        if_given = self._outcomes_with(self._facts_with(0))
        for outcomes in if_given.values():
            outcomes[outcomes == UNMET] = MET
        standing = self._standing_with(if_given)
        starts = np.maximum(span.enters, 0)
        counted = (standing <= TO_CONFIRM) & (starts < span.leaves)
        starts, leaves, standing = starts[counted], span.leaves[counted], standing[counted]
        first = np.zeros(1, dtype=starts.dtype)
        points = np.unique(np.concatenate((first, starts, leaves[leaves < span.end])))
        eligible, to_confirm = (
            np.searchsorted(np.sort(starts[standing == kind]), points, side="right")
            - np.searchsorted(np.sort(leaves[standing == kind]), points, side="right")
            for kind in (ELIGIBLE, TO_CONFIRM)
        )
        found = zip(points.tolist(), eligible.tolist(), to_confirm.tolist(), strict=True)
        return tuple(Step(*step) for step in found)

    def _facts_with(self, value: object) -> Facts:
        need, firm = apply_alternative(self._facts.need, self._facts.firm, self._field, value)
        return gather_facts(need, firm, as_of=self._facts.as_of, parameters=self._parameters)

    def _outcomes_with(self, facts: Facts) -> dict[str, Codes]:
        return {
            criterion: self._engine.outcome(criterion, COMPARED[criterion](facts))[self._rows]
            for criterion in self._criteria
        }

    def _standing_with(self, outcomes: dict[str, Codes]) -> Codes:
        worst = np.maximum.reduce([self._rest, *outcomes.values()])
        return standings(worst, self._are_candidates)

    def _sets(self, facts: Facts, value: object) -> tuple[tuple[str, object], ...]:
        if self._field == QUALIFICATIONS_FIELD:
            return ((self._field, facts.qualifications),)
        changes = changed_fields(self._facts.need, self._facts.firm, self._field, value)
        return tuple(changes.items())


@dataclass(frozen=True, slots=True)
class _Span:
    """Which numbers each of some products admits: ``enters <= number < leaves``.

    Attributes
    ----------
    enters, leaves : array, shape (r,)
        Whole numbers for amounts and terms, fractions for the rate.
    end : number
        Stands in ``leaves`` for "never".
    """

    enters: Limits
    leaves: Limits
    end: int | float


def _admitted_numbers(catalogue: Catalogue, facts: Facts, field: str, rows: Rows) -> _Span:
    if field == RATE_FIELD:
        rates = catalogue.rate_min[rows]
        has_limit = catalogue.may_lend[rows] & ~np.isnan(rates)
        enters = np.where(has_limit, rates, 0.0)
        return _Span(enters, np.full(len(rows), np.inf), np.inf)
    criterion, other = INTERVAL_ENDS[field]
    low, high = (limits[rows] for limits in catalogue.limits[criterion])
    # An open end holds for every number; beyond the largest limit comes nothing more.
    leaves = np.where(high == HIGHEST, HIGHEST, np.minimum(high, HIGHEST - 1) + 1)
    opposite = getattr(facts.need, other)
    if opposite is not None:
        opposite = min(opposite, HIGHEST - 1)
        if field == ENDS[criterion][1]:
            # Above the lower end the interval only grows; so nothing is lost any more.
            leaves = np.where(high >= opposite, HIGHEST, leaves)
        else:
            low = np.where(low <= opposite, LOWEST, low)
    is_stated = catalogue.intervals[criterion].stated[rows]
    return _Span(
        np.where(is_stated, low, LOWEST), np.where(is_stated, leaves, HIGHEST), int(HIGHEST)
    )


def _counts(standing: Codes) -> tuple[int, int]:
    is_eligible: Flags = standing == ELIGIBLE
    return int(is_eligible.sum()), int((standing == TO_CONFIRM).sum())


def _current(facts: Facts, field: str) -> object:
    if field == QUALIFICATIONS_FIELD:
        return facts.qualifications
    return getattr(facts.need, field)
