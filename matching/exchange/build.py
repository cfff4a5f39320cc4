"""Turns the content of a file, in whichever form it came, into a checked exchange."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from matching.exchange.faults import FaultLog
from matching.exchange.records.fields import SPECS
from matching.exchange.records.references import check_references
from matching.exchange.records.rows import RawRow, check_row
from matching.schema import Exchange


@dataclass(frozen=True, slots=True)
class Document:
    """The rows of a file before they are checked; ``as_of`` is what the file itself says."""

    as_of: date | None
    lists: Mapping[str, Sequence[RawRow]]


def build_exchange(document: Document, log: FaultLog, *, as_of: date | None) -> Exchange:
    """Check everything and return the records.

    Parameters
    ----------
    document : Document
        What was read.
    log : FaultLog
        Receives the faults; may already hold some of reading.
    as_of : date or None
        Overrides the date of the file, also for what counts as future.

    Raises
    ------
    InputError
        With every fault of the file, those of reading included.
    """
    day = document.as_of if as_of is None else as_of
    rows = {}
    for spec in SPECS:
        checked = (
            check_row(spec, raw, log, as_of=day) for raw in document.lists.get(spec.list_name, ())
        )
        rows[spec.list_name] = [row for row in checked if row is not None]
    check_references(rows, log)
    log.finish()
    records = {name: tuple(row.record() for row in found) for name, found in rows.items()}
    return Exchange(as_of=day, **records)
