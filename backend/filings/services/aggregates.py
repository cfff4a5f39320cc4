"""Changes to institutions' period aggregates: prepared, edited, signed; then only corrected."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from backend.common.errors import InvalidInput, StateConflict
from backend.filings import policies, validators
from backend.filings.enums import PeriodKind
from backend.filings.models import Aggregate
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.organizations.actors import Actor
from backend.organizations.models import Organization

FIGURES = (*validators.COUNTED, "note")


@transaction.atomic
def prepare_aggregate(
    *,
    actor: Actor,
    period_kind: PeriodKind,
    period_from: date,
    values: Mapping[str, Any],
    reason: str = "",
    now: datetime,
) -> Aggregate:
    """Draft what one's own unit reports of a period that is over.

    Where the period was signed before, the draft is a correction: it names the former version
    and says why. Raises `InvalidInput`, and `StateConflict` while another draft is open.
    """
    policies.require_can_prepare(actor)
    period_until = validators.period_of(period_kind, period_from, today=actor.today)
    Organization.objects.select_for_update(no_key=True).get(pk=actor.organization.pk)
    versions = Aggregate.objects.filter(
        institution=actor.organization, period_kind=period_kind, period_from=period_from
    )
    if versions.filter(signed_at__isnull=True).exists():
        raise StateConflict("draft_open", "该期间已有一份待签报的草稿；请修改或作废后再填报。")
    former = versions.order_by("-version").first()
    if former is None and reason.strip():
        raise InvalidInput.of(
            "reason", "nothing_to_correct", "该期间尚未签报过，无需填写更正原因。"
        )
    aggregate = Aggregate(
        institution=actor.organization,
        period_kind=period_kind,
        period_from=period_from,
        period_until=period_until,
        version=former.version + 1 if former else 1,
        replaces=former,
        reason=validators.check_reason(reason) if former else "",
    )
    _fill(aggregate, {"loans": None, "note": "", **values}, actor=actor, now=now)
    aggregate.save()
    _record(EventType.AGGREGATE_PREPARED, aggregate, actor)
    return aggregate


@transaction.atomic
def edit_aggregate(
    *,
    actor: Actor,
    aggregate: Aggregate,
    changes: Mapping[str, Any],
    expected_revision: int | None,
    now: datetime,
) -> Aggregate:
    """Change a draft; whoever changes it last is the one who prepared it."""
    aggregate = _lock_draft(actor, aggregate, expected_revision)
    _fill(aggregate, changes, actor=actor, now=now)
    aggregate.save_revision()
    _record(EventType.AGGREGATE_PREPARED, aggregate, actor)
    return aggregate


@transaction.atomic
def sign_aggregate(
    *, actor: Actor, aggregate: Aggregate, expected_revision: int | None, now: datetime
) -> Aggregate:
    """Sign a draft for one's unit; from now on the department sees it and nobody changes it."""
    aggregate = _lock(aggregate)
    policies.require_can_sign(actor, aggregate)
    _require_draft(aggregate)
    aggregate.check_revision(expected_revision)
    aggregate.signed_by, aggregate.signed_at = actor.user, now
    aggregate.save_revision()
    _record(EventType.AGGREGATE_SIGNED, aggregate, actor)
    return aggregate


@transaction.atomic
def discard_aggregate(*, actor: Actor, aggregate: Aggregate, expected_revision: int | None) -> None:
    """Remove a draft that was never signed; the journal keeps what stood there."""
    aggregate = _lock_draft(actor, aggregate, expected_revision)
    _record(EventType.AGGREGATE_DISCARDED, aggregate, actor)
    aggregate.delete()


def _lock(aggregate: Aggregate) -> Aggregate:
    return (
        Aggregate.objects.select_for_update(of=("self",))
        .select_related("institution", "prepared_by", "replaces")
        .get(pk=aggregate.pk)
    )


def _lock_draft(actor: Actor, aggregate: Aggregate, expected_revision: int | None) -> Aggregate:
    aggregate = _lock(aggregate)
    policies.require_can_prepare(actor)
    policies.require_own(actor, aggregate)
    _require_draft(aggregate)
    aggregate.check_revision(expected_revision)
    return aggregate


def _require_draft(aggregate: Aggregate) -> None:
    if aggregate.signed_at is not None:
        raise StateConflict(
            "aggregate_signed", "该报送已签报，不能修改；如有误，请另行填报更正并说明原因。"
        )


def _fill(aggregate: Aggregate, values: Mapping[str, Any], *, actor: Actor, now: datetime) -> None:
    for name in FIGURES:
        if name in values:
            setattr(aggregate, name, values[name])
    validators.check_aggregate({name: getattr(aggregate, name) for name in FIGURES})
    aggregate.prepared_by, aggregate.prepared_at = actor.user, now


def _record(event: EventType, aggregate: Aggregate, actor: Actor) -> None:
    record(
        event,
        subject=aggregate,
        actor=actor,
        payload={
            "institution": aggregate.institution.code,
            "period_kind": aggregate.period_kind,
            "period_from": aggregate.period_from.isoformat(),
            "version": aggregate.version,
            **{name: getattr(aggregate, name) for name in validators.COUNTED},
        },
    )
