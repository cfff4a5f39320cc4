"""Changes to indicators: entered, corrected, withdrawn; each a version that stays."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from backend.common.errors import InvalidInput, StateConflict
from backend.filings import policies, validators
from backend.filings.models import Indicator
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.organizations.actors import Actor
from backend.reference.models import Region

VALUES = (
    "measure",
    "name",
    "value",
    "unit",
    "covers_from",
    "covers_until",
    "source",
    "source_on",
    "note",
)


@transaction.atomic
def enter_indicator(
    *, actor: Actor, region: str, values: Mapping[str, Any], now: datetime
) -> Indicator:
    """Enter a figure with the paper that it comes from; ``region`` is a code of GB/T 2260."""
    if not Region.objects.filter(pk=region).exists():
        raise InvalidInput.of("region", "unknown_code", f"没有行政区划代码“{region[:20]}”。")
    policies.require_can_enter(actor, region)
    indicator = Indicator(
        region_id=region,
        department=actor.organization,
        entered_by=actor.user,
        entered_at=now,
        **{"covers_from": None, "note": "", **values},
    )
    return _save(indicator, EventType.INDICATOR_ENTERED, actor)


@transaction.atomic
def correct_indicator(
    *,
    actor: Actor,
    indicator: Indicator,
    changes: Mapping[str, Any],
    reason: str,
    now: datetime,
) -> Indicator:
    """Write the next version with other values; the former stays and is named."""
    following = _next_version(actor, indicator, reason=reason, now=now)
    for name in VALUES:
        if name in changes:
            setattr(following, name, changes[name])
    if all(getattr(following, name) == getattr(indicator, name) for name in VALUES):
        raise InvalidInput.of("reason", "nothing_changed", "没有一项与现有版本不同。")
    return _save(following, EventType.INDICATOR_CORRECTED, actor)


@transaction.atomic
def withdraw_indicator(
    *, actor: Actor, indicator: Indicator, reason: str, now: datetime
) -> Indicator:
    """Say that a figure does not stand any more; it leaves the reports from now on."""
    following = _next_version(actor, indicator, reason=reason, now=now)
    following.is_withdrawn = True
    return _save(following, EventType.INDICATOR_WITHDRAWN, actor)


def _next_version(actor: Actor, indicator: Indicator, *, reason: str, now: datetime) -> Indicator:
    indicator = Indicator.objects.select_for_update().get(pk=indicator.pk)
    policies.require_can_correct(actor, indicator)
    if indicator.is_withdrawn or Indicator.objects.filter(replaces=indicator).exists():
        raise StateConflict("not_latest_version", "该版本已被更正或撤销；请打开最新版本再改。")
    return Indicator(
        series=indicator.series,
        version=indicator.version + 1,
        replaces=indicator,
        reason=validators.check_reason(reason),
        region_id=indicator.region_id,
        department_id=indicator.department_id,
        entered_by=actor.user,
        entered_at=now,
        **{name: getattr(indicator, name) for name in VALUES},
    )


def _save(indicator: Indicator, event: EventType, actor: Actor) -> Indicator:
    values = {name: getattr(indicator, name) for name in VALUES}
    validators.check_indicator(values, today=actor.today)
    indicator.save()
    record(
        event,
        subject=indicator,
        actor=actor,
        payload={
            "series": str(indicator.series),
            "version": indicator.version,
            "measure": indicator.measure,
            "value": indicator.value,
            "unit": indicator.unit,
        },
    )
    return indicator
