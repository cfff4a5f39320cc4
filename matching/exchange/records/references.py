"""What must hold between records: codes are unique, and every code named exists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from matching.exchange.faults import FaultLog
from matching.exchange.records.fields import FIRMS, INSTITUTIONS, NEEDS, PRODUCTS, RecordSpec
from matching.exchange.records.rows import CheckedRow

# list -> (field that names a record, or several; the list in which it must stand)
_REFERENCES: Final[Mapping[str, tuple[tuple[str, RecordSpec], ...]]] = {
    "institutions": (("parent", INSTITUTIONS),),
    "products": (("institution", INSTITUTIONS), ("variant_of", PRODUCTS)),
    "needs": (
        ("firm", FIRMS),
        ("preferred_institutions", INSTITUTIONS),
        ("excluded_institutions", INSTITUTIONS),
    ),
}
_TREES: Final = ((INSTITUTIONS, "parent"), (PRODUCTS, "variant_of"))

Rows = Mapping[str, list[CheckedRow]]


def check_references(rows: Rows, log: FaultLog) -> None:
    """Report codes that stand twice, codes that name nothing, and circles."""
    known = {spec.list_name: _check_unique(spec, rows, log) for spec in _SPECS}
    for spec in _SPECS:
        for row in rows[spec.list_name]:
            for name, target in _REFERENCES.get(spec.list_name, ()):
                _check_target(row, name, target, known[target.list_name], log)
    for spec, name in _TREES:
        _check_circles(spec, name, rows[spec.list_name], log)


_SPECS: Final = (INSTITUTIONS, PRODUCTS, FIRMS, NEEDS)


def _check_unique(spec: RecordSpec, rows: Rows, log: FaultLog) -> Mapping[str, CheckedRow]:
    first: dict[str, CheckedRow] = {}
    for row in rows[spec.list_name]:
        code = row.values.get(spec.key)
        if code is None:
            continue
        if code in first:
            row.enter(log)
            text = f"列表内不重复的代码（第 {first[code].number} 行已用）；请改正或删去重复的一行"
            log.add("duplicate_code", text, code, field=spec.key)
        else:
            first[code] = row
    return first


def _check_target(
    row: CheckedRow, name: str, target: RecordSpec, known: Mapping[str, Any], log: FaultLog
) -> None:
    value = row.values.get(name)
    if value is None:
        return
    codes: Iterable[str] = (value,) if isinstance(value, str) else value
    for code in codes:
        if code not in known:
            row.enter(log)
            place = f"工作表“{target.sheet}”" if log.people else target.list_name
            text = f"{place} 中已有的{target.headers[target.key]}；请先补上该记录或改正代码"
            log.add("unknown_reference", text, code, field=name)


def _check_circles(spec: RecordSpec, name: str, rows: list[CheckedRow], log: FaultLog) -> None:
    """Report each record that lies on a circle of ``name`` references, itself included."""
    above = {row.values[spec.key]: row.values.get(name) for row in rows if spec.key in row.values}
    settled: set[str] = set()
    on_circle: set[str] = set()
    for start in above:
        path: dict[str, None] = {}
        code: str | None = start
        while code is not None and code in above and code not in settled and code not in path:
            path[code] = None
            code = above[code]
        if code is not None and code in path:
            steps = list(path)
            on_circle.update(steps[steps.index(code) :])
        settled.update(path)
    for row in rows:
        if row.values.get(spec.key) in on_circle:
            row.enter(log)
            text = f"不回到自身的{spec.headers[name]}；请断开循环引用"
            log.add("circular_reference", text, row.values[name], field=name)
