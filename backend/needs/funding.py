"""A need that found its money."""

from datetime import datetime

from django.db import transaction

from backend.journal.enums import EventType
from backend.journal.services import record
from backend.needs.enums import NeedStatus
from backend.needs.lifecycle import NeedAction, next_status
from backend.needs.models import Need
from backend.needs.services import lock_need
from backend.organizations.actors import Actor


@transaction.atomic
def fund_need(*, need: Need, actor: Actor | None, now: datetime) -> Need:
    """Say that a need found money; one that is funded already stays so.

    Raises StateConflict for a need that was never referred or has ended otherwise.
    """
    need = lock_need(need)
    if need.status == NeedStatus.FUNDED:
        return need
    need.status = next_status(need.status, NeedAction.FUND)
    need.updated_at = now
    need.save_revision(update_fields=["status"])
    record(
        EventType.NEED_FUNDED,
        subject=need,
        actor=actor,
        payload={"code": need.code, "status": NeedStatus(need.status).value},
    )
    return need
