"""Take a source of imported outcomes back."""

from datetime import datetime

from django.db import transaction

from backend.common.errors import StateConflict
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.learning.models import PastSource
from backend.organizations.actors import Actor
from backend.ranking import policies


@transaction.atomic
def withdraw_source(
    *, actor: Actor, source: PastSource, expected_revision: int | None, now: datetime
) -> PastSource:
    """Let no version learn from a source from now on, nor be compared on it.

    Its rows stay, as do versions that learned from them, which say so. Raises NotPermitted,
    StaleRevision, StateConflict.
    """
    policies.require_can_manage_models(actor)
    source = PastSource.objects.select_for_update(of=("self",)).get(pk=source.pk)
    source.check_revision(expected_revision)
    if source.withdrawn_at is not None:
        raise StateConflict("source_withdrawn", "该来源已撤回。")
    source.withdrawn_by, source.withdrawn_at = actor.user, now
    source.save_revision(update_fields=["withdrawn_by", "withdrawn_at"])
    record(
        EventType.PAST_RESULTS_WITHDRAWN,
        subject=source,
        actor=actor,
        payload={"name": source.name, "rows": source.row_count},
    )
    return source
