"""What could be shown of needs, with the stage that follows from the firm's figures."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import TypeVar

from backend.consents.records import (
    DisclosableRecord,
    FirmRecord,
    list_disclosable,
    list_firm_records,
)
from backend.matches.list_adapters import stage_of
from backend.matches.stage_texts import INFERRED_BASIS, say_rule

_Record = TypeVar("_Record", DisclosableRecord, FirmRecord)


def list_described_firms(firm_ids: Collection[int], *, day: date) -> dict[int, FirmRecord]:
    """Return what could be shown of firms on a day, by primary key, with inferred stages."""
    records = list_firm_records(firm_ids, day=day)
    return {pk: _with_stage(record, day) for pk, record in records.items()}


def list_described(need_ids: Collection[int], *, day: date) -> dict[int, DisclosableRecord]:
    """Return what could be shown of needs on a day, by primary key; a fixed number of queries.

    A stage that nobody declared is inferred, and says so with its rule.
    """
    records = list_disclosable(need_ids, day=day)
    return {pk: _with_stage(record, day) for pk, record in records.items()}


def _with_stage(record: _Record, day: date) -> _Record:
    if record.stage is not None:
        return record
    inferred = stage_of(record.firm, as_of=day)
    if inferred.stage is None or inferred.rule is None:
        return record
    return replace(
        record,
        stage=inferred.stage,
        stage_basis=INFERRED_BASIS,
        stage_rule=say_rule(inferred.rule, is_settled=inferred.settled),
    )
