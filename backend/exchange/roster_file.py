"""Reads the workbook of a roster: finds its table, and checks every cell of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from backend.exchange.tables import (
    HEADER_ROWS,
    Column,
    find_header,
    is_filled,
    match_columns,
    refuse_merged,
)
from backend.firms.enums import RosterKind
from matching.exchange.faults import FaultLog
from matching.exchange.records.kinds import Choice, Day, Identifier, Region, Text, Uscc
from matching.exchange.records.rows import UNREADABLE
from matching.exchange.workbook.cells_in import cell_text, read_cell
from matching.exchange.workbook.parser import Cell, Sheet, parse_sheets

# A list of 专精特新 firms holds up to three qualifications, told apart by the level.
_SRDI_LEVELS = {"srdi": "省级", "srdi_city": "市级", "little_giant": "国家级“小巨人”"}


_FIRM_COLUMNS = (
    Column("uscc", "统一社会信用代码", Uscc(), is_required=True),
    Column("name", "企业名称", Text(200, required=True), is_required=True),
    Column("region", "所在地区", Region()),
)
_QUALIFICATION_COLUMNS = (
    *_FIRM_COLUMNS,
    Column("level", "级别", Text(60)),
    Column("certificate_number", "证书编号", Text(60)),
    Column("valid_from", "有效期起", Day()),
    # People name the last valid day; inside, the end is excluded.
    Column("last_day", "有效期至", Day()),
)
COLUMNS: Mapping[RosterKind, tuple[Column, ...]] = {
    RosterKind.TECH_SME: _QUALIFICATION_COLUMNS,
    RosterKind.HIGH_TECH: _QUALIFICATION_COLUMNS,
    RosterKind.CONTEST_AWARD: _QUALIFICATION_COLUMNS,
    RosterKind.SRDI: (
        *(column for column in _QUALIFICATION_COLUMNS if column.name != "level"),
        Column("code", "级别", Choice(_SRDI_LEVELS)),
    ),
    RosterKind.TENANTS: (
        *_FIRM_COLUMNS,
        Column("incubator", "孵化载体代码", Identifier(), is_required=True),
        Column("valid_from", "入驻日期", Day()),
        Column("valid_until", "离开日期", Day()),
    ),
}
_QUALIFICATION_OF_KIND = {
    RosterKind.TECH_SME: "tech_sme",
    RosterKind.HIGH_TECH: "high_tech",
    RosterKind.CONTEST_AWARD: "contest_award",
    RosterKind.SRDI: "srdi",
    RosterKind.TENANTS: "incubated",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterRow:
    """One firm of a roster; ``number`` is the row as the spreadsheet program counts."""

    number: int
    uscc: str
    name: str
    code: str
    valid_from: date
    valid_until: date | None
    region: str | None = None
    level: str = ""
    certificate_number: str = ""
    incubator: str | None = None


@dataclass(frozen=True, slots=True)
class RosterFile:
    """A roster's rows, the sheet they stand in, and the columns that nobody asked for."""

    sheet: str
    rows: tuple[RosterRow, ...]
    ignored_columns: tuple[str, ...]


def read_roster(
    data: bytes,
    kind: RosterKind,
    *,
    valid_from: date,
    valid_until: date | None,
    own_incubator: str | None = None,
) -> RosterFile:
    """Read a roster workbook; a row without dates takes those given.

    ``own_incubator`` is the code of the incubator that imports its own tenants: its list need not
    name it, and may name no other.

    Raises ``matching.errors.InputError`` with every fault: the file as a whole, its header,
    and every cell that cannot be right.
    """
    log = FaultLog(people=True)
    sheet = _only_sheet(parse_sheets(data), log)
    header_at = _find_header(sheet, log)
    wanted = _columns_of(kind, own_incubator)
    columns, ignored = match_columns(sheet.rows[header_at], wanted, log)
    refuse_merged(sheet, header_at, log)
    log.finish()
    reader = _RowReader(kind, columns, log, valid_from, valid_until, own_incubator)
    rows = [
        reader.read(sheet.name, number, cells)
        for number, cells in enumerate(sheet.rows[header_at + 1 :], start=header_at + 2)
        if any(is_filled(cell) for cell in cells)
    ]
    if not rows:
        log.enter(sheet.name)
        log.add("empty_sheet", "表头之下至少一行企业；工作表为空")
    log.finish()
    return RosterFile(sheet.name, tuple(row for row in rows if row is not None), ignored)


