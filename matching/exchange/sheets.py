"""Shared parts of the workbooks that this project writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from matching.exchange.outgoing import Writable

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


def open_workbook(path: str) -> tuple[xlsxwriter.Workbook, Styles]:
    """Return a workbook that is written row by row, never held in memory, and its formats.

    Nothing in the file depends on the moment of writing, so equal content is equal bytes.
    """
    workbook = xlsxwriter.Workbook(
        path,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    workbook.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC)})
    styles = Styles(
        header=workbook.add_format(_HEADER),
        required=workbook.add_format({**_HEADER, "font_color": "#C00000"}),
        day=workbook.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
        note=workbook.add_format({"italic": True, "font_color": "#7F7F7F", "text_wrap": True}),
        text=workbook.add_format({"num_format": "@"}),
        wrapped=workbook.add_format({"text_wrap": True, "valign": "top"}),
    )
    return workbook, styles


def write_row(
    sheet: Worksheet, row: int, values: Sequence[Writable], styles: Styles, form: Any = None
) -> None:
    """Write values from column A on; text is always text, whatever it begins with."""
    for column, value in enumerate(values):
        if value is None:
            continue
        if isinstance(value, str):
            sheet.write_string(row, column, value, form)
        elif isinstance(value, date):
            sheet.write_datetime(row, column, value, styles.day)
        else:
            sheet.write_number(row, column, value, form)
