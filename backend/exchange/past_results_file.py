"""Reads a table of outcomes from before the platform, and checks every cell and every row."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from backend.exchange.tables import (
    HEADER_ROWS,
    Column,
    find_header,
    is_filled,
    match_columns,
    parse_table,
    refuse_merged,
)
from matching.exchange import limits
from matching.exchange.faults import FaultLog
from matching.exchange.records.kinds import Choice, Day, Industry, Region, Text, Whole
from matching.exchange.records.rows import UNREADABLE
from matching.exchange.workbook.cells_in import cell_text, read_cell
from matching.exchange.workbook.parser import Cell, Sheet
from matching.vocabulary import STAGES

RESULTS: Final = {"funded": "获得融资", "declined": "未获融资", "no_answer": "未答复"}
_CODE_LENGTH: Final = 40
_MOST_POSITION: Final = 10_000
# What tells firms apart and is no name: names are written in characters.
_KEY: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z._:-]*")

COLUMNS: Final = (
    Column("need_code", "需求编号", Text(_CODE_LENGTH, required=True), is_required=True),
    Column("firm", "企业标识", Text(_CODE_LENGTH, required=True), is_required=True),
    Column("ranked_on", "对接日期", Day(), is_required=True),
    Column("stage", "企业阶段", Choice(STAGES)),
    Column("industry", "行业代码", Industry()),
    Column("region", "所在地区", Region()),
    Column("amount_yuan", "融资金额（万元）", Whole(limits.MAX_AMOUNT_YUAN, "yuan")),
    Column(
        "product", "产品代码", Text(limits.MAX_CODE_CHARACTERS, required=True), is_required=True
    ),
    Column("result", "结果", Choice(RESULTS), is_required=True),
    Column("known_on", "得知结果日期", Day(), is_required=True),
    Column("position", "展示名次", Whole(_MOST_POSITION, "piece", minimum=1)),
)
LABELS: Final[Mapping[str, str]] = {column.name: column.header for column in COLUMNS}
# What all rows of one need have in common.
NEED_FIELDS: Final = ("firm", "ranked_on", "stage", "industry", "region", "amount_yuan")


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRow:
    """One outcome; ``number`` is the row as the spreadsheet program counts."""

    number: int
    need_code: str
    firm: str
    ranked_on: date
    product: str
    result: str
    known_on: date
    stage: str | None = None
    industry: str | None = None
    region: str | None = None
    amount_yuan: int | None = None
    position: int | None = None

    @property
    def need_facts(self) -> tuple[Any, ...]:
        """What is said of the need."""
        return tuple(getattr(self, name) for name in NEED_FIELDS)


@dataclass(frozen=True, slots=True)
class PastFile:
    """The rows of a file, the sheet they stand in, and the columns that nobody asked for."""

    sheet: str
    rows: tuple[PastRow, ...]
    ignored_columns: tuple[str, ...]


def read_past_results(data: bytes, file_name: str, *, today: date, known_products: Any) -> PastFile:
    """Read a table of outcomes.

    ``known_products`` tells by ``in`` whether a code is a product's. Raises
    ``matching.errors.InputError`` with every fault by row and column.
    """
    log = FaultLog(people=True)
    sheet, header_at = _find_table(parse_table(data, file_name), log)
    columns, ignored = match_columns(sheet.rows[header_at], COLUMNS, log)
    refuse_merged(sheet, header_at, log)
    log.finish()
    reader = _RowReader(sheet.name, columns, log, today, known_products)
    rows = [
        reader.read(number, cells)
        for number, cells in enumerate(sheet.rows[header_at + 1 :], start=header_at + 2)
        if any(is_filled(cell) for cell in cells)
    ]
    if not rows:
        log.enter(sheet.name)
        log.add("empty_sheet", "表头之下至少一行结果；表中没有内容")
    log.finish()
    return PastFile(sheet.name, tuple(row for row in rows if row is not None), ignored)


def _find_table(sheets: list[Sheet], log: FaultLog) -> tuple[Sheet, int]:
    """Return the sheet with the table; the template has another one with notes."""
    wanted, *others = (column.header for column in COLUMNS)
    found = [
        (sheet, at) for sheet in sheets if (at := find_header(sheet, wanted, *others)) is not None
    ]
    if len(found) != 1:
        what = f"恰好一张工作表在前 {HEADER_ROWS} 行内有表头，含“{wanted}”一列；请用下载的模板填写"
        names = "、".join(sheet.name for sheet, _ in found) or None
        log.add("header_missing" if not found else "one_sheet_expected", what, names)
        log.finish()
    return found[0]


class _RowReader:
    """Turns rows of cells into outcomes; faults go to the log."""

    def __init__(
        self,
        sheet: str,
        columns: Mapping[int, Column],
        log: FaultLog,
        today: date,
        known_products: Any,
    ) -> None:
        self._sheet, self._columns, self._log = sheet, columns, log
        self._today, self._known_products = today, known_products
        self._needs: dict[str, PastRow] = {}
        self._results: dict[tuple[str, str], PastRow] = {}

    def read(self, number: int, cells: list[Cell]) -> PastRow | None:
        """Return a row, or None after reporting what is wrong with it."""
        log = self._log
        before = len(log.faults)
        own = {
            column.name: cells[index]
            for index, column in self._columns.items()
            if index < len(cells) and is_filled(cells[index])
        }
        shown = {name: cell_text(cell) for name, cell in own.items()}
        log.enter(self._sheet, number, labels=LABELS, shown=shown)
        values = dict(self._values(own))
        self._check_values(values)
        if len(log.faults) > before:
            return None
        row = PastRow(number=number, **values)
        self._check_against_others(row)
        return row if len(log.faults) == before else None

    def _values(self, own: Mapping[str, Cell]) -> Iterator[tuple[str, Any]]:
        log = self._log
        for column in self._columns.values():
            log.field = column.name
            if column.name not in own:
                if column.is_required:
                    log.add("missing", f"必填：{column.header}")
                continue
            raw = read_cell(column.kind, own[column.name], log)
            value = None if raw is UNREADABLE else column.kind.check(raw, log)
            if value is not None:
                yield column.name, value.strip() if isinstance(value, str) else value
        log.field = None

    def _check_values(self, values: Mapping[str, Any]) -> None:
        """Check what could be read, also where other cells of the row are wrong."""
        log = self._log
        if "firm" in values and not _KEY.fullmatch(values["firm"]):
            text = (
                "只用来区分企业的代号：字母、数字和 . _ : -，如 F0001，或统一社会信用代码"
                "（加密后存储）；请勿填写企业名称"
            )
            log.add("not_a_key", text, field="firm")
        if "product" in values and values["product"] not in self._known_products:
            log.add("unknown_product", "平台产品目录中有的产品代码", field="product")
        ranked_on, known_on = values.get("ranked_on"), values.get("known_on")
        for name, day in (("ranked_on", ranked_on), ("known_on", known_on)):
            if day is not None and day > self._today:
                log.add("date_in_future", f"不晚于今天（{self._today}）的日期", field=name)
        if ranked_on is not None and known_on is not None and known_on < ranked_on:
            log.add("date_out_of_order", f"不早于对接日期 {ranked_on}", field="known_on")

    def _check_against_others(self, row: PastRow) -> None:
        first = self._needs.setdefault(row.need_code, row)
        for name in NEED_FIELDS:
            if getattr(first, name) != getattr(row, name):
                text = f"与第 {first.number} 行相同：同一需求只有一种{LABELS[name]}"
                self._log.add("need_described_twice", text, field=name)
        same = self._results.setdefault((row.need_code, row.product), row)
        if same is row:
            return
        if (same.result, same.known_on) == (row.result, row.known_on):
            text = f"同一需求、同一产品只出现一行；与第 {same.number} 行重复"
            self._log.add("duplicate_row", text, field="need_code")
        else:
            text = (
                f"同一需求、同一产品只有一个结果；第 {same.number} 行为“{RESULTS[same.result]}”，"
                f"{same.known_on}；请只保留最后的结果"
            )
            self._log.add("contradictory_results", text, field="result")
