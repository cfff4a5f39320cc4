"""Take back a decision on a need, where no recommendation went back with it."""

from datetime import datetime

from django.db import transaction

from backend.common.errors import StateConflict
from backend.needs import undoing
from backend.needs.batches import DecidedBatch, Seen, decide_each
from backend.needs.models import Need
from backend.organizations.actors import Actor
from backend.recommendations.enums import RecommendationStatus
from backend.recommendations.models import Recommendation


@transaction.atomic
def undo_decision(
    *, actor: Actor, need: Need, expected_revision: int | None, now: datetime
) -> Need:
    """Let a need wait for verification again; see `backend.needs.undoing`.

    Refused for a return with which a recommendation has gone back: its department was told.
    """
    returned_at = need.returned_at
    undone = undoing.undo_decision(
        actor=actor, need=need, expected_revision=expected_revision, now=now
    )
    if undone.returned_at is None and returned_at is not None:
        gone_back = Recommendation.objects.filter(
            need=need, status=RecommendationStatus.RETURNED, updated_at__gte=returned_at
        )
        if gone_back.exists():
            raise StateConflict(
                "recommendation_returned", "推荐已随需求退回推荐部门，退回不能再撤销。"
            )
    return undone


def undo_decisions(*, actor: Actor, needs: Seen, now: datetime) -> DecidedBatch:
    """Take back several decisions, each for itself, with the revision that was seen of it."""
    return decide_each(
        needs,
        lambda need, revision: undo_decision(
            actor=actor, need=need, expected_revision=revision, now=now
        ),
    )
