"""Train a version of the ranking: asked for by a person, done once by a worker."""

import logging
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Max
from django.utils import timezone

from backend.common.errors import DomainError, StateConflict
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.learning.history import Case, count_by_source, list_candidates, list_cases
from backend.learning.listing import list_needs
from backend.learning.services.comparing import compare
from backend.matches import learned_adapters
from backend.matches.learned_adapters import FittedModel, OutcomesTooFew, key_of
from backend.organizations.actors import Actor
from backend.ranking import policies
from backend.ranking.enums import VersionStatus
from backend.ranking.models import ModelVersion

logger = logging.getLogger(__name__)

# What all other components give up of their weights to the learned one.
LEARNED_WEIGHT = 0.5
MAX_ATTEMPTS = 3
# A fit of 50,000 outcomes takes less than a minute; what waits longer was lost.
LOST_AFTER = timedelta(minutes=5)
# Needs of the history that are listed anew by rules: what was let through and not shown counts
# as not chosen. Of more needs the rest counts every product so.
MOST_ELIGIBLE = 20_000
# Of more needs after the history an even share: figures by kind do not get surer by more.
MOST_MEASURED = 1_000
RULES_RANK = "平台继续按规则排序。"
_LOCK = 0x7A41A6


def request_training(*, actor: Actor, demonstration: bool = False, now: datetime) -> ModelVersion:
    """Ask for a version that learns from all outcomes before the last closed quarter.

    One is trained at a time. ``demonstration`` learns from simulated outcomes alone. Raises
    NotPermitted, StateConflict.
    """
    policies.require_can_manage_models(actor)
    if demonstration and not settings.KERONG_DEMO:
        raise StateConflict("not_a_demonstration", "模拟数据只能在演示模式下用于训练。")
    until, period_end = last_closed_period(timezone.localdate(now))
    with transaction.atomic():
        _one_at_a_time()
        if ModelVersion.objects.waiting().exists():
            raise StateConflict("training_waiting", "已有版本正在训练，请等待其结束。")
        last = ModelVersion.objects.aggregate(last=Max("number"))["last"] or 0
        version = ModelVersion.objects.create(
            number=last + 1,
            until=until,
            period_end=period_end,
            weight=LEARNED_WEIGHT,
            is_demonstration=demonstration,
            asked_by=actor.user,
            asked_at=now,
            woken_at=now,
        )
        record(
            EventType.MODEL_ASKED,
            subject=version,
            actor=actor,
            payload={"number": version.number, "until": until.isoformat()},
        )
        _wake_after_commit(version.pk)
    return version


