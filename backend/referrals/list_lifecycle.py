"""Which action leads a list from which status to which; the database promises the same."""

from enum import StrEnum

from backend.common.errors import StateConflict
from backend.referrals.enums import ListStatus


class ListAction(StrEnum):
    """What can be done to a list as a whole."""

    EDIT = "edit"
    SUBMIT = "submit"
    SIGN = "sign"
    APPROVE = "approve"
    REFUSE = "refuse"
    SEND = "send"
    RECALL = "recall"
    DISCARD = "discard"


ACTION_LABELS = {
    ListAction.EDIT: "修改",
    ListAction.SUBMIT: "送审",
    ListAction.SIGN: "签批",
    ListAction.APPROVE: "批准",
    ListAction.REFUSE: "退回修改",
    ListAction.SEND: "发送",
    ListAction.RECALL: "撤回",
    ListAction.DISCARD: "作废",
}

TRANSITIONS: dict[tuple[ListStatus, ListAction], ListStatus] = {
    # An edit undoes every signature, so the list is a draft again.
    (ListStatus.DRAFT, ListAction.EDIT): ListStatus.DRAFT,
    (ListStatus.IN_APPROVAL, ListAction.EDIT): ListStatus.DRAFT,
    (ListStatus.APPROVED, ListAction.EDIT): ListStatus.DRAFT,
    (ListStatus.DRAFT, ListAction.SUBMIT): ListStatus.IN_APPROVAL,
    (ListStatus.IN_APPROVAL, ListAction.SIGN): ListStatus.IN_APPROVAL,
    # A chain of one post is complete with the submission.
    (ListStatus.IN_APPROVAL, ListAction.APPROVE): ListStatus.APPROVED,
    (ListStatus.IN_APPROVAL, ListAction.REFUSE): ListStatus.DRAFT,
    (ListStatus.APPROVED, ListAction.SEND): ListStatus.SENT,
    (ListStatus.SENT, ListAction.RECALL): ListStatus.RECALLED,
    (ListStatus.DRAFT, ListAction.DISCARD): ListStatus.DISCARDED,
    (ListStatus.IN_APPROVAL, ListAction.DISCARD): ListStatus.DISCARDED,
    (ListStatus.APPROVED, ListAction.DISCARD): ListStatus.DISCARDED,
}


def next_status(status: str, action: ListAction) -> ListStatus:
    """Return where an action leads; refuse one that the status does not allow."""
    try:
        return TRANSITIONS[ListStatus(status), action]
    except KeyError:
        allowed = [ACTION_LABELS[step] for (start, step) in TRANSITIONS if start == status]
        raise StateConflict(
            "transition_not_allowed",
            f"清单现为“{ListStatus(status).label}”，不能{ACTION_LABELS[action]}；"
            f"此状态可以：{'、'.join(allowed) or '无'}。",
        ) from None
