"""Shared parts of the workbooks that this project writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from matching.exchange.workbook.cells_out import Writable

_HEADER: Final = {"bold": True, "bg_color": "#DCE6F1", "text_wrap": True, "valign": "top"}


@dataclass(frozen=True, slots=True)
class Styles:
    """The formats of one workbook."""

    header: Format
    required: Format
    day: Format
    note: Format
    text: Format
    wrapped: Format


@contextmanager
def new_workbook(path: Path) -> Iterator[tuple[xlsxwriter.Workbook, Styles]]:
    """Yield a workbook that is written row by row, never held in memory, and its formats.

    Nothing in the file depends on the moment of writing, so equal content is equal bytes.

    Raises
    ------
    OSError
        When the file cannot be written.
    """
    workbook = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    workbook.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC)})
    styles = Styles(
        header=workbook.add_format(_HEADER),
        required=workbook.add_format({**_HEADER, "font_color": "#C00000"}),
        day=workbook.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
        note=workbook.add_format(
            {"italic": True, "font_color": "#7F7F7F", "text_wrap": True, "valign": "top"}
        ),
        text=workbook.add_format({"num_format": "@"}),
        wrapped=workbook.add_format({"text_wrap": True, "valign": "top"}),
    )
    try:
        yield workbook, styles
    finally:
        try:
            workbook.close()
        except XlsxWriterException as error:
            raise OSError(str(error)) from error


def write_row(
    sheet: Worksheet,
    row: int,
    values: Sequence[Writable],
    styles: Styles,
    style: Format | None = None,
) -> None:
    """Write values from column A on; text is always text, whatever it begins with.

    Raises
    ------
    ValueError
        When a text is longer than a cell can be, rather than cutting it silently.
    """
    for column, value in enumerate(values):
        status = 0
        if isinstance(value, str):
            status = sheet.write_string(row, column, value, style)
        elif isinstance(value, date):
            status = sheet.write_datetime(row, column, value, styles.day)
        elif value is not None:
            status = sheet.write_number(row, column, value, style)
        if status != 0:
            raise ValueError(f"row {row + 1}, column {column + 1} does not fit into a cell")
