"""Workbooks made in memory."""

from collections.abc import Sequence
from datetime import date
from io import BytesIO

import xlsxwriter


def make_workbook(
    rows: Sequence[Sequence[object]], *, sheet: str = "名单", merge: str = ""
) -> bytes:
    """Return an .xlsx file with one sheet of these rows; dates become date cells."""
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        page = book.add_worksheet(sheet)
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    page.write_datetime(number, column, value, day)
                elif value is not None:
                    page.write(number, column, value)
        if merge:
            page.merge_range(merge, "合并")
    return buffer.getvalue()