def _columns_of(kind: RosterKind, own_incubator: str | None) -> tuple[Column, ...]:
    if own_incubator is None:
        return COLUMNS[kind]
    return tuple(
        replace(column, is_required=column.is_required and column.name != "incubator")
        for column in COLUMNS[kind]
    )


def _only_sheet(sheets: list[Sheet], log: FaultLog) -> Sheet:
    filled = [sheet for sheet in sheets if any(any(map(is_filled, row)) for row in sheet.rows)]
    if len(filled) != 1:
        names = "、".join(sheet.name for sheet in filled) or "（空工作簿）"
        log.add("one_sheet_expected", "恰好一张有内容的工作表；请只保留名单", names)
        log.finish()
    return filled[0]


def _find_header(sheet: Sheet, log: FaultLog) -> int:
    wanted = _FIRM_COLUMNS[0].header
    found = find_header(sheet, wanted)
    if found is not None:
        return found
    log.enter(sheet.name)
    log.add("header_missing", f"前 {HEADER_ROWS} 行内有一行表头，含“{wanted}”一列")
    log.finish()
    raise AssertionError("finish raises when there is a fault")


class _RowReader:
    """Turns rows of cells into checked records; faults go to the log."""

    def __init__(
        self,
        kind: RosterKind,
        columns: Mapping[int, Column],
        log: FaultLog,
        valid_from: date,
        valid_until: date | None,
        own_incubator: str | None,
    ) -> None:
        self._kind = kind
        self._own_incubator = own_incubator
        self._columns = columns
        self._log = log
        self._period = (valid_from, valid_until)
        self._labels = {column.name: column.header for column in COLUMNS[kind]}
        self._seen: dict[tuple[str, ...], int] = {}

    def read(self, sheet: str, number: int, cells: list[Cell]) -> RosterRow | None:
        """Return a row, or None after reporting what is wrong with it."""
        log = self._log
        faults_before = len(log.faults)
        shown = {
            column.name: cell_text(cells[index])
            for index, column in self._columns.items()
            if index < len(cells) and cells[index] is not None
        }
        log.enter(sheet, number, labels=self._labels, shown=shown)
        values = {
            column.name: self._value(column, cells[index] if index < len(cells) else None)
            for index, column in self._columns.items()
        }
        values = {name: value for name, value in values.items() if value is not None}
        if len(log.faults) > faults_before:
            return None
        if self._own_incubator is not None:
            self._check_own(values.setdefault("incubator", self._own_incubator))
        values.setdefault("code", _QUALIFICATION_OF_KIND[self._kind])
        row = RosterRow(number=number, **self._dated(values))
        self._check_row(row)
        return row if len(log.faults) == faults_before else None

    def _value(self, column: Column, cell: Cell) -> Any:
        self._log.field = column.name
        if not is_filled(cell):
            if column.is_required:
                self._log.add("missing", f"必填：{column.header}")
            return None
        raw = read_cell(column.kind, cell, self._log)
        value = None if raw is UNREADABLE else column.kind.check(raw, self._log)
        self._log.field = None
        return value

    def _dated(self, values: dict[str, Any]) -> dict[str, Any]:
        """Fill in the roster's period where a row has no start of its own."""
        valid_from, valid_until = self._period
        last_day = values.pop("last_day", None)
        if last_day is not None:
            values = {**values, "valid_until": last_day + timedelta(days=1)}
        if "valid_from" not in values:
            values = {"valid_until": valid_until, **values}
        return {"valid_from": valid_from, "valid_until": None, **values}

    def _check_own(self, incubator: str) -> None:
        if incubator != self._own_incubator:
            self._log.add(
                "other_incubator", f"本载体的代码 {self._own_incubator}，或留空", field="incubator"
            )

    def _check_row(self, row: RosterRow) -> None:
        if row.valid_until is not None and row.valid_from >= row.valid_until:
            field = "valid_until" if self._kind is RosterKind.TENANTS else "last_day"
            self._log.add("period_empty", f"不早于起始日期 {row.valid_from}", field=field)
        key = (row.uscc, row.incubator or row.code, row.valid_from.isoformat())
        first = self._seen.setdefault(key, row.number)
        if first != row.number:
            self._log.add("duplicate_row", f"每家企业只出现一次；与第 {first} 行重复", field="uscc")
