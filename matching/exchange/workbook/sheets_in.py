"""Takes the sheets of a workbook apart into rows in the JSON form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from matching.exchange.build import Document
from matching.exchange.faults import FaultLog
from matching.exchange.json_file import FORMAT
from matching.exchange.records.fields import PRODUCTS, SPECS, Field, RecordSpec
from matching.exchange.records.kinds import Day
from matching.exchange.records.rows import UNREADABLE, RawRow, enter_row
from matching.exchange.workbook.cells_in import cell_text, read_cell
from matching.exchange.workbook.parser import Cell, Sheet
from matching.exchange.workbook.spelling import UNDISCLOSED_WORD, plain_text

GUIDE_SHEET: Final = "说明"
CHOICES_SHEET: Final = "选项"
FORMAT_LABEL: Final = "格式"
AS_OF_LABEL: Final = "截至日期"
SKIP_MARKS: Final = ("【说明】", "【示例】")  # rows of the template that are no data

_OWN_SHEETS: Final = (GUIDE_SHEET, CHOICES_SHEET)


def document_of_sheets(sheets: Sequence[Sheet], log: FaultLog) -> Document:
    """Return the rows of the four sheets, reporting what is not of the template."""
    by_name = {plain_text(sheet.name): sheet for sheet in sheets}
    as_of = _read_guide(by_name[GUIDE_SHEET], log) if GUIDE_SHEET in by_name else None
    _check_sheet_names(by_name, log)
    lists = {
        spec.list_name: _read_sheet(spec, by_name[spec.sheet], log)
        for spec in SPECS
        if spec.sheet in by_name
    }
    if not log.faults and not any(lists.values()):
        log.enter("file")
        log.add("empty_workbook", "至少一行数据；请在模板的各工作表中填写后再提交")
    return Document(as_of, lists)


def _check_sheet_names(by_name: Mapping[str, Sheet], log: FaultLog) -> None:
    known = {spec.sheet for spec in SPECS}
    for name in sorted(known - by_name.keys()):
        log.enter(name)
        found = "、".join(by_name) or "无"
        log.add("missing_sheet", f"名为“{name}”的工作表；请使用模板，勿改工作表名称", found)
    for name, sheet in by_name.items():
        is_empty = all(cell is None for row in sheet.rows for cell in row)
        if name not in known and name not in _OWN_SHEETS and not is_empty:
            log.enter(name)
            expected = f"只含 {'、'.join(spec.sheet for spec in SPECS)} 的工作簿；请删去或改名"
            log.add("unknown_sheet", expected, name)


def _read_guide(sheet: Sheet, log: FaultLog) -> date | None:
    """Return the date that the guide sheet states, if it does; check its format line."""
    as_of = None
    for number, row in enumerate(sheet.rows, start=1):
        if len(row) < 2 or row[0] is None or row[1] is None:
            continue
        label, cell = plain_text(cell_text(row[0])), row[1]
        log.enter(GUIDE_SHEET, number)
        log.field = label
        if label == FORMAT_LABEL and plain_text(cell_text(cell)) != FORMAT:
            log.add("unknown_format", FORMAT, cell_text(cell))
        elif label == AS_OF_LABEL:
            as_of = Day().check(read_cell(Day(), cell, log), log)
    return as_of


def _read_sheet(spec: RecordSpec, sheet: Sheet, log: FaultLog) -> list[RawRow]:
    _check_merged(sheet, log)
    log.enter(sheet.name, 1)
    header = sheet.rows[0] if sheet.rows else []
    columns = _read_header(spec, header, log)
    rows = []
    for number, cells in enumerate(sheet.rows[1:], start=2):
        first = next((cell for cell in cells if not _is_blank(cell)), None)
        if first is None or cell_text(first).strip().startswith(SKIP_MARKS):
            continue
        rows.append(_read_row(spec, columns, number, cells, log))
    return rows


def _check_merged(sheet: Sheet, log: FaultLog) -> None:
    for (top, left), (bottom, right) in sheet.merged:
        log.enter(sheet.name, top + 1)
        found = f"第 {top + 1}-{bottom + 1} 行，第 {left + 1}-{right + 1} 列"
        log.add("merged_cells", "不含合并单元格的工作表；请取消合并并逐行填写", found)


def _read_header(spec: RecordSpec, header: Sequence[Cell], log: FaultLog) -> dict[int, Field]:
    """Return the field of each column that has one."""
    by_header = {_bare_header(field.header): field for field in spec.fields}
    columns: dict[int, Field] = {}
    for column, cell in enumerate(header):
        if _is_blank(cell):
            continue
        text = cell_text(cell)
        field = by_header.get(_bare_header(text))
        if field is None:
            known = "、".join(one.header for one in spec.fields)
            log.add("unknown_header", f"模板中的表头：{known}", text, field=text)
        elif field in columns.values():
            log.add("duplicate_header", "每个表头只出现一次；请删去重复的列", text, field=text)
        else:
            columns[column] = field
    for field in spec.fields:
        if field.required and field not in columns.values():
            text = f"第 1 行有表头“{field.header}”；请使用模板的表头"
            log.add("missing_header", text, field=field.header)
    return columns


def _bare_header(text: str) -> str:
    return "".join(plain_text(text).rstrip("*").split())


def _is_blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _read_row(
    spec: RecordSpec,
    columns: Mapping[int, Field],
    number: int,
    cells: Sequence[Cell],
    log: FaultLog,
) -> RawRow:
    shown = {
        field.name: cell_text(cells[column])
        for column, field in columns.items()
        if column < len(cells) and not _is_blank(cells[column])
    }
    enter_row(spec, number, shown, log)
    values: dict[str, Any] = {}
    undisclosed: list[str] = []
    for column, field in columns.items():
        if field.name not in shown:
            continue
        cell = cells[column]
        log.field = field.name
        if field.criterion is not None and plain_text(shown[field.name]) == UNDISCLOSED_WORD:
            undisclosed.append(field.criterion)
        else:
            values[field.name] = read_cell(field.kind, cell, log)
    _check_stray_cells(columns, cells, log)
    _add_undisclosed(spec, values, undisclosed)
    return RawRow(number, values, shown)


def _check_stray_cells(columns: Mapping[int, Field], cells: Sequence[Cell], log: FaultLog) -> None:
    for column, cell in enumerate(cells):
        if column not in columns and not _is_blank(cell):
            text = "有表头的列；请补上表头或清空该单元格"
            log.add("cell_without_header", text, cell_text(cell), field=f"第 {column + 1} 列")


def _add_undisclosed(spec: RecordSpec, values: dict[str, Any], undisclosed: Sequence[str]) -> None:
    """Add the criteria whose own cell says 未公布 to those of the column for them."""
    listed = values.get("undisclosed")
    if spec is PRODUCTS and undisclosed and listed is not UNREADABLE:
        values["undisclosed"] = [*(listed or []), *undisclosed]
