"""Put a version in use, and go back to what was in use before it."""

from datetime import datetime

from django.conf import settings
from django.db import connection, transaction

from backend.common.errors import StateConflict
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.organizations.actors import Actor
from backend.ranking import policies
from backend.ranking.enums import VersionStatus
from backend.ranking.models import ModelVersion

# Better by more than so many standard errors, over at least so many needs.
STANDARD_ERRORS = 2.0
LEAST_NEEDS = 20
_LOCK = 0x5A4E41A6


def is_better(comparison: dict) -> bool:
    """Tell whether a comparison says better by more than two standard errors."""
    return (
        comparison.get("needs", 0) >= LEAST_NEEDS
        and comparison["difference"] > STANDARD_ERRORS * comparison["standard_error"]
    )


@transaction.atomic
def activate_version(
    *, actor: Actor, version: ModelVersion, expected_revision: int | None, now: datetime
) -> ModelVersion:
    """Rank with a version from now on, in place of the one in use or of the rules.

    Only one that was compared with what is in use now and is better by more than two standard
    errors. Raises NotPermitted, StaleRevision, StateConflict.
    """
    policies.require_can_manage_models(actor)
    _one_at_a_time()
    version = ModelVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    version.check_revision(expected_revision)
    if version.status not in {VersionStatus.TRAINED, VersionStatus.RETIRED}:
        raise StateConflict(
            "model_not_trained", f"模型{version.get_status_display()}，只有已训练的版本可以启用。"
        )
    if version.is_demonstration and not settings.KERONG_DEMO:
        raise StateConflict("not_a_demonstration", "演示模型只能在演示模式下启用。")
    before = ModelVersion.objects.active().select_for_update(of=("self",)).first()
    _check_comparison(version, before)
    if before is not None:
        _retire(before, now)
    version.status = VersionStatus.ACTIVE
    version.activated_by, version.activated_at = actor.user, now
    version.replaced, version.retired_at = before, None
    version.save_revision()
    record(
        EventType.MODEL_ACTIVATED,
        subject=version,
        actor=actor,
        payload={
            "number": version.number,
            "replaced": before.number if before else None,
            "sha256": version.sha256,
            "comparison": version.comparison,
        },
    )
    return version


@transaction.atomic
def roll_back(*, actor: Actor, to_rules: bool = False, now: datetime) -> ModelVersion | None:
    """Rank again with what was in use before the active version; return it, None for rules.

    ``to_rules`` goes back to the rules at once. Raises NotPermitted, StateConflict.
    """
    policies.require_can_manage_models(actor)
    _one_at_a_time()
    current = ModelVersion.objects.active().select_for_update(of=("self",)).first()
    if current is None:
        raise StateConflict("no_active_model", "当前已按规则排序，没有可以回退的模型。")
    _retire(current, now)
    previous = None if to_rules else current.replaced
    if previous is not None:
        previous = ModelVersion.objects.select_for_update(of=("self",)).get(pk=previous.pk)
        previous.status, previous.retired_at = VersionStatus.ACTIVE, None
        previous.save_revision()
    record(
        EventType.MODEL_ROLLED_BACK,
        subject=current,
        actor=actor,
        payload={"number": current.number, "to": previous.number if previous else None},
    )
    return previous


def _retire(version: ModelVersion, now: datetime) -> None:
    version.status, version.retired_at = VersionStatus.RETIRED, now
    version.save_revision()


def _check_comparison(version: ModelVersion, before: ModelVersion | None) -> None:
    if version.compared_at is None:
        raise StateConflict("not_compared", "请先与当前使用的排序比较，再启用。")
    if version.compared_with_id != (before.pk if before else None):
        raise StateConflict(
            "comparison_outdated", "比较之后当前使用的排序已更换，请重新比较后再启用。"
        )
    if not is_better(version.comparison):
        raise StateConflict(
            "not_better",
            f"比较结果没有好出两个标准误（至少 {LEAST_NEEDS} 项需求），不能启用；"
            "积累更多结果后可重新训练。",
        )


def _one_at_a_time() -> None:
    """Let one change of what is in use be at work, also where nothing is in use to be locked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
