"""The days on which a need's matches change, found from the limits that time can cross.

Only four things depend on the day: a product's validity, the firm's age, the qualifications
that are valid, and a stage that is inferred from the age. Each changes on days that can be
named beforehand, so no other day is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from math import ceil, floor
from typing import Final

import numpy as np

from matching.eligibility.catalogue import HIGHEST, LOWEST, Catalogue
from matching.eligibility.engine import COMPARED, NumpyEngine
from matching.eligibility.facts import Facts, gather_facts
from matching.eligibility.outcomes import UNMET, Codes, Outcomes, Rows
from matching.eligibility.over_needs import DATED
from matching.eligibility.stage import AGE, completed_months
from matching.errors import Fault, InputError
from matching.explanation.changes import day_of_age
from matching.explanation.rows import in_order, worst_of_others
from matching.explanation.shifts import build_shift, matching_changes, standings
from matching.parameters import Parameters
from matching.results import Calendar, CalendarDay, NeedShift, SharedDay

_DATED: Final = in_order(DATED)


def check_horizon(as_of: date, until: date) -> None:
    """Refuse a horizon that ends before it begins.

    Raises
    ------
    InputError
    """
    if until < as_of:
        expected = f"不早于截至日 {as_of.isoformat()} 的日期"
        raise InputError(
            [Fault("calendar", None, "until", until.isoformat(), expected, "before_as_of")]
        )


def find_calendar(
    catalogue: Catalogue,
    facts: Facts,
    outcomes: Outcomes,
    parameters: Parameters,
    *,
    until: date,
) -> Calendar:
    """Return the days after ``facts.as_of``, up to and including ``until``.

    Parameters
    ----------
    facts, outcomes : Facts, Outcomes
        Of the need on ``as_of``.
    parameters : Parameters
        Of ``as_of``; they hold for the whole horizon.

    Raises
    ------
    InputError
        When ``until`` lies before ``as_of``.
    """
    check_horizon(facts.as_of, until)
    rows = _rows_that_time_decides(catalogue, facts, outcomes, until)
    days: tuple[CalendarDay, ...] = ()
    if len(rows):
        rest = worst_of_others(outcomes, _DATED)[rows]
        history = _History(catalogue, facts, rest, parameters, rows, until)
        days = tuple(history.changes())
    return Calendar(facts.need.code, facts.as_of, until, days)


def merge_calendars(calendars: Iterable[Calendar]) -> tuple[SharedDay, ...]:
    """Turn the calendars of several needs into one, in order of day and need code."""
    by_day: dict[date, list[NeedShift]] = {}
    for calendar in sorted(calendars, key=lambda calendar: calendar.need):
        for entry in calendar.days:
            by_day.setdefault(entry.day, []).append(NeedShift(calendar.need, entry.shift))
    return tuple(SharedDay(day, tuple(by_day[day])) for day in sorted(by_day))


def _rows_that_time_decides(
    catalogue: Catalogue, facts: Facts, outcomes: Outcomes, until: date
) -> Rows:
    """Keep the products that are open at some time and fail nothing that stays as it is."""
    excluded = facts.need.excluded_institutions
    is_open = catalogue.published & (catalogue.opens <= until.toordinal())
    is_open &= catalogue.closes > facts.as_of.toordinal()
    is_open &= worst_of_others(outcomes, _DATED) < UNMET
    rows = np.flatnonzero(is_open)
    if excluded:
        banned = frozenset(excluded)
        is_kept = [catalogue.products[row].institution not in banned for row in rows.tolist()]
        rows = rows[np.array(is_kept, dtype=np.bool_)]
    return rows


@dataclass(frozen=True, slots=True)
class _State:
    """The dated outcomes between two days on which something of the firm changes."""

    start: int
    outcomes: dict[str, Codes]
    worst: Codes


class _History:
    """Where some products stand with one need on each day that may matter."""

    def __init__(
        self,
        catalogue: Catalogue,
        facts: Facts,
        rest: Codes,
        parameters: Parameters,
        rows: Rows,
        until: date,
    ) -> None:
        self._catalogue, self._facts, self._rows = catalogue, facts, rows
        self._parameters, self._until = parameters, until
        self._rest = rest
        self._engine = NumpyEngine(catalogue)
        self._known: dict[tuple[str, object], Codes] = {}

    def changes(self) -> Iterator[CalendarDay]:
        """Return each day on which a verdict changes, ascending."""
        states = [self._state(self._facts)]
        states += [self._state(self._facts_on(day)) for day in self._days_of_firm()]
        starts = np.array([state.start for state in states])
        first, last = self._facts.as_of.toordinal(), self._until.toordinal()
        opens, closes = self._catalogue.opens[self._rows], self._catalogue.closes[self._rows]
        days = np.unique(np.concatenate((starts, opens, closes)))
        days = days[(days >= first) & (days <= last)]
        state_of_day = np.searchsorted(starts, days, side="right") - 1
        is_open = (opens <= days[:, None]) & (days[:, None] < closes)
        standing = standings(np.stack([state.worst for state in states])[state_of_day], is_open)
        changed = matching_changes(standing[:-1], standing[1:]).any(axis=1)
        for number in np.flatnonzero(changed).tolist():
            old, new = states[state_of_day[number]], states[state_of_day[number + 1]]
            shift = build_shift(
                self._catalogue,
                self._rows,
                standing[number],
                standing[number + 1],
                {code: (old.outcomes[code], new.outcomes[code]) for code in _DATED},
            )
            yield CalendarDay(date.fromordinal(int(days[number + 1])), shift)

    def _facts_on(self, day: date) -> Facts:
        facts = self._facts
        return gather_facts(facts.need, facts.firm, as_of=day, parameters=self._parameters)

    def _state(self, facts: Facts) -> _State:
        outcomes = {criterion: self._outcomes(criterion, facts) for criterion in _DATED}
        worst = np.maximum.reduce([self._rest, *outcomes.values()])
        return _State(facts.as_of.toordinal(), outcomes, worst)

    def _outcomes(self, criterion: str, facts: Facts) -> Codes:
        """Return one row; an equal fact gives the same row as before."""
        fact = COMPARED[criterion](facts)
        found = self._known.get((criterion, fact))
        if found is None:
            found = self._engine.outcome(criterion, fact)[self._rows]
            self._known[criterion, fact] = found
        return found

    def _days_of_firm(self) -> list[date]:
        """Return the days within the horizon on which a fact of the firm may change."""
        days = set(self._birthdays())
        for held in self._facts.firm.qualifications or ():
            days.update(day for day in (held.valid_from, held.valid_until) if day is not None)
        return sorted(day for day in days if self._facts.as_of < day <= self._until)

    def _birthdays(self) -> Iterator[date]:
        """Return the days on which the firm reaches an age that decides something."""
        founded_on, age = self._facts.firm.founded_on, self._facts.age_months
        if founded_on is None or age is None:
            return
        last = completed_months(founded_on, self._until)
        for months in sorted(self._decisive_ages()):
            day = day_of_age(founded_on, months) if age < months <= last else None
            if day is not None:
                yield day

    def _decisive_ages(self) -> set[int]:
        """Return the ages in months at which a criterion or the stage may turn."""
        low, high = (limits[self._rows] for limits in self._catalogue.limits["firm_age"])
        ages = set(np.unique(low[low != LOWEST]).tolist())
        ages.update((np.unique(high[high != HIGHEST]) + 1).tolist())
        if self._facts.firm.stage is None:
            ages |= _ages_of_rules(self._parameters)
        return ages


def _ages_of_rules(parameters: Parameters) -> set[int]:
    """Return the whole ages at and after the thresholds of stage inference."""
    thresholds = [
        threshold
        for rule in parameters.stage_rules
        for name, _, threshold in rule.when
        if name == AGE
    ]
    return {age for limit in thresholds for age in (ceil(limit), floor(limit) + 1)}
