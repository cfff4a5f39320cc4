"""Start, repeat, cancel and end match runs; the computing itself is in `chunks`."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from backend.common.errors import StateConflict
from backend.common.problems import ProblemList
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.matches import policies
from backend.matches.catalogue_memory import catalogues
from backend.matches.enums import ChunkStatus, RunStatus
from backend.matches.learned_adapters import number_of
from backend.matches.lifecycle import RunStep, next_status
from backend.matches.models import LONGEST_LIST, MatchChunk, MatchRun
from backend.needs.selectors import list_open_need_ids
from backend.organizations.actors import Actor

DEFAULT_TOP = 20
# A need takes some 150 µs of CPU, nearly all of it to read and to keep what it says, a task at
# most 3 ms: less than a hundredth of such a chunk, and larger ones are no cheaper. A lost one is
# made good in half a second, and 10,000 needs are four of them, which two processes share evenly.
CHUNK_NEEDS = 2_500
# A run on another day than today answers "what if"; further away nobody has figures.
LONGEST_DISTANCE = timedelta(days=366)
# An active run that did not move for so long has lost its wake-ups.
STALLED_AFTER = timedelta(seconds=60)
MAX_ATTEMPTS = 3


def start_run(
    *,
    actor: Actor,
    as_of: date | None = None,
    top: int = DEFAULT_TOP,
    now: datetime,
    chunk_needs: int = CHUNK_NEEDS,
) -> MatchRun:
    """Rank every open need of the department's region and below on the current catalogue.

    One run per region is at work at a time. Workers compute it chunk by chunk.
    """
    policies.require_can_manage_runs(actor)
    as_of = as_of or actor.today
    _check_definition(as_of=as_of, top=top, today=actor.today)
    catalogue = catalogues.current()
    need_ids = list_open_need_ids(region=actor.region)
    parts = [need_ids[at : at + chunk_needs] for at in range(0, len(need_ids), chunk_needs)]
    chunks = [
        MatchChunk(number=number, need_ids=part, need_count=len(part))
        for number, part in enumerate(parts, start=1)
    ]
    run = MatchRun(
        region_id=actor.region,
        as_of=as_of,
        top=top,
        catalogue_version=catalogue.version,
        library_versions=catalogue.matcher.versions,
    )
    return _create(run, chunks, actor=actor, now=now)


def repeat_run(*, actor: Actor, run: MatchRun, now: datetime) -> MatchRun:
    """Compute a finished run again, on the same needs, facts and catalogue, to the same result.

    Another version of the library could come out differently, so it is refused.
    """
    policies.require_can_manage_runs(actor)
    if run.status != RunStatus.FINISHED:
        raise StateConflict(
            "run_not_finished", f"匹配批次{run.get_status_display()}，只有已完成的批次可以重算。"
        )
    catalogue = catalogues.of_version(run.catalogue_version, number_of(run.library_versions))
    if catalogue.matcher.versions != run.library_versions:
        raise StateConflict(
            "versions_differ",
            f"匹配库版本已更新（{_changes(run.library_versions, catalogue.matcher.versions)}），"
            "无法重算出相同结果；请发起新的批次。",
        )
    chunks = [
        MatchChunk(
            number=chunk.number,
            need_ids=chunk.need_ids,
            need_count=chunk.need_count,
            inputs=chunk.inputs,
        )
        for chunk in run.chunks.order_by("number")
    ]
    repetition = MatchRun(
        region_id=run.region_id,
        as_of=run.as_of,
        top=run.top,
        catalogue_version=run.catalogue_version,
        library_versions=run.library_versions,
        repeats=run,
    )
    return _create(repetition, chunks, actor=actor, now=now)


@transaction.atomic
def cancel_run(
    *, actor: Actor, run: MatchRun, expected_revision: int | None, now: datetime
) -> MatchRun:
    """Stop a run that is waiting or at work; what was computed so far stays readable."""
    run = MatchRun.objects.select_for_update().get(pk=run.pk)
    policies.require_can_manage_runs(actor)
    run.check_revision(expected_revision)
    _end(run, RunStep.CANCEL, now=now)
    record(EventType.RUN_CANCELLED, subject=run, actor=actor)
    return run


@transaction.atomic
def finish_run_if_complete(*, run_id: int, now: datetime) -> bool:
    """Finish a run whose chunks are all computed; tell whether this call did it."""
    if MatchChunk.objects.filter(run_id=run_id).exclude(status=ChunkStatus.FINISHED).exists():
        return False
    run = MatchRun.objects.active().select_for_update().filter(pk=run_id).first()
    if run is None:
        return False
    hashes = run.chunks.order_by("number").values_list("result_hash", flat=True)
    run.result_hash = hashlib.sha256("".join(hashes).encode()).hexdigest()
    _end(run, RunStep.FINISH, now=now)
    record(
        EventType.RUN_FINISHED,
        subject=run,
        actor=None,
        payload={"result_hash": run.result_hash, "needs": run.needs_total},
    )
    return True


@transaction.atomic
def fail_run(*, run_id: int, reason: str, now: datetime) -> bool:
    """Give up an active run and say why; tell whether this call did it."""
    run = MatchRun.objects.active().select_for_update().filter(pk=run_id).first()
    if run is None:
        return False
    run.failure = reason[:500]
    _end(run, RunStep.FAIL, now=now)
    record(
        EventType.RUN_FAILED,
        subject=run,
        actor=None,
        payload={"reason": run.failure},
    )
    return True


def fail_run_at(*, run_id: int, chunk_number: int, now: datetime) -> bool:
    """Give up a run for a chunk that failed time and again; tell whether this call did it.

    Why it failed stands with the chunk and in the log: it may name a firm's data, and the
    reason of the run is read in the journal too.
    """
    reason = f"第 {chunk_number} 块多次计算失败或中断，原因见平台日志。"
    return fail_run(run_id=run_id, reason=reason, now=now)


def sweep_runs(*, now: datetime) -> int:
    """Wake active runs that stand still, because a worker or the broker lost their wake-ups.

    A run with a chunk that brought its worker down time and again is given up. Return how
    many runs were looked after.
    """
    stalled = list(MatchRun.objects.stalled(now - STALLED_AFTER).values_list("pk", flat=True))
    for run_id in stalled:
        _look_after(run_id, now)
    return len(stalled)


def _look_after(run_id: int, now: datetime) -> None:
    with transaction.atomic():
        free = (
            MatchChunk.objects.pending()
            .filter(run_id=run_id)
            .select_for_update(skip_locked=True, of=("self",))
        )
        chunks = list(free.only("pk", "number", "attempts"))
        exhausted = next((chunk for chunk in chunks if chunk.attempts >= MAX_ATTEMPTS), None)
        MatchRun.objects.filter(pk=run_id).update(woken_at=now)
        if exhausted is None:
            _wake_after_commit(run_id, len(chunks))
    if exhausted is not None:
        fail_run_at(run_id=run_id, chunk_number=exhausted.number, now=now)
    else:
        finish_run_if_complete(run_id=run_id, now=now)


def _check_definition(*, as_of: date, top: int, today: date) -> None:
    problems = ProblemList()
    if abs(as_of - today) > LONGEST_DISTANCE:
        problems.add("as_of", "out_of_range", f"计算日期 {as_of} 应在今天（{today}）前后一年之内。")
    if not 1 <= top <= LONGEST_LIST:
        problems.add("top", "out_of_range", f"保留数 {top} 应为 1 至 {LONGEST_LIST}。")
    problems.refuse()


@transaction.atomic
def _create(run: MatchRun, chunks: list[MatchChunk], *, actor: Actor, now: datetime) -> MatchRun:
    run.started_by = actor.user
    run.started_at = run.woken_at = now
    run.needs_total = sum(chunk.need_count for chunk in chunks)
    try:
        with transaction.atomic():
            run.save()
    except IntegrityError as error:
        if "match_run_one_active_per_region" not in str(error):
            raise
        raise StateConflict(
            "run_active", "本地区已有匹配批次正在计算，请等待其完成或先取消。"
        ) from None
    for chunk in chunks:
        chunk.run = run
    MatchChunk.objects.bulk_create(chunks)
    record(
        EventType.RUN_STARTED,
        subject=run,
        actor=actor,
        payload=_definition(run),
    )
    _wake_after_commit(run.pk, len(chunks))
    if not chunks:
        finish_run_if_complete(run_id=run.pk, now=now)
        run.refresh_from_db()
    return run


def _changes(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    return "、".join(
        f"{name}：{before.get(name, '无')} → {version}"
        for name, version in after.items()
        if before.get(name) != version
    )


def _definition(run: MatchRun) -> dict[str, Any]:
    return {
        "region": run.region_id,
        "as_of": run.as_of.isoformat(),
        "top": run.top,
        "catalogue_version": run.catalogue_version,
        "needs": run.needs_total,
        "repeats": str(run.repeats.public_id) if run.repeats else None,
    }


def _end(run: MatchRun, step: RunStep, *, now: datetime) -> None:
    run.status = next_status(run.status, step)
    run.ended_at = now
    run.save_revision()


def _wake_after_commit(run_id: int, count: int) -> None:
    """Send one wake-up per chunk; each makes some worker compute the next free chunk."""
    from backend.matches.tasks import compute_next_chunk  # noqa: PLC0415 - tasks import services

    def wake() -> None:
        for _ in range(count):
            compute_next_chunk.delay(run_id=run_id)

    transaction.on_commit(wake, robust=True)
