"""Loads indicators that the provincial department has published, with their document."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction

from backend.common.errors import InvalidInput, StateConflict
from backend.filings.models import Indicator
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.partners.selectors import department_of


@transaction.atomic
def load_indicators(*, path: Path, now: datetime) -> int:
    """Load what is not there yet; return how many.

    Raises `InvalidInput` when a known code has another value, and `StateConflict` without the
    department that answers for the region.
    """
    content = json.loads(path.read_text(encoding="utf-8"))
    department = department_of(content["region"])
    if department is None:
        raise StateConflict("catalogue_missing", "没有省级科技管理部门；请先运行 load_catalogue。")
    entries = {
        uuid5(NAMESPACE_URL, f"{path.stem}/{one['code']}"): one for one in content["indicators"]
    }
    known = {row.series: row for row in Indicator.objects.filter(series__in=entries, version=1)}
    for series, entry in entries.items():
        if series in known:
            _require_same(known[series], entry)
            continue
        indicator = Indicator.objects.create(
            series=series,
            department=department,
            region_id=content["region"],
            source=content["source"],
            source_on=date.fromisoformat(content["source_on"]),
            entered_at=now,
            **_values(entry),
        )
        record(
            EventType.INDICATOR_ENTERED,
            subject=indicator,
            actor=None,
            payload={"series": str(series), "version": 1, "value": indicator.value},
        )
    return len(entries.keys() - known.keys())


def _values(entry: dict[str, Any]) -> dict[str, Any]:
    begins = entry["covers_from"]
    return {
        **{name: entry[name] for name in ("measure", "name", "value", "unit", "note")},
        "covers_from": date.fromisoformat(begins) if begins else None,
        "covers_until": date.fromisoformat(entry["covers_until"]),
    }


def _require_same(known: Indicator, entry: dict[str, Any]) -> None:
    differing = [name for name, value in _values(entry).items() if getattr(known, name) != value]
    if differing:
        raise InvalidInput.of(
            differing[0],
            "indicator_changed",
            f"指标 {entry['code']} 已装入且 {'、'.join(differing)} 不同；更正须由填报人说明原因。",
        )
