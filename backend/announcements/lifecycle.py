"""Which action leads an announcement from which status to which; the database promises the same."""

from enum import StrEnum

from backend.announcements.enums import AnnouncementStatus
from backend.common.errors import StateConflict


class Action(StrEnum):
    """What can be done beside editing."""

    PUBLISH = "publish"
    WITHDRAW = "withdraw"


TRANSITIONS = {
    (AnnouncementStatus.DRAFT, Action.PUBLISH): AnnouncementStatus.PUBLISHED,
    (AnnouncementStatus.PUBLISHED, Action.WITHDRAW): AnnouncementStatus.WITHDRAWN,
}
EDITABLE = frozenset({AnnouncementStatus.DRAFT, AnnouncementStatus.PUBLISHED})
_LABELS = {Action.PUBLISH: "发布", Action.WITHDRAW: "撤下"}


def next_status(status: str, action: Action) -> AnnouncementStatus:
    """Return where an action leads; refuse one that the status does not allow."""
    try:
        return TRANSITIONS[AnnouncementStatus(status), action]
    except KeyError:
        label = AnnouncementStatus(status).label
        raise StateConflict(
            "transition_not_allowed", f"公告现为“{label}”，不能{_LABELS[action]}。"
        ) from None


def require_editable(status: str) -> None:
    """Refuse to edit what was withdrawn."""
    if status not in EDITABLE:
        raise StateConflict("not_editable", "公告已撤下，不能再修改；请另起草一条。")
