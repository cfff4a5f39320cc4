"""Checks the records of one exchange object, whatever form they came in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from matching.exchange.faults import FaultLog
from matching.exchange.records.compounds import check_keys
from matching.exchange.records.fields import PRODUCTS, RecordSpec
from matching.exchange.records.rules import check_financing_type, check_rules


class Unreadable:
    """Stands for a cell that was reported already and is not to be checked again."""


UNREADABLE: Final = Unreadable()


@dataclass(frozen=True, slots=True)
class RawRow:
    """One record as it came: its place, its values in the JSON form, its texts as shown."""

    number: int
    value: object
    shown: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """One record whose fields were checked; ``values`` lacks what is null or was refused."""

    spec: RecordSpec
    number: int
    values: Mapping[str, Any]
    shown: Mapping[str, str]

    def enter(self, log: FaultLog) -> None:
        """Make this row the place of the next faults."""
        enter_row(self.spec, self.number, self.shown, log)

    def record(self) -> Any:
        """Return the frozen record; only for rows without fault."""
        return self.spec.record(**self.values)


def enter_row(spec: RecordSpec, number: int, shown: Mapping[str, str], log: FaultLog) -> None:
    """Make a row the place of the next faults, named as its reader knows it."""
    if log.people:
        log.enter(spec.sheet, number, labels=spec.headers, shown=shown)
    else:
        log.enter(spec.list_name, number)


def check_row(
    spec: RecordSpec, raw: RawRow, log: FaultLog, *, as_of: date | None
) -> CheckedRow | None:
    """Check one record field by field, then as a whole; None when it is no object."""
    shown = raw.shown or {}
    enter_row(spec, raw.number, shown, log)
    if not isinstance(raw.value, dict):
        log.add("wrong_type", f"对象，含字段 {'、'.join(spec.by_name)}", raw.value)
        return None
    check_keys(raw.value, spec.by_name, log)
    values: dict[str, Any] = {}
    for field in spec.fields:
        value = raw.value.get(field.name)
        log.field = field.name
        if value is None:
            if field.required:
                log.add("missing", f"必填：{field.header}")
        elif value is not UNREADABLE:
            checked = field.kind.check(value, log)
            if checked is not None:
                values[field.name] = checked
    log.field = None
    if spec is PRODUCTS:
        check_financing_type(raw.value, values, log)
        values.setdefault("financing_type", None)  # the one required field that may be null
    check_rules(spec, values, log, as_of=as_of)
    return CheckedRow(spec, raw.number, values, shown)