def last_closed_period(today: date) -> tuple[date, date]:
    """Return the first day of the last calendar quarter that has ended, and the day after it."""
    end = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
    before = end - timedelta(days=1)
    return date(before.year, 3 * ((before.month - 1) // 3) + 1, 1), end


def train_version(*, version_id: int, now: datetime) -> bool:
    """Fit a waiting version and compare it; tell whether this call did it.

    Harmless when it runs twice or beside itself. With too few outcomes the version says so and
    the platform goes on ranking by rules. An attempt that breaks is made again, up to a limit.
    """
    tried = ModelVersion.objects.waiting().filter(pk=version_id)
    if not tried.update(attempts=F("attempts") + 1, woken_at=now):
        return False
    try:
        return _train(version_id, now)
    except Exception:
        logger.exception("model version %s was not trained", version_id)
        _give_up_if_exhausted(version_id, now)
        raise


def sweep_training(*, now: datetime) -> int:
    """Train what waited in vain; return how many versions were looked after."""
    lost = list(ModelVersion.objects.stalled(now - LOST_AFTER).values_list("pk", "attempts"))
    for pk, attempts in lost:
        if attempts >= MAX_ATTEMPTS:
            _give_up_if_exhausted(pk, now)
        else:
            ModelVersion.objects.filter(pk=pk).update(woken_at=now)
            _wake(pk)
    return len(lost)


@transaction.atomic
def _train(version_id: int, now: datetime) -> bool:
    version = (
        ModelVersion.objects.waiting()
        .select_for_update(skip_locked=True, of=("self",))
        .filter(pk=version_id)
        .first()
    )
    if version is None:
        return False
    period = list_cases(until=version.period_end, demonstration=version.is_demonstration)
    cases = [case for case in period if case.outcome.known_on < version.until]
    try:
        fitted = _fit(cases, period, version.until)
    except OutcomesTooFew as refusal:
        _end_without(version, VersionStatus.REFUSED, refusal, now)
    except DomainError as refusal:
        _end_without(version, VersionStatus.FAILED, refusal, now)
    else:
        _keep(version, fitted, cases)
        compare(version, now=now, cases=period)
    return True


def _fit(cases: list[Case], period: list[Case], until: date) -> FittedModel:
    """Fit to what was known before a day; how far chances hold is measured on what came after."""
    later = [case for case in period if case.outcome.ranked_on >= until]
    return learned_adapters.fit(
        (case.outcome for case in cases),
        list_candidates(cases),
        until=until,
        least_outcomes=settings.RANKING_LEAST_OUTCOMES,
        least_funded=settings.RANKING_LEAST_FUNDED,
        eligible={
            key_of(one.outcome): one.products for one in list_needs(cases, most=MOST_ELIGIBLE)
        },
        later=list_needs(later, most=MOST_MEASURED),
    )


def _keep(version: ModelVersion, fitted: FittedModel, cases: list[Case]) -> None:
    version.status = VersionStatus.TRAINED
    version.content, version.sha256 = fitted.content, fitted.sha256
    version.data_fingerprint = fitted.data_fingerprint
    version.parameters = dict(fitted.parameters)
    version.metrics = dict(fitted.metrics) | {"sources": count_by_source(cases)}
    version.notes, version.profile = list(fitted.notes), class_counts(cases)
    version.ended_at = timezone.now()
    version.save_revision()
    record(
        EventType.MODEL_TRAINED,
        subject=version,
        actor=None,
        payload={
            "number": version.number,
            "sha256": version.sha256,
            "data_fingerprint": version.data_fingerprint,
            "outcomes": version.metrics["outcomes"],
        },
    )


def _end_without(
    version: ModelVersion, status: VersionStatus, refusal: DomainError, now: datetime
) -> None:
    version.status, version.ended_at = status, now
    version.failure = f"{refusal.message}。{RULES_RANK}"[:500]
    if ModelVersion.objects.active().exists():
        version.failure = f"{refusal.message}。平台继续使用现有模型。"[:500]
    version.save_revision()
    record(
        EventType.MODEL_REFUSED,
        subject=version,
        actor=None,
        payload={"number": version.number, "code": refusal.code},
    )


def class_counts(cases: Iterable[Case]) -> dict[str, dict[str, int]]:
    """Count the classes of distinct needs, by what drift is watched on."""
    described = {case.outcome.need.code: learned_adapters.describe(case.outcome) for case in cases}
    counts: dict[str, Counter[str]] = {}
    for classes in described.values():
        for name, value in classes.items():
            counts.setdefault(name, Counter())[value] += 1
    return {name: dict(sorted(own.items())) for name, own in sorted(counts.items())}


@transaction.atomic
def _give_up_if_exhausted(version_id: int, now: datetime) -> None:
    version = (
        ModelVersion.objects.waiting()
        .select_for_update(of=("self",))
        .filter(pk=version_id, attempts__gte=MAX_ATTEMPTS)
        .first()
    )
    if version is not None:
        refusal = DomainError("training_broke", "多次训练失败或中断，原因见平台日志")
        _end_without(version, VersionStatus.FAILED, refusal, now)


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _wake_after_commit(version_id: int) -> None:
    transaction.on_commit(lambda: _wake(version_id), robust=True)


def _wake(version_id: int) -> None:
    from backend.learning.tasks import train_version as task  # noqa: PLC0415 - it imports this

    task.delay(version_id=version_id)
