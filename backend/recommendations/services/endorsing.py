"""An incubator's word for a tenant's need."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from backend.common.errors import StateConflict
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.needs.models import Need
from backend.needs.services import lock_need
from backend.organizations.actors import Actor
from backend.recommendations import policies, validators
from backend.recommendations.models import Endorsement
from backend.recommendations.services.drafting import require_recommendable


@transaction.atomic
def endorse_need(*, actor: Actor, need: Need, values: Mapping[str, Any]) -> Endorsement:
    """Recommend a tenant's need: ``endorsed_on``, ``person`` and ``text``; once per incubator."""
    need = lock_need(need)
    policies.require_can_endorse(actor, need)
    require_recommendable(need)
    validators.check_endorsement(values, today=actor.today)
    incubator = actor.organization
    if need.endorsements.standing().filter(incubator=incubator).exists():
        raise StateConflict(
            "already_endorsed", f"本载体已推荐需求 {need.code}；如需修改，请先撤回原推荐。"
        )
    endorsement = Endorsement.objects.create(
        need=need,
        incubator=incubator,
        endorsed_on=values["endorsed_on"],
        person=values["person"].strip(),
        text=values["text"].strip(),
        endorsed_by=actor.user,
    )
    _record(EventType.ENDORSEMENT_GIVEN, endorsement, actor)
    return endorsement


@transaction.atomic
def withdraw_endorsement(
    *,
    actor: Actor,
    endorsement: Endorsement,
    reason: str = "",
    expected_revision: int | None,
    now: datetime,
) -> Endorsement:
    """Take the word back; it stays on record and stands no more."""
    endorsement = (
        Endorsement.objects.select_for_update(of=("self",)).for_display().get(pk=endorsement.pk)
    )
    policies.require_can_take_back(actor, endorsement)
    endorsement.check_revision(expected_revision)
    if endorsement.withdrawn_at is not None:
        raise StateConflict("already_withdrawn", "此推荐已撤回。")
    endorsement.withdrawn_reason = validators.check_reason("reason", reason, is_required=False)
    endorsement.withdrawn_at, endorsement.withdrawn_by = now, actor.user
    endorsement.save_revision()
    _record(EventType.ENDORSEMENT_WITHDRAWN, endorsement, actor)
    return endorsement


def _record(event_type: EventType, endorsement: Endorsement, actor: Actor) -> None:
    record(
        event_type,
        subject=endorsement,
        actor=actor,
        payload={
            "need": str(endorsement.need.public_id),
            "need_code": endorsement.need.code,
            "incubator": endorsement.incubator.code,
        },
    )
