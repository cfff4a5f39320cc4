"""Further conditions on a field of the firm: ``{field, op, value}``."""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from math import ceil, floor
from typing import Any, Final

from matching.schema import Number, Term
from matching.vocabulary import NUMERIC_FIRM_FIELDS, SIGNED_FIRM_FIELDS


def _is_in(value: Any, values: Any) -> bool:
    """Compare by value alone: ``in`` would find the very same NaN."""
    return any(value == one for one in values)


def _is_not_in(value: Any, values: Any) -> bool:
    return not _is_in(value, values)


COMPARISONS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "==": operator.eq,
    "!=": operator.ne,
    "in": _is_in,
    "not_in": _is_not_in,
}

_FRACTION_STEP: Final = Decimal("0.0001")


def holds(term: Term, value: Number | str) -> bool:
    """Say whether a known value meets a term.

    Examples
    --------
    >>> holds(Term(field="employees", op=">=", value=20), 20)
    True
    """
    return COMPARISONS[term.op](value, term.value)


def term_code(term: Term) -> str:
    """Return the criterion code of a term, for example ``term:employees:>=``."""
    return f"term:{term.field}:{term.op}"


def exact(number: Number) -> Decimal:
    """Return the number as it was written: 0.1 is one tenth."""
    return Decimal(str(number))


def reachable_values(terms: frozenset[Term]) -> tuple[Number, ...]:
    """Return the values next to the limits of the terms that meet all of them at once.

    Parameters
    ----------
    terms : frozenset of Term
        Every term of one product on one numeric field.

    Returns
    -------
    tuple of number
        Ascending. Whatever value a firm has, the nearest value that meets all terms is one
        of these (or its own); empty where no value meets them.

    Notes
    -----
    A value that meets all terms and is no neighbour of a limit cannot be the nearest: one
    step towards the firm's value would meet them too. Whole numbers (yuan, persons, pieces,
    points, years) step by one, fractions by 0.0001; a strict limit gives way to the next
    step. Fields that may not be negative stop at zero.

    Examples
    --------
    >>> reachable_values(frozenset({Term(field="employees", op=">", value=20)}))
    (21,)
    """
    field = next(iter(terms)).field
    candidates = {found for term in terms for found in _neighbours(term)}
    return tuple(
        _as_number(field, value)
        for value in sorted(candidates)
        if (value >= 0 or field in SIGNED_FIRM_FIELDS)
        and all(holds(term, _as_number(field, value)) for term in terms)
    )


def nearest(values: tuple[Number, ...], current: Number) -> Number | None:
    """Return the value nearest to the current one, of two equally near the larger."""
    if not values:
        return None
    here = exact(current)
    return min(values, key=lambda value: (abs(exact(value) - here), -exact(value)))


def _neighbours(term: Term) -> list[Decimal]:
    """Return the values at and next to a term's limits, whether or not they meet it."""
    values = term.value if isinstance(term.value, tuple) else (term.value,)
    limits = [exact(value) for value in values if not isinstance(value, str)]
    step = _step(term.field)
    found: list[Decimal] = []
    for limit in limits:
        steps = limit / step
        found += [
            (Decimal(ceil(steps)) - 1) * step,
            (Decimal(floor(steps)) + 1) * step,
        ]
        if not _is_whole(term.field) or limit == limit.to_integral_value():
            found.append(limit)
    return found


@cache
def _is_whole(field: str) -> bool:
    """Say whether the field counts whole units; only ratios and points have decimals."""
    return NUMERIC_FIRM_FIELDS[field][1] not in {"fraction", "point"}


@cache
def _step(field: str) -> Decimal:
    is_fraction = NUMERIC_FIRM_FIELDS[field][1] == "fraction"
    return _FRACTION_STEP if is_fraction else Decimal(1)


def _as_number(field: str, value: Decimal) -> Number:
    if _step(field) == 1 and value == value.to_integral_value():
        return int(value)
    return float(value)
