"""Histories of financing: events that stand for needs, financiers, and who funded what."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.evaluation.tables_in import read_table
from matching.exchange.faults import FaultLog

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

# Criteria of the format; a set may leave any of them empty.
CODED: Final = ("stage", "sector1", "sector2", "sector3", "region", "city")

_EVENT_COLUMNS: Final = ("event_id", "firm_id", "firm_name", "date", *CODED, "amount_cny")
_LINK_COLUMNS: Final = ("event_id", "investor_id")
_INVESTOR_COLUMNS: Final = ("investor_id", "name")
# Counts over the whole file or of the event's own outcome: never read.
_NEVER_READ: Final = frozenset({"n", "n_investors"})
_UNKNOWN: Final = frozenset({"", "unknown"})
_ISO_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SEPARATORS: Final = re.compile(r"[;|、,]")


@dataclass(frozen=True, slots=True)
class Dataset:
    """A history in canonical order: by date, then by identifier; the order of rows is lost.

    Attributes
    ----------
    events : tuple of str
        Identifiers.
    days : int array, shape (events,)
        Proleptic ordinals, ascending.
    firms : int array, shape (events,)
    names : tuple of str
        Names of the firms, empty where the set has none.
    columns : mapping of str to int array, shape (events,)
        Numbered values of each criterion that the set fills, -1 where unknown.
    values : mapping of str to tuple of str
        The values behind the numbers.
    amounts : float array, shape (events,)
        NaN where undisclosed.
    numbers : mapping of str to float array, shape (events,)
        Further figures by set: ``founded_year``, ``jobs``.
    units : tuple of str
        Identifiers of financiers, ascending.
    unit_names : tuple of str
    declared : tuple of frozenset of str
        What is declared of each financier, as ``column:value``.
    link_events, link_units : int array, shape (links,)
        Who funded what, ascending by event.
    notes : tuple of str
        In Chinese: what was merged.
    """

    events: tuple[str, ...]
    days: Integers
    firms: Integers
    names: tuple[str, ...]
    columns: Mapping[str, Integers]
    values: Mapping[str, tuple[str, ...]]
    amounts: Floats
    numbers: Mapping[str, Floats]
    units: tuple[str, ...]
    unit_names: tuple[str, ...]
    declared: tuple[frozenset[str], ...]
    link_events: Integers
    link_units: Integers
    notes: tuple[str, ...]

    @property
    def link_days(self) -> Integers:
        """Day of each link."""
        return self.days[self.link_events]


def read_dataset(folder: Path) -> Dataset:
    """Read a folder of the open format.

    Exactly equal rows count once and are noted. Whole-file counts are never read.

    Raises
    ------
    InputError
        With every fault: a missing file or column, a date that does not exist, an amount that
        is no number, an identifier that is unknown or stands for two different things, or a
        set without any link.
    """
    log = FaultLog()
    if not folder.is_dir():
        log.enter("file")
        log.add("missing_folder", "存在的文件夹", str(folder))
        log.finish()
    events = read_table(folder, "events", _EVENT_COLUMNS, log)
    links = read_table(folder, "links", _LINK_COLUMNS, log)
    investors = read_table(folder, "investors", _INVESTOR_COLUMNS, log)
    log.finish()
    notes: list[str] = []
    events = _distinct(events, "events", "event_id", log, notes)
    investors = _distinct(investors, "investors", "investor_id", log, notes)
    _check_events(events, log)
    pairs = _check_links(links, events, investors, log, notes)
    if not pairs and not log.faults:
        log.enter("links")
        log.add("no_links", "至少一条出资记录")
    log.finish()
    return _build(events, investors, pairs, notes)


def _distinct(
    rows: list[dict[str, str]], table: str, key: str, log: FaultLog, notes: list[str]
) -> list[dict[str, str]]:
    kept: dict[str, dict[str, str]] = {}
    repeated = 0
    for number, row in enumerate(rows, start=2):
        log.enter(table, number)
        if not row[key]:
            log.add("missing_value", "非空的标识", field=key)
        elif kept.setdefault(row[key], row) is not row:
            if kept[row[key]] == row:
                repeated += 1
            else:
                log.add("contradiction", "同一标识只有一种内容", row[key], field=key)
    if repeated:
        notes.append(f"{table}：{repeated} 行与前面完全相同，只计一次")
    return list(kept.values())


def _check_events(rows: Sequence[Mapping[str, str]], log: FaultLog) -> None:
    for number, row in enumerate(rows, start=2):
        log.enter("events", number)
        if not _is_date(row["date"]):
            log.add("bad_date", "存在的日期，如 2013-01-31", row["date"], field="date")
        for field in ("amount_cny", "founded_year", "jobs"):
            if not _is_amount(row.get(field, "")):
                log.add("bad_number", "不小于 0 的数，或空（未披露）", row[field], field=field)


def _check_links(
    rows: Sequence[Mapping[str, str]],
    events: Sequence[Mapping[str, str]],
    investors: Sequence[Mapping[str, str]],
    log: FaultLog,
    notes: list[str],
) -> set[tuple[str, str]]:
    known = {
        "event_id": {row["event_id"] for row in events},
        "investor_id": {row["investor_id"] for row in investors},
    }
    pairs: set[tuple[str, str]] = set()
    for number, row in enumerate(rows, start=2):
        log.enter("links", number)
        for field, table in (("event_id", "events"), ("investor_id", "investors")):
            if row[field] not in known[field]:
                log.add("unknown_id", f"{table} 中有的标识", row[field], field=field)
        pairs.add((row["event_id"], row["investor_id"]))
    if len(pairs) < len(rows):
        notes.append(f"links：{len(rows) - len(pairs)} 行重复，只计一次")
    return pairs


def _build(
    rows: list[dict[str, str]],
    investors: list[dict[str, str]],
    pairs: set[tuple[str, str]],
    notes: Sequence[str],
) -> Dataset:
    rows.sort(key=lambda row: (row["date"], row["event_id"]))
    investors.sort(key=lambda row: row["investor_id"])
    event = {row["event_id"]: number for number, row in enumerate(rows)}
    unit = {row["investor_id"]: number for number, row in enumerate(investors)}
    links = np.array(sorted((event[e], unit[u]) for e, u in pairs), dtype=np.int64)
    coded = {name: _numbered([_known(row[name]) for row in rows]) for name in CODED}
    filled = {name: both for name, both in coded.items() if both[1]}
    # A firm without an identifier is a firm of its own.
    firms = _numbered([row["firm_id"] or f"\0{row['event_id']}" for row in rows])[0]
    return Dataset(
        events=tuple(row["event_id"] for row in rows),
        days=np.array([date.fromisoformat(row["date"]).toordinal() for row in rows]),
        firms=firms,
        names=tuple(row["firm_name"] for row in rows),
        columns={name: codes for name, (codes, _) in filled.items()},
        values={name: values for name, (_, values) in filled.items()},
        amounts=_figures(rows, "amount_cny"),
        numbers={
            name: _figures(rows, name) for name in ("founded_year", "jobs") if name in rows[0]
        },
        units=tuple(row["investor_id"] for row in investors),
        unit_names=tuple(row["name"] for row in investors),
        declared=tuple(map(_declared, investors)),
        link_events=links[:, 0],
        link_units=links[:, 1],
        notes=tuple(notes),
    )


def _known(text: str) -> str | None:
    return None if text in _UNKNOWN else text


def _numbered(texts: Sequence[str | None]) -> tuple[Integers, tuple[str, ...]]:
    values = tuple(sorted({text for text in texts if text is not None}))
    number: dict[str | None, int] = {value: place for place, value in enumerate(values)}
    return np.array([number.get(text, -1) for text in texts], dtype=np.int64), values


def _figures(rows: Sequence[Mapping[str, str]], name: str) -> Floats:
    return np.array([float(row[name]) if row[name] else np.nan for row in rows])


def _declared(row: Mapping[str, str]) -> frozenset[str]:
    extra = row.keys() - {"investor_id", "name"} - _NEVER_READ
    return frozenset(
        f"{column}:{value.strip()}"
        for column in extra
        for value in _SEPARATORS.split(row[column])
        if value.strip()
    )


def _is_date(text: str) -> bool:
    try:
        return bool(_ISO_DATE.fullmatch(text)) and bool(date.fromisoformat(text))
    except ValueError:
        return False


def _is_amount(text: str) -> bool:
    try:
        return not text or (math.isfinite(float(text)) and float(text) >= 0)
    except ValueError:
        return False
