"""The kinds of fields that hold several values: lists of codes, qualifications, conditions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from matching.exchange import limits
from matching.exchange.faults import FaultLog
from matching.exchange.records.kinds import (
    Choice,
    Day,
    Identifier,
    Kind,
    checked_number,
    shortest_number,
)
from matching.schema import Qualification, Term, TermValue
from matching.vocabulary import (
    CODED_FIRM_FIELDS,
    CRITERIA,
    NUMERIC_FIRM_FIELDS,
    QUALIFICATIONS,
    TAXPAYER_RATINGS,
    TERM_OPERATORS,
)

_QUALIFICATION: Final = Choice(QUALIFICATIONS)
_CRITERION: Final = Choice(CRITERIA)
_RATING: Final = Choice(TAXPAYER_RATINGS)
_DAY: Final = Day()
_LIST_OPERATORS: Final = ("in", "not_in")
_CODED_OPERATORS: Final = ("==", "!=", *_LIST_OPERATORS)
_TERM_KEYS: Final = ("field", "op", "value")
_QUALIFICATION_KEYS: Final = ("code", "valid_from", "valid_until")


class DuplicateKeys(dict[str, object]):
    """A JSON object in which some keys stand more than once; ``repeated`` names them."""

    repeated: tuple[str, ...] = ()


def check_keys(
    raw: Mapping[str, object], known: Mapping[str, object], log: FaultLog, *, nested: bool = False
) -> None:
    """Report keys that the contract does not know and keys that stand twice.

    The fault stands at the key itself, or for a ``nested`` object at the present field.
    """
    for key in raw:
        if key not in known:
            field = None if nested else key
            log.add("unknown_key", f"已知的字段：{'、'.join(known)}", key, field=field)
    if isinstance(raw, DuplicateKeys):
        for key in raw.repeated:
            field = None if nested else key
            log.add("duplicate_key", "同一对象中每个键只出现一次；请删去重复的键", key, field=field)


def _check_list(value: object, log: FaultLog, what: str) -> list[object] | None:
    if isinstance(value, list):
        return value
    log.add("wrong_type", f"列表：{what}", value)
    return None


@dataclass(frozen=True, slots=True)
class CodeList:
    """Codes of one kind; what stands twice counts once, at its first place."""

    item: Kind

    def check(self, value: object, log: FaultLog) -> tuple[object, ...] | None:
        items = _check_list(value, log, "每项一个代码，无则写空列表")
        if items is None:
            return None
        codes = [self.item.check(item, log) for item in items]
        return tuple(dict.fromkeys(codes)) if None not in codes else None


@dataclass(frozen=True, slots=True)
class Undisclosed:
    """The criteria whose conditions an institution has but does not publish."""

    def check(self, value: object, log: FaultLog) -> frozenset[str] | None:
        items = _check_list(value, log, "每项一个条件代码")
        if items is None:
            return None
        codes = [_CRITERION.check(item, log) for item in items]
        return frozenset(code for code in codes if code is not None)


@dataclass(frozen=True, slots=True)
class Qualifications:
    """What a firm holds: bare codes, or codes with the period in which they are valid."""

    def check(self, value: object, log: FaultLog) -> tuple[Qualification, ...] | None:
        items = _check_list(value, log, "每项一个资质代码，或 {code, valid_from, valid_until}")
        if items is None:
            return None
        held = [self._check_one(item, log) for item in items]
        return tuple(dict.fromkeys(one for one in held if one is not None))

    def _check_one(self, item: object, log: FaultLog) -> Qualification | None:
        if not isinstance(item, dict):
            code = _QUALIFICATION.check(item, log)
            return None if code is None else Qualification(code=code)
        check_keys(item, dict.fromkeys(_QUALIFICATION_KEYS), log, nested=True)
        code = _QUALIFICATION.check(item.get("code"), log)
        start, end = (
            None if item.get(key) is None else _DAY.check(item[key], log)
            for key in ("valid_from", "valid_until")
        )
        if start is not None and end is not None and start >= end:
            found = f"{start.isoformat()} ~ {end.isoformat()}"
            log.add("period_reversed", "有效期起早于有效期止（止日当天不再有效）", found)
        if code is None:
            return None
        return Qualification(code=code, valid_from=start, valid_until=end)


@dataclass(frozen=True, slots=True)
class Terms:
    """A product's further conditions on fields of the firm."""

    def check(self, value: object, log: FaultLog) -> tuple[Term, ...] | None:
        items = _check_list(value, log, "每项一个 {field, op, value}")
        if items is None:
            return None
        terms = [_check_term(item, log) for item in items]
        return tuple(term for term in terms if term is not None)


def _check_term(item: object, log: FaultLog) -> Term | None:
    if not isinstance(item, dict):
        log.add("wrong_type", "对象 {field, op, value}", item)
        return None
    check_keys(item, dict.fromkeys(_TERM_KEYS), log, nested=True)
    field, op, value = (item.get(key) for key in _TERM_KEYS)
    if not isinstance(field, str) or not (
        field in NUMERIC_FIRM_FIELDS or field in CODED_FIRM_FIELDS
    ):
        known = "、".join([*NUMERIC_FIRM_FIELDS, *CODED_FIRM_FIELDS])
        log.add("bad_term_field", f"条件所用的企业字段（field），可用：{known}", field)
        return None
    operators = _CODED_OPERATORS if field in CODED_FIRM_FIELDS else tuple(TERM_OPERATORS)
    if not isinstance(op, str) or op not in operators:
        log.add("bad_term_operator", f"{field} 可用的比较（op）：{' '.join(operators)}", op)
        return None
    checked = _check_term_value(field, op, value, log)
    return None if checked is None else Term(field=field, op=op, value=checked)


def _check_term_value(field: str, op: str, value: object, log: FaultLog) -> TermValue | None:
    if op not in _LIST_OPERATORS:
        return _check_term_scalar(field, value, log)
    if not isinstance(value, list) or not value:
        log.add("bad_term_value", f"{field} {op} 的值（value）为非空列表", value)
        return None
    items = [_check_term_scalar(field, item, log) for item in value]
    found = tuple(item for item in items if item is not None)
    return found if len(found) == len(items) else None


def _check_term_scalar(field: str, value: object, log: FaultLog) -> int | float | str | None:
    if field == "taxpayer_rating":
        return _RATING.check(value, log)
    if field in CODED_FIRM_FIELDS:
        return Identifier().check(value, log)
    label, unit = NUMERIC_FIRM_FIELDS[field]
    limit: float = limits.MAX_TERM_FRACTION if unit == "fraction" else limits.MAX_AMOUNT_YUAN
    expected = f"{label}的值（value）为 -{limit:.0f} 到 {limit:.0f} 之间的数"
    if unit == "fraction":
        expected += "，比率用小数表示，如 0.7 表示 70%"
    number = checked_number(value, log, expected)
    if number is None:
        return None
    if not -limit <= number <= limit:
        log.add("out_of_range", expected, value)
        return None
    return shortest_number(number)
