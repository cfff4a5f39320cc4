"""A sheet as a workbook in the department's layout, with room for the institution's answers."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import xlsxwriter
from django.db import transaction
from django.utils import timezone
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from backend.consents.disclosure import record_shown
from backend.consents.enums import Channel
from backend.exchange.firm_list_workbook import write_firm_list
from backend.exchange.sheet_layout import (
    ANSWERS,
    DIGEST_LABEL,
    REFERRAL_HEADER,
    REVISION_HEADER,
    SHEET_NAME,
    TOLD,
    Answer,
)
from backend.exchange.sheet_words import party, total_amount
from backend.organizations.actors import Actor
from backend.organizations.permissions import Permission
from backend.referrals.enums import ChangeKind, ListKind
from backend.referrals.models import Sheet
from backend.referrals.sheet_shown import ShownSheet, show_sheet
from matching.exchange.records.kinds import Day
from matching.exchange.workbook.cells_out import Writable
from matching.exchange.workbook.styles import Styles, new_workbook, write_row

_ANSWER_WIDTH = 14
_NOTE = (
    "请在黄色列内填写后将本表原样交回；灰色列为识别信息，不得改动。"
    "金额单位为万元，利率填百分数，日期写成 年-月-日。没有行号的需求请在原清单的回执中填写。"
)


@transaction.atomic
def write_sheet(*, actor: Actor, sheet: Sheet, now: datetime) -> bytes:
    """Return the workbook of a sheet; what it shows is written into the ledger.

    It holds what was sent, without what was taken back since. Whoever fetches it, it is the
    institution's: a department passes it on.
    """
    actor.require(Permission.REFERRAL_VIEW)
    if sheet.referral_list.kind == ListKind.ROSTER:
        return write_firm_list(actor=actor, sheet=sheet, now=now)
    shown = show_sheet(sheet, day=timezone.localdate(now))
    record_shown(
        institution=sheet.institution,
        user=actor.user,
        channel=Channel.WORKBOOK,
        shown=shown.ledger,
        now=now,
    )
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.xlsx"
        with new_workbook(path) as (workbook, styles):
            _write(workbook, styles, sheet, shown)
        return path.read_bytes()


def _write(workbook: xlsxwriter.Workbook, styles: Styles, sheet: Sheet, shown: ShownSheet) -> None:
    page = workbook.add_worksheet(SHEET_NAME)
    # Widths, formats of columns and what is hidden come before the rows, which are streamed.
    _set_columns(page)
    row = 0
    amount = total_amount(line.shown for line in shown.lines)
    for label, value in _head(sheet, shown.head, amount):
        write_row(page, row, [label, None, value], styles)
        row += 1
    _write_headers(workbook, page, row)
    page.freeze_panes(row + 1, 4)
    first = row + 1
    formats = _open_formats(workbook)
    for line in shown.lines:
        row += 1
        referral = line.referral
        cells = [column.cell(line.shown) for column in TOLD]
        hidden = [str(referral.public_id), referral.revision]
        write_row(page, row, [*cells, *hidden], styles, styles.wrapped)
        _write_blanks(page, row, formats)
    _add_choices(page, first, row)
    for code, change in _beside(shown.head):
        row += 1
        write_row(page, row, [None, code, change], styles, styles.wrapped)
    page.protect(
        options={"format_columns": True, "format_rows": True, "sort": False, "autofilter": True}
    )


def _head(
    sheet: Sheet, head: Mapping[str, Any], amount: str | None
) -> Iterator[tuple[str, Writable]]:
    totals = head["totals"]
    asked = f"；所列融资金额合计 {amount} 万元（有上下限的按上限）" if amount else ""
    yield "标题", head["title"]
    yield "清单编号", head["list"]
    yield "版本", f"第 {head['version']} 版"
    yield "文号", head["document_number"]
    yield "发送日期", head["sent_on"]
    yield "答复期限", head["answer_by"]
    yield "合作协议", head["agreement"]
    yield "发送单位", party(head["department"])
    yield "接收机构", party(head["institution"])
    yield "授权依据", head["basis"]
    yield (
        "合计",
        (
            f"需求 {totals['needs']} 个，企业 {totals['firms']} 户，"
            f"其中未授权 {totals['masked']} 个{asked}"
        ),
    )
    yield "声明", head["disclaimer"]
    yield "填写说明", _NOTE
    yield DIGEST_LABEL, f"{sheet.digest_algorithm}:{sheet.digest}"


def _beside(head: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the needs of earlier sheets that go on or were taken back."""
    for key, change in (("continued", ChangeKind.SAME), ("withdrawn", ChangeKind.WITHDRAWN)):
        for code in head[key]:
            yield code, change.label


def _set_columns(page: Worksheet) -> None:
    for place, column in enumerate(TOLD):
        page.set_column(place, place, column.width)
    hidden = len(TOLD)
    page.set_column(hidden, hidden + 1, 10, None, {"hidden": True})
    page.set_column(hidden + 2, hidden + 1 + len(ANSWERS), _ANSWER_WIDTH)


def _write_headers(workbook: xlsxwriter.Workbook, page: Worksheet, row: int) -> None:
    common = {"bold": True, "text_wrap": True, "valign": "top", "border": 1}
    told = workbook.add_format({**common, "bg_color": "#D9D9D9"})
    answer = workbook.add_format({**common, "bg_color": "#FFF2CC"})
    headers = [*(column.header for column in TOLD), REFERRAL_HEADER, REVISION_HEADER]
    for place, header in enumerate(headers):
        page.write_string(row, place, header, told)
    for place, column in enumerate(ANSWERS, start=len(headers)):
        page.write_string(row, place, column.header, answer)


def _write_blanks(page: Worksheet, row: int, formats: tuple[Format, Format]) -> None:
    """Leave the cells of the answers open although the page is protected."""
    open_cell, open_day = formats
    for place, column in enumerate(ANSWERS, start=len(TOLD) + 2):
        page.write_blank(row, place, None, open_day if isinstance(column.kind, Day) else open_cell)


def _open_formats(workbook: xlsxwriter.Workbook) -> tuple[Format, Format]:
    common = {"locked": False, "text_wrap": True, "valign": "top"}
    return (
        workbook.add_format(common),
        workbook.add_format({**common, "num_format": "yyyy-mm-dd"}),
    )


def _add_choices(page: Worksheet, first: int, last: int) -> None:
    if last < first:
        return
    for place, column in enumerate(ANSWERS, start=len(TOLD) + 2):
        rule = _rule(column)
        if rule:
            page.data_validation(first, place, last, place, rule)


def _rule(column: Answer) -> dict[str, Any] | None:
    if column.choices:
        return {
            "validate": "list",
            "source": list(column.choices),
            "error_title": "请从列表中选择",
            "error_message": f"“{column.header}”只能选列表中的一项。",
        }
    if column.hint:
        return {"validate": "any", "input_title": column.header[:32], "input_message": column.hint}
    return None
