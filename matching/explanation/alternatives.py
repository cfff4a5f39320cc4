"""Which fields a what-if may change, which values it takes, and what they mean.

Where the changed end of an interval passes the other end, the other end goes along: the new
number stands for both, as a single number does. A need without an interval gets one number
for both ends. Everything else stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isfinite
from numbers import Integral, Real
from typing import Any, Final, cast

from matching.errors import Fault, InputError
from matching.explanation.changes import ENDS
from matching.schema import Firm, Need, Qualification
from matching.vocabulary import COLLATERAL, FINANCING_TYPES, PURPOSES, QUALIFICATIONS

QUALIFICATIONS_FIELD: Final = "qualifications"
RATE_FIELD: Final = "max_annual_rate"

# The end of an interval -> its criterion, and its other end.
INTERVAL_ENDS: Final = {
    end: (criterion, ends[1 - position])
    for criterion, ends in ENDS.items()
    for position, end in enumerate(ends)
}
NUMERIC_FIELDS: Final = (*INTERVAL_ENDS, RATE_FIELD)
_CODES: Final[Mapping[str, Mapping[str, str]]] = {
    "financing_types": FINANCING_TYPES,
    "purposes": PURPOSES,
    "collateral": COLLATERAL,
    QUALIFICATIONS_FIELD: QUALIFICATIONS,
}
# The criteria that a field decides, in the order of the vocabulary.
CRITERIA_OF_FIELD: Final[Mapping[str, tuple[str, ...]]] = {
    **{end: (criterion,) for end, (criterion, _) in INTERVAL_ENDS.items()},
    RATE_FIELD: ("rate",),
    "financing_types": ("financing_type",),
    "purposes": ("purpose",),
    "collateral": ("collateral",),
    QUALIFICATIONS_FIELD: ("qualifications_all", "qualifications_any"),
}


def check_alternatives(field: str, values: Sequence[object], firm: Firm) -> None:
    """Refuse a field that cannot be varied and values that it cannot have.

    Raises
    ------
    InputError
        With one fault per value, ``row`` being its position from 1.
    """
    if field not in CRITERIA_OF_FIELD:
        known = f"可试算的字段之一：{'、'.join(CRITERIA_OF_FIELD)}"
        raise InputError([Fault("what_if", None, "field", field[:80], known, "unknown_field")])
    if field == QUALIFICATIONS_FIELD and firm.qualifications is None:
        first = "先填写企业已有的资质（没有的填空列表），才能试算增加资质"
        raise InputError([Fault("what_if", None, field, None, first, "unknown_fact")])
    faults = [
        Fault("what_if", number, field, str(value)[:80], expected, "wrong_value")
        for number, value in enumerate(values, start=1)
        if (expected := _expected(field, value)) is not None
    ]
    if faults:
        raise InputError(faults)


def changed_fields(need: Need, firm: Firm, field: str, value: Any) -> dict[str, object]:
    """Return the fields of the need that a value changes, with their new values.

    For ``qualifications``, a field of the firm, all records that it would then have.
    """
    if field == QUALIFICATIONS_FIELD:
        added = tuple(Qualification(code=code) for code in value)
        return {field: (*(firm.qualifications or ()), *added)}
    changes: dict[str, object] = {field: value}
    if field in INTERVAL_ENDS and value is not None:
        criterion, other = INTERVAL_ENDS[field]
        opposite = getattr(need, other)
        is_upper = field == ENDS[criterion][1]
        if opposite is not None and (value < opposite if is_upper else value > opposite):
            changes[other] = value
    return changes


def apply_alternative(need: Need, firm: Firm, field: str, value: object) -> tuple[Need, Firm]:
    """Return need and firm as they would be with one value of the field.

    Examples
    --------
    >>> need = Need(code="N1", firm="F1", amount_min_yuan=3_000_000, amount_max_yuan=9_000_000)
    >>> firm = Firm(uscc="F1", name="演示企业")
    >>> changed, _ = apply_alternative(need, firm, "amount_max_yuan", 2_000_000)
    >>> changed.amount_min_yuan, changed.amount_max_yuan
    (2000000, 2000000)
    """
    changes = cast("dict[str, Any]", changed_fields(need, firm, field, value))
    if field == QUALIFICATIONS_FIELD:
        return need, replace(firm, **changes)
    return replace(need, **changes), firm


def _expected(field: str, value: object) -> str | None:
    """Say what a value should be; None when it is right."""
    if field in _CODES:
        return _expected_codes(field, value)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, Real):
        return "数字"
    if not isfinite(value) or value < 0:
        return "不小于 0 的有限数"
    if field in INTERVAL_ENDS and not isinstance(value, Integral):
        return "整数（金额以元计，期限以月计）"
    return None


def _expected_codes(field: str, value: object) -> str | None:
    known = _CODES[field]
    if value is None and field != QUALIFICATIONS_FIELD:
        return None
    if not isinstance(value, tuple):
        return "代码的列表"
    if any(code not in known for code in value):
        return f"代码应为：{'、'.join(known)}"
    return None
