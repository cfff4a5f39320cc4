"""A whole referral list as one workbook, for the department that made it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import xlsxwriter
from django.db import transaction
from django.utils import timezone

from backend.common.errors import NotPermitted
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.organizations.actors import Actor
from backend.organizations.models import Organization
from backend.organizations.permissions import Permission
from backend.referrals import list_selectors
from backend.referrals.enums import DeclineReason, ListKind
from backend.referrals.models import ListRow, Referral, ReferralList, RosterRow
from matching.exchange.workbook.cells_out import Writable
from matching.exchange.workbook.styles import Styles, new_workbook, write_row
from matching.vocabulary import DISCLAIMER, QUALIFICATIONS, VERDICTS

STANDING, REMOVED, UNPLACED = "在列", "已剔除", "未分配"
_WITHHELD = "企业未授权反馈原因"
_MASKED, _NAMED = "未授权，只列代号", "已授权"


@dataclass(frozen=True, slots=True)
class _Column:
    """A header, how wide its column is, and how its cell follows from a row."""

    header: str
    width: int
    cell: Callable[[Any], Writable]


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of a list with what became of it."""

    row: ListRow
    referral: Referral | None
    is_masked: bool | None


def _day(instant: datetime | None) -> Writable:
    return instant and timezone.localdate(instant)


def _reasons(line: _Line) -> str | None:
    """Say why an institution declined, as far as the firm lets the department know."""
    referral = line.referral
    if referral is None:
        return None
    if referral.is_reason_withheld:
        return _WITHHELD
    labels = dict(DeclineReason.choices)
    texts = [labels[code] for code in referral.decline_reasons]
    return "；".join([*texts, *filter(None, [referral.decline_note])]) or None


def _seen_by_institution(line: _Line) -> str | None:
    return None if line.is_masked is None else (_MASKED if line.is_masked else _NAMED)


_PAIR: Final = (
    _Column("需求编号", 16, lambda line: line.row.need.code),
    _Column("企业名称", 28, lambda line: line.row.need.firm.organization.name),
    _Column("机构", 28, lambda line: line.row.institution.name),
    _Column("拟对接产品", 26, lambda line: line.row.product_version.name),
    _Column("产品版本", 8, lambda line: line.row.product_version.number),
    _Column(
        "条件", 16, lambda line: VERDICTS["eligible" if line.row.is_eligible else "to_confirm"]
    ),
    _Column("匹配结果位次", 8, lambda line: line.row.position),
    _Column("匹配度（百分制）", 10, lambda line: round(line.row.score * 100)),
    _Column("来源", 14, lambda line: line.row.get_origin_display()),
    _Column("加入理由", 28, lambda line: line.row.added_reason or None),
)
_OUTCOME: Final = (
    _Column("机构所见", 16, _seen_by_institution),
    _Column("推送状态", 12, lambda line: line.referral and line.referral.get_status_display()),
    _Column("推送日期", 12, lambda line: line.referral and _day(line.referral.sent_at)),
    _Column("首次答复", 12, lambda line: line.referral and _day(line.referral.answered_at)),
    _Column("结束日期", 12, lambda line: line.referral and _day(line.referral.ended_at)),
    _Column("不予支持原因", 36, _reasons),
)
_REMOVAL: Final = (
    _Column("剔除理由", 36, lambda line: line.row.removed_reason),
    _Column("剔除人", 14, lambda line: _name_of(line.row.removed_by)),
    _Column("剔除日期", 12, lambda line: _day(line.row.removed_at)),
)
_FIRM: Final = (
    _Column("企业名称", 28, lambda row: row.firm.organization.name),
    _Column("统一社会信用代码", 22, lambda row: row.firm.organization.code),
    _Column("机构", 28, lambda row: row.institution.name),
    _Column(
        "列入依据",
        30,
        lambda row: "、".join(QUALIFICATIONS.get(code, code) for code in row.qualifications),
    ),
    _Column("说明", 28, lambda row: row.added_reason or "按条件列入"),
)
_FIRM_REMOVAL: Final = (
    _Column("剔除理由", 36, lambda row: row.removed_reason),
    _Column("剔除人", 14, lambda row: _name_of(row.removed_by)),
    _Column("剔除日期", 12, lambda row: _day(row.removed_at)),
)
_UNPLACED_COLUMNS: Final = (
    _Column("需求编号", 16, lambda found: found[0].need.code),
    _Column("企业名称", 28, lambda found: found[0].need.firm.organization.name),
    _Column("未分配的原因", 36, lambda found: found[0].get_reason_display()),
    _Column("涉及机构", 50, lambda found: found[1]),
)
_Page = tuple[str, tuple[_Column, ...], list[Any]]


