"""Frozen records of what is answered beyond the ranking: what if, calendar, coverage.

What a ranking itself says (matches, near misses, questions) stands in ``matching.schema``,
on which everything below this module rests.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from matching.schema import Number, Verdict

RelaxationKind = Literal["limit", "add", "remove", "drop"]


@dataclass(frozen=True, slots=True)
class VerdictChange:
    """A product whose verdict for a need is another one before and after.

    Attributes
    ----------
    before, after : verdict or None
        None: the product is no candidate.
    because : tuple of str
        The criteria whose outcomes changed, in the order of the vocabulary; in a calendar
        ``opens`` or ``closes`` first where the product itself does.
    """

    product: str
    institution: str
    before: Verdict | None
    after: Verdict | None
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shift:
    """How a need's matches change, each list in ascending order of product code.

    Attributes
    ----------
    gained : tuple of VerdictChange
        Products that match and did not.
    lost : tuple of VerdictChange
        Products that matched and do not.
    moved : tuple of VerdictChange
        Products that match before and after, now eligible instead of to confirm or the
        other way round.
    """

    gained: tuple[VerdictChange, ...] = ()
    lost: tuple[VerdictChange, ...] = ()
    moved: tuple[VerdictChange, ...] = ()

    def __bool__(self) -> bool:
        """Say whether anything changes."""
        return bool(self.gained or self.lost or self.moved)


# --- what if -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Alternative:
    """One value that a field might have, and what the need would then find.

    Attributes
    ----------
    value : object
        As it was asked: a number, None, or a tuple of codes.
    sets : tuple of (str, object)
        Every field that changes, with its new value; two where the other end of an
        interval goes along. Qualifications stand with all codes then held.
    eligible, to_confirm : int
        How many candidates would have that verdict.
    shift : Shift
        Against the need as it is.
    """

    value: object
    sets: tuple[tuple[str, object], ...]
    eligible: int
    to_confirm: int
    shift: Shift


@dataclass(frozen=True, slots=True)
class Step:
    """The matches from a value of a slider on, up to the next step."""

    start: Number
    eligible: int
    to_confirm: int


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What other values of one field would bring.

    Attributes
    ----------
    current : object
        The field as it is; for qualifications the codes held.
    eligible, to_confirm : int
        What the need finds as it is.
    alternatives : tuple of Alternative
        In the order asked.
    steps : tuple of Step
        For numbers: from 0 on, ascending, one step for each value at which the set of
        matches changes; so a slider needs to stop nowhere else. Empty for lists.
    """

    need: str
    field: str
    current: object
    eligible: int
    to_confirm: int
    alternatives: tuple[Alternative, ...]
    steps: tuple[Step, ...] = ()


# --- calendar ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day from which a need's matches are others than on the day before."""

    day: date
    shift: Shift


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days after ``as_of`` up to ``until`` on which a need's matches change, ascending."""

    need: str
    as_of: date
    until: date
    days: tuple[CalendarDay, ...]


@dataclass(frozen=True, slots=True)
class NeedShift:
    """How the matches of one need change on a day that several needs share."""

    need: str
    shift: Shift


@dataclass(frozen=True, slots=True)
class SharedDay:
    """A day on which the matches of some needs change, in ascending order of need code."""

    day: date
    needs: tuple[NeedShift, ...]


# --- coverage ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Group:
    """What kind of need is counted together; None is unknown, for a type "any".

    Attributes
    ----------
    stage : str or None
    amount_above_yuan, amount_up_to_yuan : int or None
        The band of the upper end that is asked: above the first, up to and including the
        second. The lowest band has no first, the highest no second, an amount that is not
        known neither.
    city : str or None
        Code of the firm's city; of its province where no more is known.
    financing_type : str or None
    """

    stage: str | None
    amount_above_yuan: int | None
    amount_up_to_yuan: int | None
    city: str | None
    financing_type: str | None


@dataclass(frozen=True, slots=True)
class Gap:
    """Needs of one group that no product serves, beside all needs of the group.

    A need that names several financing types counts in the group of each.
    """

    group: Group
    unserved_needs: int
    unserved_firms: int
    needs: int
    firms: int


@dataclass(frozen=True, slots=True)
class RelaxationStep:
    """How far a condition would be relaxed, and how many unserved needs that serves.

    Attributes
    ----------
    to_value : object
        The limit; for lists the codes added or removed so far; None where the condition
        is given up altogether.
    needs, firms : int
        Served by this or an earlier step.
    """

    to_value: object
    needs: int
    firms: int


@dataclass(frozen=True, slots=True)
class Relaxation:
    """One condition of one product that alone keeps needs from being served.

    Attributes
    ----------
    criterion, field : str
        The criterion as in a match, and the product's field that would change.
    kind : str
        ``limit`` moves a number, ``add`` adds codes, ``remove`` takes codes away, ``drop``
        gives the condition up, which is all that can be done.
    from_value : object
        As stated: the limit, the codes, or the value of a further condition.
    to_value, needs, firms
        As in the last step: what serves all of them.
    steps : tuple of RelaxationStep
        The mildest first; each serves more needs than the one before.
    """

    product: str
    institution: str
    criterion: str
    field: str
    kind: RelaxationKind
    from_value: object
    to_value: object
    needs: int
    firms: int
    steps: tuple[RelaxationStep, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which needs no product serves, and which single relaxations would serve most.

    Attributes
    ----------
    gaps : tuple of Gap
        Most unserved needs first, then in order of the group.
    relaxations : tuple of Relaxation
        Most needs first, then most firms, product code, criterion, field.
    """

    as_of: date
    needs: int
    firms: int
    unserved_needs: int
    unserved_firms: int
    gaps: tuple[Gap, ...]
    relaxations: tuple[Relaxation, ...]


# --- what a changed product means for needs ------------------------------------------------


@dataclass(frozen=True, slots=True)
class NeedGroup:
    """Some needs of one kind.

    Attributes
    ----------
    needs : tuple of str
        Codes, ascending.
    firms : int
        How many firms they come from.
    by_place : tuple of (city, stage, needs, firms)
        Counts by the firms' city (six digits; None is unknown or none) and stage (None is
        unknown), ascending by code. A firm counts once at each place.
    """

    needs: tuple[str, ...] = ()
    firms: int = 0
    by_place: tuple[tuple[str | None, str | None, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class OfferShift:
    """How the needs of a product change.

    Attributes
    ----------
    gained, lost : NeedGroup
        Needs that match (eligible or to confirm) and did not, and the other way round.
    confirmed, opened : NeedGroup
        Needs that were to confirm and are eligible, and the other way round.
    """

    gained: NeedGroup
    lost: NeedGroup
    confirmed: NeedGroup
    opened: NeedGroup

    def __bool__(self) -> bool:
        """Say whether anything changes."""
        return any(group.needs for group in (self.gained, self.lost, self.confirmed, self.opened))


@dataclass(frozen=True, slots=True)
class ConditionEffect:
    """What one changed condition alone would do; ``condition`` is a criterion or ``validity``."""

    condition: str
    shift: OfferShift


@dataclass(frozen=True, slots=True)
class ProductWhatIf:
    """What a changed product means for held needs.

    Attributes
    ----------
    eligible, to_confirm : (int, int)
        Needs with each verdict before and after.
    together : OfferShift
        All changes at once.
    conditions : tuple of ConditionEffect
        Each changed condition applied alone, in the order of the vocabulary; none for a
        product that is new. Conditions act together, so their effects need not add up.
    """

    product: str
    eligible: tuple[int, int]
    to_confirm: tuple[int, int]
    together: OfferShift
    conditions: tuple[ConditionEffect, ...]
