"""What readers of tables that people fill in share: sheets, headers, columns."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from matching.exchange import limits
from matching.exchange.faults import FaultLog, UnreadableError
from matching.exchange.records.kinds import Kind
from matching.exchange.workbook.cells_in import cell_text
from matching.exchange.workbook.parser import Cell, Sheet, parse_sheets
from matching.exchange.workbook.spelling import plain_text

# Lists from offices often have a title above the header.
HEADER_ROWS = 5

_ZIP = b"PK"
_CSV_NAME = "CSV"
# What spreadsheet programs write as CSV: with a mark UTF-8, in China else GB 18030.
_ENCODINGS = ("utf-8-sig", "gb18030")
CSV_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: its name here, its header, what its cells hold."""

    name: str
    header: str
    kind: Kind
    is_required: bool = False


def is_filled(cell: Cell) -> bool:
    """Tell whether a cell holds anything."""
    return cell is not None and plain_text(cell_text(cell)) != ""


def header_text(cell: Cell) -> str:
    """Return a header without what people add to it."""
    if cell is None:
        return ""
    return plain_text(cell_text(cell)).replace(" ", "").replace("\n", "").rstrip("*")


def find_header(sheet: Sheet, wanted: str, *others: str) -> int | None:
    """Return where the header stands: the row, near the top, that has a certain column.

    Where ``others`` are named, one of them has to stand beside it.
    """
    beside = set(map(header_text, others))
    for index, row in enumerate(sheet.rows[:HEADER_ROWS]):
        texts = set(map(header_text, row))
        if wanted in texts and (not beside or beside & texts):
            return index
    return None


def match_columns(
    header: Sequence[Cell], wanted: Iterable[Column], log: FaultLog
) -> tuple[dict[int, Column], tuple[str, ...]]:
    """Return the columns by where they stand, and the headers that nobody asked for."""
    wanted = tuple(wanted)
    by_header = {header_text(column.header): column for column in wanted}
    found: dict[int, Column] = {}
    ignored = []
    log.enter("表头")
    for index, cell in enumerate(header):
        text = header_text(cell)
        column = by_header.get(text)
        if column is None:
            ignored += [text] if text else []
        elif column in found.values():
            log.add("duplicate_header", f"“{text}”只出现一列", text)
        else:
            found[index] = column
    for column in wanted:
        if column.is_required and column not in found.values():
            log.add("header_missing", f"必须有“{column.header}”一列", field=column.header)
    return found, tuple(ignored)


def refuse_merged(sheet: Sheet, header_at: int, log: FaultLog) -> None:
    """Report merged cells in a table: nobody knows which row they belong to."""
    for _, (last_row, _column) in sheet.merged:
        if last_row >= header_at:
            log.enter(sheet.name, last_row + 1)
            log.add("merged_cells", "表头及以下没有合并单元格；请取消合并并逐行填写")
            return


def parse_table(data: bytes, file_name: str) -> list[Sheet]:
    """Return the sheets of a workbook, or of a CSV file its only one.

    Raises ``UnreadableError`` for what is neither, or too large.
    """
    if data.startswith(_ZIP) or not file_name.lower().endswith(".csv"):
        return parse_sheets(data)
    if len(data) > limits.MAX_WORKBOOK_BYTES:
        most = limits.MAX_WORKBOOK_BYTES // 1024**2
        raise UnreadableError("file_too_large", f"不超过 {most} MiB 的文件；请分成几个文件")
    rows: list[list[Cell]] = []
    try:
        for row in csv.reader(io.StringIO(_decoded(data), newline=""), strict=True):
            if len(rows) > CSV_ROWS or len(row) > limits.MAX_SHEET_COLUMNS:
                text = f"不超过 {CSV_ROWS} 行、{limits.MAX_SHEET_COLUMNS} 列；请分成几个文件"
                raise UnreadableError("sheet_too_large", text)
            rows.append([cell or None for cell in row])
    except csv.Error as error:
        text = f"完整的 CSV 文件；第 {len(rows) + 1} 行附近无法识别，请检查引号"
        raise UnreadableError("not_a_table", text) from error
    return [Sheet(_CSV_NAME, rows, [])]


def _decoded(data: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UnreadableError("not_a_table", "CSV 文本文件（UTF-8 或 GB 18030 编码）或 .xlsx 工作簿")
