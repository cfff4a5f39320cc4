"""Needs and firms as a run computed on them, packed so that the run can be repeated."""

import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from operator import attrgetter
from typing import Any
from uuid import UUID

from backend.firms.selectors import FirmSnapshot, QualificationPeriod
from backend.needs.selectors import NeedSnapshot

_LEVEL = 1  # fast; the codes repeat so much that more effort saves little
_DATES = {"founded_on", "needed_by"}
_FIELDS = {
    record: (
        tuple(field.name for field in fields(record)),
        attrgetter(*(field.name for field in fields(record))),
    )
    for record in (NeedSnapshot, FirmSnapshot, QualificationPeriod)
}


@dataclass(frozen=True, slots=True)
class FrozenNeed:
    """One need of a run: the row, the revision of it that was used, and what it said."""

    need_id: int
    public_id: UUID
    revision: int
    need: NeedSnapshot
    firm: FirmSnapshot


def pack(inputs: Iterable[FrozenNeed]) -> bytes:
    """Pack inputs; equal inputs in equal order give equal bytes."""
    entries = [
        [
            entry.need_id,
            str(entry.public_id),
            entry.revision,
            _values(entry.need),
            _values(entry.firm),
        ]
        for entry in inputs
    ]
    text = json.dumps(
        entries, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain
    )
    return zlib.compress(text.encode(), _LEVEL)


def unpack(packed: bytes) -> list[FrozenNeed]:
    """Return what was packed, in the same order."""
    return [
        FrozenNeed(
            need_id=need_id,
            public_id=UUID(public_id),
            revision=revision,
            need=NeedSnapshot(**_restored(need)),
            firm=FirmSnapshot(**_firm_values(firm)),
        )
        for need_id, public_id, revision, need, firm in json.loads(zlib.decompress(packed))
    ]


def _values(record: NeedSnapshot | FirmSnapshot | QualificationPeriod) -> dict[str, Any]:
    """Return a record's fields by name; ``asdict`` would copy each value as well."""
    names, values_of = _FIELDS[type(record)]
    return dict(zip(names, values_of(record), strict=True))


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, QualificationPeriod):
        return _values(value)
    raise TypeError(f"{type(value).__name__} cannot be frozen")


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _restored(values: dict[str, Any]) -> dict[str, Any]:
    return {name: _value(name, value) for name, value in values.items()}


def _value(name: str, value: Any) -> Any:
    if name in _DATES:
        return _date(value)
    return tuple(value) if isinstance(value, list) else value


def _firm_values(values: dict[str, Any]) -> dict[str, Any]:
    restored = _restored(values)
    if restored["qualifications"] is not None:
        restored["qualifications"] = tuple(
            QualificationPeriod(
                code=held["code"],
                valid_from=_date(held["valid_from"]),
                valid_until=_date(held["valid_until"]),
            )
            for held in restored["qualifications"]
        )
    return restored
