"""A report as an Excel file: the text, every figure, and the funnel by month, city, institution."""

from io import BytesIO
from typing import Any, Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from backend.reports.cells import AMOUNTS, NEED_STAGES, STAGES, Cell
from backend.reports.documents.content import clean, headings, span
from backend.reports.funnel import draw_funnel
from backend.reports.groups import GroupBy
from backend.reports.periodic import Report

GROUPS: Final = (GroupBy.MONTH, GroupBy.CITY, GroupBy.INSTITUTION, GroupBy.QUALIFICATION)
FIGURES_SHEET, TEXT_SHEET = "指标明细", "报告正文"
_HEADERS: Final = (
    ("指标", 34),
    ("数值", 18),
    ("单位", 8),
    ("上年同期", 18),
    ("数据来源", 14),
    ("口径与依据", 60),
    ("日期", 12),
    ("明细查询", 70),
)
# A text is a text: nothing that begins with a sign is computed or followed when it is opened.
_OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def write_workbook(report: Report) -> bytes:
    """Return the file; texts are written as texts, whatever they begin with."""
    data = BytesIO()
    with xlsxwriter.Workbook(data, _OPTIONS) as workbook:
        workbook.set_properties({"title": clean(report.title), "author": clean(report.department)})
        styles = _Styles(workbook)
        _write_text(workbook.add_worksheet(TEXT_SHEET), report, styles)
        _write_figures(workbook.add_worksheet(FIGURES_SHEET), report, styles)
        for group_by in GROUPS:
            page = workbook.add_worksheet(f"按{group_by.label}")
            drawn = draw_funnel(scope=report.scope, group_by=group_by, facts=report.facts)
            _write_groups(page, drawn, styles)
    return data.getvalue()


class _Styles:
    def __init__(self, workbook: xlsxwriter.Workbook) -> None:
        self.title: Format = workbook.add_format({"bold": True, "font_size": 16, "align": "center"})
        self.heading: Format = workbook.add_format({"bold": True})
        self.head: Format = workbook.add_format(
            {"bold": True, "bg_color": "#DCE6F1", "border": 1, "text_wrap": True, "valign": "top"}
        )
        self.text: Format = workbook.add_format({"text_wrap": True, "valign": "top"})
        self.number: Format = workbook.add_format({"num_format": "#,##0.##;-#,##0.##;0"})
        self.whole: Format = workbook.add_format({"num_format": "#,##0"})


def _write_text(page: Worksheet, report: Report, styles: _Styles) -> None:
    page.set_column(0, 0, 110)
    page.write_string(0, 0, clean(f"{report.title}（{report.period}）"), styles.title)
    page.write_string(1, 0, span(report), styles.text)
    lines = [
        line
        for heading, paragraphs in headings(report)
        for line in ((heading, styles.heading), *((text, styles.text) for text in paragraphs))
    ]
    for row, (text, style) in enumerate(lines, start=2):
        page.write_string(row, 0, text, style)


def _write_figures(page: Worksheet, report: Report, styles: _Styles) -> None:
    for column, (header, width) in enumerate(_HEADERS):
        page.set_column(column, column, width)
        page.write_string(0, column, header, styles.head)
    page.freeze_panes(1, 1)
    for row, figure in enumerate(report.figures.values(), start=1):
        style = styles.whole if float(figure.value).is_integer() else styles.number
        page.write_string(row, 0, clean(figure.label), styles.text)
        page.write_number(row, 1, figure.value, style)
        page.write_string(row, 2, figure.unit)
        if figure.year_before is not None:
            page.write_number(row, 3, figure.year_before, style)
        page.write_string(row, 4, figure.source.label)
        page.write_string(row, 5, clean(figure.basis), styles.text)
        page.write_string(row, 6, f"{figure.day:%Y-%m-%d}")
        page.write_string(row, 7, f"/api/v1/{figure.rows}")
    page.autofilter(0, 0, len(report.figures), len(_HEADERS) - 1)


def _write_groups(page: Worksheet, drawn: dict[str, Any], styles: _Styles) -> None:
    """Write one row per group; a dash is "has no meaning here", not zero."""
    note = "分组可重叠，各行之和可大于合计。" if drawn["groups_overlap"] else "金额单位：元。"
    page.write_string(0, 0, note)
    columns = _columns()
    page.write_string(1, 0, "分组", styles.head)
    for column, (header, _) in enumerate(columns, start=1):
        page.write_string(1, column, header, styles.head)
    page.set_column(0, 0, 28)
    page.set_column(1, len(columns), 14)
    page.freeze_panes(2, 1)
    rows = [("合计", drawn["total"])]
    rows += [(group["label"], group["figures"]) for group in drawn["groups"]]
    for row, (label, figures) in enumerate(rows, start=2):
        page.write_string(row, 0, clean(label))
        for column, (_, path) in enumerate(columns, start=1):
            part, cell, name = path
            found = figures[part][cell]
            if found is None:
                page.write_string(row, column, "—")
            else:
                page.write_number(row, column, found[name], styles.whole)


def _columns() -> list[tuple[str, tuple[str, str, str]]]:
    columns = []
    for cell in STAGES:
        if cell not in NEED_STAGES:
            columns.append((f"{cell.label}（户次）", ("stages", cell.value, "referrals")))
        columns.append((f"{cell.label}（户）", ("stages", cell.value, "firms")))
        if cell in {*NEED_STAGES, Cell.REFERRED}:
            columns.append((f"{cell.label}（个）", ("stages", cell.value, "needs")))
    amounts = [(f"{cell.label}（元）", ("amounts", cell.value, "amount_yuan")) for cell in AMOUNTS]
    return [*columns, *amounts]
