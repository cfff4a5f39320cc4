"""The smallest change that turns one unmet criterion."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from dateutil.relativedelta import relativedelta

from matching.eligibility.facts import Facts
from matching.eligibility.terms import term_code
from matching.schema import Change, Number, Term

# The need's or firm's fields behind the two interval criteria: lower end, upper end.
ENDS: Final = {
    "amount": ("amount_min_yuan", "amount_max_yuan"),
    "term": ("term_min_months", "term_max_months"),
}


def moved_end(
    given: tuple[int | None, int | None], limits: tuple[int | None, int | None]
) -> tuple[int, int]:
    """Return which end of an asked interval moves (0 lower, 1 upper) and to which limit.

    The nearer end alone moves; where only one number is given, that number moves.

    Examples
    --------
    >>> moved_end((3_000_000, 9_000_000), (None, 2_000_000))
    (0, 2000000)
    >>> moved_end((None, 9_000_000), (None, 2_000_000))
    (1, 2000000)
    """
    low, high = given
    lower_limit, upper_limit = limits
    lower = low if low is not None else high
    if upper_limit is not None and lower is not None and lower > upper_limit:
        return (0 if low is not None else 1), upper_limit
    if lower_limit is None:
        raise ValueError(f"{given} does not lie apart from {limits}")
    return (1 if high is not None else 0), lower_limit


def day_of_age(founded_on: date, months: int) -> date | None:
    """Return the first day on which a firm is so many months old; None beyond the calendar.

    Completed months are cut towards zero, so that the month before the founding counts as 0,
    the month before that as -1.
    """
    try:
        if months <= 0:
            return founded_on + relativedelta(months=months - 1, days=1)
        return founded_on + relativedelta(months=months)
    except (ValueError, OverflowError):
        return None


class ChangeBuilder:
    """Builds the changes of one need's near misses."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._builders: dict[str, Callable[[str, Any], Change]] = {
            "financing_type": self._financing_type,
            "amount": self._interval,
            "term": self._interval,
            "rate": self._rate,
            "purpose": self._wish,
            "collateral": self._wish,
            "qualifications_all": self._qualifications_all,
            "qualifications_any": self._qualifications_any,
            "firm_age": self._wait,
        }

    def of_criterion(self, criterion: str, target: Any) -> Change:
        """Return the change for an unmet criterion, given what the product asks.

        Parameters
        ----------
        target : object
            As ``CatalogueTargets`` holds it.
        """
        return self._builders[criterion](criterion, target)

    def of_term(self, term: Term, value: Number) -> Change:
        """Return the change that brings the term's field to a value."""
        current = getattr(self._facts.firm, term.field)
        return Change(term_code(term), "attain", term.field, current, value)

    def _financing_type(self, criterion: str, financing_type: tuple[str]) -> Change:
        wanted = self._facts.need.financing_types
        return Change(criterion, "adjust", "financing_types", wanted, financing_type)

    def _interval(self, criterion: str, limits: tuple[int | None, int | None]) -> Change:
        low, high = ENDS[criterion]
        need = self._facts.need
        given = (getattr(need, low), getattr(need, high))
        end, limit = moved_end(given, limits)
        return Change(criterion, "adjust", (low, high)[end], given[end], limit)

    def _rate(self, criterion: str, rate: float) -> Change:
        cap = self._facts.need.max_annual_rate
        return Change(criterion, "adjust", "max_annual_rate", cap, rate)

    def _wish(self, criterion: str, code: tuple[str]) -> Change:
        field = "purposes" if criterion == "purpose" else criterion
        current = getattr(self._facts.need, field)
        return Change(criterion, "adjust", field, current, code)

    def _qualifications_all(self, criterion: str, codes: tuple[str, ...]) -> Change:
        held = self._facts.qualifications or ()
        missing = tuple(sorted(set(codes).difference(held)))
        return Change(criterion, "attain", "qualifications", held, missing)

    def _qualifications_any(self, criterion: str, code: tuple[str]) -> Change:
        held = self._facts.qualifications or ()
        return Change(criterion, "attain", "qualifications", held, code)

    def _wait(self, criterion: str, limits: tuple[int | None, int | None]) -> Change:
        founded_on = self._facts.firm.founded_on
        if founded_on is None or limits[0] is None:
            raise ValueError(f"nothing to wait for: founded on {founded_on}, limits {limits}")
        day = day_of_age(founded_on, limits[0])
        return Change(criterion, "wait", "founded_on", founded_on, day)
