"""A roster as a workbook: who is on it, for which qualifications, by which consent."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import xlsxwriter
from django.utils import timezone

from backend.consents.disclosure import record_roster_shown
from backend.consents.enums import Channel
from backend.exchange import sheet_words as words
from backend.exchange.sheet_layout import DIGEST_LABEL, Told
from backend.organizations.actors import Actor
from backend.referrals.models import Sheet
from backend.referrals.roster_sheets import ShownRoster, show_roster
from matching.exchange.records.regions import region_name
from matching.exchange.workbook.cells_out import Writable
from matching.exchange.workbook.styles import Styles, new_workbook, write_row
from matching.vocabulary import QUALIFICATIONS

SHEET_NAME = "企业名单"
COLUMNS = (
    Told("行号", 6, words.plain("line")),
    Told("名单代号", 16, words.plain("code")),
    Told("变化", 8, words.change),
    Told("企业名称", 28, words.plain("firm_name")),
    Told("统一社会信用代码", 22, words.plain("uscc")),
    Told("列入依据", 24, words.listed_for),
    Told("资质及有效期", 34, words.qualifications),
    Told("所在地区", 22, words.region),
    Told("技术领域", 20, words.tech_fields),
    Told("所属行业", 10, words.industry),
    Told("主营业务", 30, words.plain("firm_description")),
    Told("企业阶段", 10, words.stage),
    Told("阶段依据", 24, words.stage_basis),
    Told("成立日期", 12, words.day("founded_on")),
    Told("分年度营业收入（万元）", 24, words.by_year("revenue_yuan")),
    Told("分年度研发投入（万元）", 24, words.by_year("rd_expense_yuan")),
    Told("授权及有效期", 30, words.roster_authorisation),
)


def write_firm_list(*, actor: Actor, sheet: Sheet, now: datetime) -> bytes:
    """Return the workbook of a roster; call it in the transaction that notes the showing.

    It holds what was sent, without the firms that took their consent back since.
    """
    shown = show_roster(sheet, day=timezone.localdate(now))
    record_roster_shown(
        institution=sheet.institution,
        user=actor.user,
        channel=Channel.WORKBOOK,
        shown=shown.ledger,
        now=now,
    )
    with TemporaryDirectory() as folder:
        path = Path(folder) / "roster.xlsx"
        with new_workbook(path) as (workbook, styles):
            _write(workbook, styles, sheet, shown)
        return path.read_bytes()


def _write(workbook: xlsxwriter.Workbook, styles: Styles, sheet: Sheet, shown: ShownRoster) -> None:
    page = workbook.add_worksheet(SHEET_NAME)
    for place, column in enumerate(COLUMNS):
        page.set_column(place, place, column.width)
    row = 0
    for label, value in _head(sheet, shown.head):
        write_row(page, row, [label, None, value], styles)
        row += 1
    bold = workbook.add_format({"bold": True, "text_wrap": True, "bg_color": "#D9D9D9"})
    for place, column in enumerate(COLUMNS):
        page.write_string(row, place, column.header, bold)
    page.freeze_panes(row + 1, 4)
    for line in shown.lines:
        row += 1
        cells = [column.cell(line) for column in COLUMNS]
        write_row(page, row, cells, styles, styles.wrapped)
    page.protect(options={"format_columns": True, "format_rows": True, "autofilter": True})


def _head(sheet: Sheet, head: Mapping[str, Any]) -> Iterator[tuple[str, Writable]]:
    criteria = head["criteria"]
    yield "标题", head["title"]
    yield "名单编号", head["list"]
    yield "版本", f"第 {head['version']} 版"
    yield "文号", head["document_number"]
    yield "发送日期", head["sent_on"]
    yield "合作协议", head["agreement"]
    yield "发送单位", words.party(head["department"])
    yield "接收机构", words.party(head["institution"])
    yield "授权依据", head["basis"]
    if criteria:
        labels = "、".join(QUALIFICATIONS.get(code, code) for code in criteria["qualifications"])
        place = region_name(criteria["region"]) or criteria["region"]
        yield "名单条件", f"{place}，{criteria['held_on']} 具备：{labels}"
    yield "合计", f"企业 {head['totals']['firms']} 户"
    yield "声明", head["disclaimer"]
    yield DIGEST_LABEL, f"{sheet.digest_algorithm}:{sheet.digest}"
