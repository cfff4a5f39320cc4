"""A firm's own data as one file: JSON for programs, a workbook for people, its papers."""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from backend.common.errors import NotPermitted
from backend.exchange.own_data_record import Section
from backend.exchange.own_data_sections import SECTIONS
from backend.firms.models import Firm
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.needs.models import NeedDocument
from backend.organizations.actors import Actor
from backend.organizations.enums import Rank
from backend.organizations.policies import require_authority
from matching.exchange.workbook.cells_out import Writable
from matching.exchange.workbook.styles import new_workbook, write_row

FORMAT = "kerong-own-data/1"
_CELL_MAX = 32_000
_EPOCH = (2000, 1, 1, 0, 0, 0)
_COLUMN_WIDTH = 18

Rows = list[dict[str, Any]]


def require_can_export(actor: Actor, firm: Firm) -> None:
    """A manager of the firm itself, with proved authority, takes its data out."""
    is_own = actor.is_firm and firm.organization_id == actor.organization.pk
    if not (is_own and actor.membership.rank == Rank.MANAGER):
        raise NotPermitted("permission_denied", "只有企业负责人可以导出本企业的全部数据。")
    require_authority(actor)


@transaction.atomic
def export_own_data(*, actor: Actor, firm: Firm, now: datetime) -> bytes:
    """Return a ZIP of everything that is held about the actor's firm, and note that it was taken.

    Raises NotPermitted for anybody but the firm's managers, StateConflict before their authority
    is proved.
    """
    require_can_export(actor, firm)
    found = collect(firm)
    papers = list(NeedDocument.objects.filter(need__firm=firm).order_by("pk"))
    record(
        EventType.FIRM_DATA_EXPORTED,
        subject=firm,
        actor=actor,
        payload={"rows": {code: len(rows) for code, rows in found.items()}},
    )
    return _pack(firm, found, papers, now)


def collect(firm: Firm) -> dict[str, Rows]:
    """Return the firm's rows by section; one query per section, in the order of writing."""
    return {section.code: list(_rows_of(section, firm)) for section in SECTIONS}


def _rows_of(section: Section, firm: Firm) -> Iterator[dict[str, Any]]:
    rows = section.model._default_manager.filter(**{section.owner: firm.organization_id})
    yield from rows.order_by("pk").values(*section.columns)


def _pack(
    firm: Firm, found: Mapping[str, Rows], papers: list[NeedDocument], now: datetime
) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        _add(packed, "说明.txt", _explain(firm, found, now).encode())
        _add(packed, "data.json", _as_json(firm, found, now))
        _add(packed, "data.xlsx", _as_workbook(found))
        for paper in papers:
            _add(packed, f"附件/{paper.public_id}-{paper.name}", bytes(paper.content))
    return buffer.getvalue()


def _add(packed: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    packed.writestr(entry, content)


def _explain(firm: Firm, found: Mapping[str, Rows], now: datetime) -> str:
    lines = [
        f"{firm.organization.name}（{firm.organization.code}）在科融对接平台上的全部数据",
        f"导出时间：{timezone.localtime(now):%Y-%m-%d %H:%M}（北京时间）",
        "data.json 供程序读取，data.xlsx 内容相同；“附件”是随需求上传的文件。",
        "机构和部门的内部记录、他人的个人信息不在其中。",
        "",
        *(f"{section.title}：{len(found[section.code])} 条" for section in SECTIONS),
    ]
    return "\r\n".join(lines)


def _as_json(firm: Firm, found: Mapping[str, Rows], now: datetime) -> bytes:
    document = {
        "format": FORMAT,
        "exported_at": now.isoformat(),
        "uscc": firm.organization.code,
        "labels": {section.code: dict(section.columns) for section in SECTIONS},
        "data": found,
    }
    return json.dumps(document, ensure_ascii=False, indent=1, default=_plain).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} is no value of a row")


def _as_workbook(found: Mapping[str, Rows]) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "data.xlsx"
        with new_workbook(path) as (workbook, styles):
            for section in SECTIONS:
                page = workbook.add_worksheet(section.title)
                page.set_column(0, len(section.columns) - 1, _COLUMN_WIDTH)
                page.freeze_panes(1, 0)
                write_row(page, 0, list(section.columns.values()), styles, styles.header)
                for line, row in enumerate(found[section.code], start=1):
                    write_row(page, line, [_cell(value) for value in row.values()], styles)
        return path.read_bytes()


def _cell(value: Any) -> Writable:
    """Return a value as a cell shows it; numbers of many digits and instants are text."""
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, list):
        value = "、".join(map(str, value))
    return str(value)[:_CELL_MAX]
