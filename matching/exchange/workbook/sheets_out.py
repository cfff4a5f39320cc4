"""Writes an exchange as a workbook, and the empty template that people fill in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

from xlsxwriter.worksheet import Worksheet

from matching.exchange.atomic import replacing
from matching.exchange.build import Document, build_exchange
from matching.exchange.faults import FaultLog
from matching.exchange.records.fields import SPECS, RecordSpec
from matching.exchange.records.rows import RawRow
from matching.exchange.workbook.cells_out import Writable, write_cell
from matching.exchange.workbook.layout import lay_out_column, note, write_choices, write_guide
from matching.exchange.workbook.sheets_in import CHOICES_SHEET, GUIDE_SHEET, SKIP_MARKS
from matching.exchange.workbook.styles import Styles, new_workbook, write_row
from matching.schema import Exchange

_NOTE_MARK, _EXAMPLE_MARK = SKIP_MARKS
_NOTE_HEIGHT_POINTS = 48  # three lines

Rows = Iterable[Sequence[Writable]]


def write_exchange_workbook(exchange: Exchange, path: str | Path) -> None:
    """Write an exchange as a workbook that reads back as the same exchange.

    Raises
    ------
    ValueError
        When a list is too long for a cell (32,767 characters).
    OSError
        When the file cannot be written; what stood there before is left as it was.
    """
    rows = {
        spec.list_name: [_cells(spec, record) for record in getattr(exchange, spec.list_name)]
        for spec in SPECS
    }
    _write(Path(path), rows, as_of=exchange.as_of)


def write_template(path: str | Path) -> None:
    """Write the empty workbook: headers, units, examples, drop-downs and instructions.

    Raises
    ------
    OSError
        When the file cannot be written; what stood there before is left as it was.
    """
    example = example_exchange()
    rows: dict[str, Rows] = {}
    for spec in SPECS:
        notes = [note(field) for field in spec.fields]
        cells = _cells(spec, getattr(example, spec.list_name)[0])
        rows[spec.list_name] = [
            [f"{_NOTE_MARK}{notes[0]}", *notes[1:]],
            [f"{_EXAMPLE_MARK}{cells[0]}", *cells[1:]],
        ]
    _write(Path(path), rows, as_of=None)


def example_exchange() -> Exchange:
    """Return the examples of the field table as records, checked like any input."""
    rows = {
        spec.list_name: [RawRow(1, {field.name: field.example for field in spec.fields})]
        for spec in SPECS
    }
    return build_exchange(Document(None, rows), FaultLog(), as_of=None)


def _cells(spec: RecordSpec, record: object) -> list[Writable]:
    return [write_cell(field.kind, getattr(record, field.name)) for field in spec.fields]


def _write(path: Path, rows: Mapping[str, Rows], *, as_of: date | None) -> None:
    with replacing(path) as draft, new_workbook(draft) as (workbook, styles):
        for spec in SPECS:
            _write_sheet(workbook.add_worksheet(spec.sheet), spec, rows[spec.list_name], styles)
        write_guide(workbook.add_worksheet(GUIDE_SHEET), styles, as_of=as_of)
        write_choices(workbook.add_worksheet(CHOICES_SHEET), styles)


def _write_sheet(sheet: Worksheet, spec: RecordSpec, rows: Rows, styles: Styles) -> None:
    sheet.freeze_panes(1, 2)
    for column, field in enumerate(spec.fields):
        lay_out_column(sheet, column, field, styles)
        style = styles.required if field.required else styles.header
        sheet.write_string(0, column, field.header, style)
    for number, cells in enumerate(rows, start=1):
        first = cells[0]
        is_note = isinstance(first, str) and first.startswith(_NOTE_MARK)
        if is_note:
            sheet.set_row(number, _NOTE_HEIGHT_POINTS)
        write_row(sheet, number, cells, styles, styles.note if is_note else None)
