"""Turns a table of earlier outcomes into rows to learn from: all of it, or nothing."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from backend.catalogue.models import Product
from backend.common.errors import InvalidInput
from backend.exchange.faults import as_invalid_input
from backend.exchange.past_results_file import (
    LABELS,
    NEED_FIELDS,
    RESULTS,
    PastFile,
    PastRow,
    read_past_results,
)
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.learning.firm_keys import key_of_text
from backend.learning.models import SOURCE_MAX_LENGTH, PastResult, PastSource
from backend.organizations.actors import Actor
from backend.ranking import policies
from matching.errors import InputError
from matching.exchange.faults import FaultLog

FILE_NAME_MAX_LENGTH = 200
_BATCH = 2_000
_LOCK = 0x9A57A6


@dataclass(frozen=True, slots=True, kw_only=True)
class PastImportResult:
    """What an import did, or would do when it is only tried; no ``source``: nothing new."""

    source: PastSource | None
    is_dry_run: bool
    rows: int
    created: int
    unchanged: int
    needs: int
    firms: int
    funded: int
    ignored_columns: tuple[str, ...]


@transaction.atomic
def import_past_results(
    *,
    actor: Actor | None,
    data: bytes,
    file_name: str,
    source: str,
    is_dry_run: bool,
    now: datetime,
) -> PastImportResult:
    """Import outcomes from before the platform; the same file again changes nothing.

    ``source`` names where they come from; a further file adds to it. Firms are told apart by
    a key that cannot be turned back (see ``learning.firm_keys``). Every fault is reported by
    sheet, row and column, and then nothing is written; a trial writes nothing either way.
    ``actor`` is None on the command line. Raises NotPermitted, InvalidInput.
    """
    if actor is not None:
        policies.require_can_manage_models(actor)
    name = _checked_name(source)
    _one_at_a_time()
    products = _known_products()
    try:
        file = read_past_results(
            data, file_name, today=timezone.localdate(now), known_products=products
        )
    except InputError as error:
        raise as_invalid_input(error) from error
    kept = PastSource.objects.in_use().filter(name=name).first()
    plan = _Plan(name, kept, products)
    fresh = plan.fresh(file)
    result = PastImportResult(
        source=None,
        is_dry_run=is_dry_run,
        rows=len(file.rows),
        created=len(fresh),
        unchanged=len(file.rows) - len(fresh),
        needs=len({row.need_code for row in file.rows}),
        firms=len({row.firm for row in file.rows}),
        funded=sum(row.result == "funded" for row in file.rows),
        ignored_columns=file.ignored_columns,
    )
    if is_dry_run or not fresh:
        return result
    digest = hashlib.sha256(data).hexdigest()
    saved = _save_source(kept, name, file_name, digest, len(fresh), actor, now)
    PastResult.objects.bulk_create((plan.row(one, saved) for one in fresh), batch_size=_BATCH)
    record(
        EventType.PAST_RESULTS_IMPORTED,
        subject=saved,
        actor=actor,
        payload={"name": name, "file_digest": digest, "created": len(fresh)},
    )
    return replace(result, source=saved)


def _checked_name(source: str) -> str:
    name = source.strip()
    if not name or not name.isprintable():
        raise InvalidInput.of(
            "source", "missing", "请填写数据来源，如“长春市 2021—2025 年对接台账”。"
        )
    if len(name) > SOURCE_MAX_LENGTH:
        text = f"数据来源不超过 {SOURCE_MAX_LENGTH} 个字（现有 {len(name)} 个）；请精简。"
        raise InvalidInput.of("source", "too_long", text)
    return name


def _known_products() -> dict[str, int]:
    """Return the products that were ever on offer, by code; others can be learned nothing of."""
    offered = Product.objects.filter(versions__published_at__isnull=False)
    return dict(offered.values_list("code", "pk").distinct())


class _Plan:
    """What of a file is new to its source."""

    def __init__(self, name: str, kept: PastSource | None, products: dict[str, int]) -> None:
        self._name, self._products = name, products
        self._keys: dict[str, str] = {}
        self._results: dict[tuple[str, int], PastResult] = {}
        self._needs: dict[str, tuple[Any, ...]] = {}
        for row in kept.results.iterator(_BATCH) if kept else ():
            self._results[row.need_code, row.product_id] = row
            self._needs[row.need_code] = _facts_of(row)

    def fresh(self, file: PastFile) -> list[PastRow]:
        """Return the rows that are not there; refuse those that contradict what is there."""
        log = FaultLog(people=True)
        fresh = []
        for row in file.rows:
            log.enter(file.sheet, row.number)
            self._check_need(row, log)
            before = self._results.get((row.need_code, self._products[row.product]))
            if before is None:
                fresh.append(row)
            elif (before.result, before.known_on) != (row.result, row.known_on):
                text = (
                    f"与此前导入的一致：“{RESULTS[before.result]}”，{before.known_on}；"
                    "已导入的结果不能修改，确有错误请撤回该来源后重新导入"
                )
                log.add("contradicts_imported", text, RESULTS[row.result], field=LABELS["result"])
        try:
            log.finish()
        except InputError as error:
            raise as_invalid_input(error) from error
        return fresh

    def row(self, one: PastRow, source: PastSource) -> PastResult:
        """Return a row as it is stored."""
        return PastResult(
            source=self._name,
            origin=source,
            need_code=one.need_code,
            firm_key=self._key(one.firm),
            ranked_on=one.ranked_on,
            stage=one.stage or "",
            industry=one.industry or "",
            region=one.region or "",
            amount_yuan=one.amount_yuan,
            product_id=self._products[one.product],
            result=one.result,
            known_on=one.known_on,
            position=one.position,
        )

    def _check_need(self, row: PastRow, log: FaultLog) -> None:
        before = self._needs.get(row.need_code)
        if before is None:
            return
        facts = (
            self._key(row.firm),
            row.ranked_on,
            row.stage or "",
            row.industry or "",
            row.region or "",
            row.amount_yuan,
        )
        for name, was, told in zip(NEED_FIELDS, before, facts, strict=True):
            if was != told:
                text = f"与此前导入的同一需求相同：同一需求只有一种{LABELS[name]}"
                log.add("contradicts_imported", text, field=LABELS[name])

    def _key(self, firm: str) -> str:
        if firm not in self._keys:
            self._keys[firm] = key_of_text(firm, self._name)
        return self._keys[firm]


def _facts_of(row: PastResult) -> tuple[Any, ...]:
    return row.firm_key, row.ranked_on, row.stage, row.industry, row.region, row.amount_yuan


def _save_source(
    kept: PastSource | None,
    name: str,
    file_name: str,
    digest: str,
    created: int,
    actor: Actor | None,
    now: datetime,
) -> PastSource:
    source = kept or PastSource(name=name, revision=0)
    source.file_name, source.file_digest = file_name[:FILE_NAME_MAX_LENGTH], digest
    source.row_count += created
    source.imported_by, source.imported_at = actor.user if actor else None, now
    return source.save_revision()


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
