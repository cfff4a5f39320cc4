"""Reads a sheet's returned copy: what identifies its rows unchanged, what was answered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from backend.exchange.sheet_layout import (
    ANSWERS,
    DIGEST_LABEL,
    LABELS,
    REFERRAL_HEADER,
    REVISION_HEADER,
    TOLD,
    Answer,
)
from backend.referrals.models import Sheet as SentSheet
from backend.referrals.sheet_shown import ShownLine
from matching.errors import Fault
from matching.exchange.faults import FaultLog
from matching.exchange.records.rows import UNREADABLE
from matching.exchange.workbook.cells_in import cell_text, read_cell
from matching.exchange.workbook.parser import Cell, Sheet, parse_sheets
from matching.exchange.workbook.spelling import plain_text

# The head stands above the table.
_HEADER_ROWS = 40
_TOLD_HEADERS = (*(column.header for column in TOLD), REFERRAL_HEADER, REVISION_HEADER)


@dataclass(frozen=True, slots=True)
class ReturnedRow:
    """The answers of one row; ``number`` is the row as the spreadsheet program counts.

    ``values`` holds what was filled in by the name of its column, ``shown`` the texts of cells.
    """

    number: int
    line: ShownLine
    values: Mapping[str, Any]
    shown: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ReturnedFile:
    """The rows that can be right, and what is wrong with the others."""

    sheet: str
    rows: tuple[ReturnedRow, ...]
    faults: tuple[Fault, ...]


def read_file(data: bytes, *, sent: SentSheet, lines: Iterable[ShownLine]) -> ReturnedFile:
    """Read a returned copy of a sheet.

    Raises ``matching.errors.InputError`` when the file as a whole is not a copy of the sheet;
    what is wrong with single rows stands in the answer.
    """
    log = FaultLog(people=True)
    sheet, header_at = _find_table(parse_sheets(data), log)
    _check_digest(sheet, header_at, sent, log)
    places = _find_columns(sheet, header_at, log)
    log.finish()
    reader = _RowReader(sheet.name, places, {str(one.referral.public_id): one for one in lines})
    rows = [
        reader.read(number, cells)
        for number, cells in enumerate(sheet.rows[header_at + 1 :], start=header_at + 2)
    ]
    kept = tuple(row for row in rows if row is not None)
    return ReturnedFile(sheet.name, kept, tuple(reader.log.faults))


def _text(cell: Cell) -> str:
    return "" if cell is None else plain_text(cell_text(cell))


def _find_table(sheets: list[Sheet], log: FaultLog) -> tuple[Sheet, int]:
    for sheet in sheets:
        for index, row in enumerate(sheet.rows[:_HEADER_ROWS]):
            if REFERRAL_HEADER in map(_text, row):
                return sheet, index
    log.add("header_missing", f"平台下载的清单表格，表头含“{REFERRAL_HEADER}”一列")
    log.finish()
    raise AssertionError("finish raises when there is a fault")


def _check_digest(sheet: Sheet, header_at: int, sent: SentSheet, log: FaultLog) -> None:
    """Refuse the copy of another sheet before any of its rows is looked at."""
    wanted = f"{sent.digest_algorithm}:{sent.digest}"
    found = [
        _text(cell)
        for row in sheet.rows[:header_at]
        if row and _text(row[0]) == DIGEST_LABEL
        for cell in row[1:]
        if cell is not None
    ]
    if found != [wanted]:
        log.enter(sheet.name)
        log.add(
            "another_sheet",
            f"本清单（第 {sent.version} 版）的回执，{DIGEST_LABEL}为 {wanted}；请核对所选清单",
            "、".join(found) or None,
        )


def _find_columns(sheet: Sheet, header_at: int, log: FaultLog) -> dict[str, int]:
    """Return where each column stands, by header."""
    headers = [_text(cell) for cell in sheet.rows[header_at]]
    log.enter(sheet.name, header_at + 1)
    every = (*_TOLD_HEADERS, *LABELS.values())
    for wanted in every:
        if headers.count(plain_text(wanted)) != 1:
            log.add("header_changed", f"恰好一列“{wanted}”；请勿增删表头", field=wanted)
    for _, (last_row, _column) in sheet.merged:
        if last_row > header_at:
            log.enter(sheet.name, last_row + 1)
            log.add("merged_cells", "表头以下没有合并单元格；请取消合并并逐行填写")
            break
    return {
        header: headers.index(plain_text(header))
        for header in every
        if plain_text(header) in headers
    }


class _RowReader:
    """Turns rows of cells into answers; what is wrong goes to the log."""

    def __init__(
        self, sheet: str, places: Mapping[str, int], lines: Mapping[str, ShownLine]
    ) -> None:
        self.log = FaultLog(people=True)
        self._sheet = sheet
        self._places = places
        self._lines = lines
        self._seen: dict[str, int] = {}

    def read(self, number: int, cells: list[Cell]) -> ReturnedRow | None:
        """Return the answers of a row; None when it is empty or something is wrong with it."""
        faults_before = len(self.log.faults)
        row = {
            header: cells[place] if place < len(cells) else None
            for header, place in self._places.items()
        }
        shown = {
            column.name: _text(row[column.header])
            for column in ANSWERS
            if _text(row[column.header])
        }
        self.log.enter(self._sheet, number, labels=LABELS, shown=shown)
        line = self._line_of(row, number, is_answered=bool(shown))
        if line is None:
            return None
        self._check_told(line, row)
        values = {
            column.name: self._value(column, row[column.header])
            for column in ANSWERS
            if column.name in shown
        }
        values = {name: value for name, value in values.items() if value is not None}
        if len(self.log.faults) > faults_before or not values:
            return None
        return ReturnedRow(number, line, values, shown)

    def _line_of(
        self, row: Mapping[str, Cell], number: int, *, is_answered: bool
    ) -> ShownLine | None:
        """Find what was sent; rows of needs from earlier sheets hold no answer."""
        key = _text(row[REFERRAL_HEADER])
        if not key and not is_answered and not _text(row[TOLD[0].header]):
            return None
        line = self._lines.get(key)
        if line is None:
            expected = "平台下载时的推送编号；识别信息不得改动，其他清单的需求请在原清单回执中填写"
            self.log.add("identification_changed", expected, key or None, field=REFERRAL_HEADER)
            return None
        first = self._seen.setdefault(key, number)
        if first != number:
            expected = f"每个需求只出现一行；与第 {first} 行重复"
            self.log.add("duplicate_row", expected, key, field=REFERRAL_HEADER)
            return None
        return line

    def _check_told(self, line: ShownLine, row: Mapping[str, Cell]) -> None:
        """Refuse a row whose locked cells are not those that were written.

        What was taken back since the copy was fetched may still stand in it.
        """
        for column in TOLD:
            found = _text(row[column.header])
            shown = _text(column.cell(line.shown))
            if found not in {shown, _text(column.cell(line.sent))}:
                original = f"“{shown}”" if shown else "清单发送时的内容"
                expected = f"{original}：识别信息不得改动，表格较旧的请重新下载"
                self.log.add("identification_changed", expected, found or None, field=column.header)
        revision = _text(row[REVISION_HEADER])
        if not (revision.isdecimal() and int(revision) <= line.referral.revision):
            expected = "平台下载时的推送版本：识别信息不得改动"
            self.log.add(
                "identification_changed", expected, revision or None, field=REVISION_HEADER
            )

    def _value(self, column: Answer, cell: Cell) -> Any:
        self.log.field = column.name
        raw = read_cell(column.kind, cell, self.log)
        value = None if raw is UNREADABLE else column.kind.check(raw, self.log)
        self.log.field = None
        return value
