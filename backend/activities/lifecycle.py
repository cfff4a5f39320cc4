"""Which action leads from which status to which; the database promises the same."""

from enum import StrEnum

from django.db.models import TextChoices

from backend.activities.enums import (
    ActivityStatus,
    IntentLevel,
    ParticipationStatus,
    ProjectStatus,
)
from backend.common.errors import StateConflict


class Action(StrEnum):
    """What can be done beside editing."""

    ANNOUNCE = "announce"
    HOLD = "hold"
    CANCEL = "cancel"
    ADMIT = "admit"
    WAIT = "wait"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    ATTEND = "attend"
    MISS = "miss"
    LIST = "list"


_LABELS = {
    Action.ANNOUNCE: "发布",
    Action.HOLD: "登记举办",
    Action.CANCEL: "取消",
    Action.ADMIT: "确认参加",
    Action.WAIT: "列入候补",
    Action.REFUSE: "不予入选",
    Action.WITHDRAW: "退出或撤下",
    Action.ATTEND: "登记到场",
    Action.MISS: "登记未到场",
    Action.LIST: "入库",
}

TRANSITIONS: dict[tuple[TextChoices, Action], TextChoices] = {
    (ActivityStatus.DRAFT, Action.ANNOUNCE): ActivityStatus.ANNOUNCED,
    (ActivityStatus.DRAFT, Action.CANCEL): ActivityStatus.CANCELLED,
    (ActivityStatus.ANNOUNCED, Action.CANCEL): ActivityStatus.CANCELLED,
    (ActivityStatus.ANNOUNCED, Action.HOLD): ActivityStatus.HELD,
    (ParticipationStatus.APPLIED, Action.ADMIT): ParticipationStatus.ADMITTED,
    (ParticipationStatus.WAITING, Action.ADMIT): ParticipationStatus.ADMITTED,
    (ParticipationStatus.REFUSED, Action.ADMIT): ParticipationStatus.ADMITTED,
    (ParticipationStatus.APPLIED, Action.WAIT): ParticipationStatus.WAITING,
    (ParticipationStatus.REFUSED, Action.WAIT): ParticipationStatus.WAITING,
    (ParticipationStatus.APPLIED, Action.REFUSE): ParticipationStatus.REFUSED,
    (ParticipationStatus.WAITING, Action.REFUSE): ParticipationStatus.REFUSED,
    (ParticipationStatus.APPLIED, Action.WITHDRAW): ParticipationStatus.WITHDRAWN,
    (ParticipationStatus.WAITING, Action.WITHDRAW): ParticipationStatus.WITHDRAWN,
    (ParticipationStatus.ADMITTED, Action.WITHDRAW): ParticipationStatus.WITHDRAWN,
    (ParticipationStatus.ADMITTED, Action.ATTEND): ParticipationStatus.ATTENDED,
    (ParticipationStatus.ABSENT, Action.ATTEND): ParticipationStatus.ATTENDED,
    (ParticipationStatus.ADMITTED, Action.MISS): ParticipationStatus.ABSENT,
    (ProjectStatus.DRAFT, Action.LIST): ProjectStatus.LISTED,
    (ProjectStatus.WITHDRAWN, Action.LIST): ProjectStatus.LISTED,
    (ProjectStatus.DRAFT, Action.WITHDRAW): ProjectStatus.WITHDRAWN,
    (ProjectStatus.LISTED, Action.WITHDRAW): ProjectStatus.WITHDRAWN,
}

# Statuses in which an entrant takes up a place.
TAKING_A_PLACE = frozenset(
    {ParticipationStatus.ADMITTED, ParticipationStatus.ATTENDED, ParticipationStatus.ABSENT}
)


def lead(status: TextChoices, action: Action) -> TextChoices:
    """Return where an action leads; refuse one that the status does not allow."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        allowed = [_LABELS[step] for (start, step) in TRANSITIONS if start is status]
        raise StateConflict(
            "transition_not_allowed",
            f"现为“{status.label}”，不能{_LABELS[action]}；"
            f"此状态可以：{'、'.join(allowed) or '无'}。",
        ) from None


def require_forward(reached: IntentLevel, level: IntentLevel) -> None:
    """Refuse a level behind the one reached; the same one again corrects it."""
    order = list(IntentLevel)
    if order.index(level) < order.index(reached):
        raise StateConflict(
            "level_behind",
            f"已登记到“{reached.label}”，不能退回“{level.label}”；不再推进请放弃该意向。",
        )