def _name_of(user: Any) -> str:
    return user.display_name if user else "系统"


@transaction.atomic
def export_list(*, actor: Actor, referral_list: ReferralList) -> bytes:
    """Return every row of a list, of all institutions, and note that it was taken.

    It shows what the page of the list shows the department that made it; nobody else takes it.
    """
    actor.require(Permission.LIST_VIEW)
    if not (actor.is_department and referral_list.department_id == actor.organization.pk):
        raise NotPermitted("permission_denied", "只有编制清单的部门可以导出整份清单。")
    is_roster = referral_list.kind == ListKind.ROSTER
    pages = _roster_pages(referral_list) if is_roster else _need_pages(referral_list)
    record(
        EventType.LIST_EXPORTED,
        subject=referral_list,
        actor=actor,
        payload={"rows": len(pages[0][2]), "removed": len(pages[1][2])},
    )
    with TemporaryDirectory() as folder:
        path = Path(folder) / "list.xlsx"
        with new_workbook(path) as (workbook, styles):
            for number, page in enumerate(pages):
                _write(workbook, styles, page, _head(referral_list) if number == 0 else ())
        return path.read_bytes()


def name_of(referral_list: ReferralList) -> str:
    """Return what the file is called."""
    return f"{referral_list.number}.xlsx"


def _need_pages(referral_list: ReferralList) -> tuple[_Page, ...]:
    ordered = list_selectors.list_rows(referral_list).order_by(
        "need__code", "institution__code", "pk"
    )
    referrals = {
        one.list_row_id: one
        for one in Referral.objects.filter(list_row__referral_list=referral_list)
    }
    masked = {
        row["row"]: bool(row.get("is_masked"))
        for sheet in referral_list.sheets.only("content")
        for row in list_selectors.content_of(sheet)["rows"]
    }
    lines = [_Line(row, referrals.get(row.pk), masked.get(str(row.public_id))) for row in ordered]
    standing = [line for line in lines if line.row.removed_at is None]
    removed = [line for line in lines if line.row.removed_at is not None]
    return (
        (STANDING, (*_PAIR, *_OUTCOME), standing),
        (REMOVED, (*_PAIR, *_REMOVAL), removed),
        (UNPLACED, _UNPLACED_COLUMNS, _unplaced(referral_list)),
    )


def _unplaced(referral_list: ReferralList) -> list[Any]:
    rows = list(list_selectors.list_unplaced(referral_list).order_by("reason", "need__code"))
    codes = {code for row in rows for code in row.institutions}
    names = dict(Organization.objects.filter(code__in=codes).values_list("code", "name"))
    return [(row, "、".join(names.get(code, code) for code in row.institutions)) for row in rows]


def _roster_pages(referral_list: ReferralList) -> tuple[_Page, ...]:
    rows: list[RosterRow] = list(
        referral_list.roster_rows.with_names().order_by(
            "firm__organization__name", "institution__code", "pk"
        )
    )
    return (
        (STANDING, _FIRM, [row for row in rows if row.removed_at is None]),
        (REMOVED, (*_FIRM, *_FIRM_REMOVAL), [row for row in rows if row.removed_at is not None]),
    )


def _head(referral_list: ReferralList) -> Iterable[tuple[str, Writable]]:
    yield "清单编号", referral_list.number
    yield "标题", referral_list.title
    yield "编制部门", referral_list.department.name
    yield "状态", referral_list.get_status_display()
    yield "文号", referral_list.document_number or None
    yield "发送日期", _day(referral_list.sent_at)
    yield "答复期限", referral_list.answer_by
    yield "声明", DISCLAIMER


def _write(
    workbook: xlsxwriter.Workbook,
    styles: Styles,
    page: _Page,
    head: Iterable[tuple[str, Writable]],
) -> None:
    title, columns, rows = page
    sheet = workbook.add_worksheet(title)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
    at = 0
    for label, value in head:
        write_row(sheet, at, [label, value], styles)
        at += 1
    write_row(sheet, at, [column.header for column in columns], styles, styles.header)
    sheet.freeze_panes(at + 1, 2)
    for found in rows:
        at += 1
        write_row(sheet, at, [column.cell(found) for column in columns], styles, styles.wrapped)
