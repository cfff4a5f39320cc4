"""Compute a run chunk by chunk: claimed, computed and stored in one transaction each.

A worker that dies takes its transaction with it, so its chunk is whole or not there, and the
row lock that kept others away is gone.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import date, datetime

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from backend.matches import adapters, frozen_inputs
from backend.matches.catalogue_memory import LoadedCatalogue, catalogues
from backend.matches.enums import ChunkStatus, RunStatus
from backend.matches.frozen_inputs import FrozenNeed
from backend.matches.learned_adapters import number_of
from backend.matches.lifecycle import RunStep, next_status
from backend.matches.models import MatchChunk, MatchRun
from backend.matches.rows import PackedRows, hash_rows, store_rows
from backend.matches.services import MAX_ATTEMPTS, fail_run, fail_run_at, finish_run_if_complete
from backend.needs.models import Need
from backend.needs.selectors import list_need_records

logger = logging.getLogger(__name__)


def compute_next_chunk(*, run_id: int, now: datetime) -> bool:
    """Compute the next free chunk of a run; tell whether there was one to compute.

    Harmless when it runs twice or beside others: nobody computes what another has claimed.
    """
    while (chunk_id := _begin_attempt(run_id, now)) is not None:
        try:
            is_computed = _compute(chunk_id, now)
        except Exception as error:
            logger.exception("chunk %s of run %s failed", chunk_id, run_id)
            _note_failure(chunk_id, error, now=now)
            raise
        if is_computed:
            finish_run_if_complete(run_id=run_id, now=now)
            return True
    return False


def _begin_attempt(run_id: int, now: datetime) -> int | None:
    """Count an attempt on the next free chunk, committed before the work.

    So an attempt that brings its worker down is counted too.
    """
    with transaction.atomic():
        chunk = (
            MatchChunk.objects.pending()
            .filter(run_id=run_id, attempts__lt=MAX_ATTEMPTS)
            .select_for_update(skip_locked=True, of=("self",))
            .order_by("attempts", "number")
            .defer("inputs")
            .first()
        )
        if chunk is None:
            return None
        chunk.attempts += 1
        chunk.claimed_at = now
        chunk.save(update_fields=["attempts", "claimed_at"])
        MatchRun.objects.filter(pk=run_id, status=RunStatus.QUEUED).update(
            status=next_status(RunStatus.QUEUED, RunStep.BEGIN)
        )
    return chunk.pk


@transaction.atomic
def _compute(chunk_id: int, now: datetime) -> bool:
    """Claim, compute and store one chunk; False when it is taken, done or no longer wanted."""
    chunk = (
        MatchChunk.objects.pending()
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("run")
        .filter(pk=chunk_id)
        .first()
    )
    if chunk is None:
        return False
    run = chunk.run
    catalogue = catalogues.of_version(run.catalogue_version, number_of(run.library_versions))
    if catalogue.matcher.versions != run.library_versions:
        fail_run(run_id=run.pk, reason="匹配库在计算期间更新，请重新发起批次。", now=now)
        return False
    if chunk.inputs is None:
        inputs = freeze(chunk.need_ids, run.as_of)
        chunk.inputs = frozen_inputs.pack(inputs)
    else:
        inputs = frozen_inputs.unpack(chunk.inputs)
    rows = rank_rows(run, catalogue, inputs)
    store_rows(run.pk, rows)
    chunk.status = ChunkStatus.FINISHED
    chunk.finished_at = now
    chunk.result_hash = hash_rows(rows)
    chunk.last_error = ""
    chunk.save()
    # Under the run's lock, so that whoever cancels it comes before all of this or after it.
    if not MatchRun.objects.active().filter(pk=run.pk).select_for_update(no_key=True).exists():
        transaction.set_rollback(True)
        return False
    return True


def freeze(need_ids: Iterable[int], as_of: date) -> list[FrozenNeed]:
    """Read needs that are still open, with their firms, as they are now."""
    still_open = list(
        Need.objects.open().filter(pk__in=list(need_ids)).values_list("pk", flat=True)
    )
    return [
        FrozenNeed(
            need_id=record.pk,
            public_id=record.public_id,
            revision=record.revision,
            need=record.need,
            firm=record.firm,
        )
        for record in list_need_records(still_open, as_of)
    ]


def rank_rows(
    run: MatchRun, catalogue: LoadedCatalogue, inputs: Sequence[FrozenNeed]
) -> PackedRows:
    """Rank the catalogue for all needs at once and pack the best into one row per need."""
    matcher = catalogue.bulk_matcher(run.as_of)
    found = adapters.rank_all(matcher, [(entry.need, entry.firm) for entry in inputs], top=run.top)
    version_pks = [catalogue.products[code].version_pk for code in matcher.codes]
    return PackedRows(
        need_ids=_integers(entry.need_id for entry in inputs),
        need_revisions=_integers(entry.revision for entry in inputs),
        eligible_counts=found.eligible_counts.astype(np.int64),
        to_confirm_counts=found.to_confirm_counts.astype(np.int64),
        lengths=found.lengths.astype(np.int64),
        product_version_ids=np.array(version_pks, dtype=np.int64)[found.products],
        scores=found.scores,
    )


def _integers(values: Iterable[int]) -> NDArray[np.int64]:
    return np.fromiter(values, dtype=np.int64)


def _note_failure(chunk_id: int, error: Exception, *, now: datetime) -> None:
    """Keep the last error with the chunk; after too many attempts the run is given up."""
    with transaction.atomic():
        chunk = MatchChunk.objects.select_for_update().defer("inputs").get(pk=chunk_id)
        chunk.last_error = repr(error)[:500]
        is_final = chunk.attempts >= MAX_ATTEMPTS
        if is_final:
            chunk.status = ChunkStatus.FAILED
        chunk.save(update_fields=["last_error", "status"])
    if is_final:
        fail_run_at(run_id=chunk.run_id, chunk_number=chunk.number, now=now)
