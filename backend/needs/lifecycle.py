"""Which action leads a need from which status to which; the database promises the same."""

from enum import StrEnum

from backend.common.errors import StateConflict
from backend.needs.enums import NeedStatus


class NeedAction(StrEnum):
    """What can be done to a need beside editing it."""

    SUBMIT = "submit"
    RETURN = "return"
    VERIFY = "verify"
    REFER = "refer"
    REOPEN = "reopen"
    FUND = "fund"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    UNDO = "undo"


ACTION_LABELS = {
    NeedAction.SUBMIT: "提交",
    NeedAction.RETURN: "退回",
    NeedAction.VERIFY: "核验通过",
    NeedAction.REFER: "推送对接",
    NeedAction.REOPEN: "恢复匹配",
    NeedAction.FUND: "确认获得融资",
    NeedAction.WITHDRAW: "撤回",
    NeedAction.EXPIRE: "置为过期",
    NeedAction.UNDO: "撤销核验或退回",
}

TRANSITIONS: dict[tuple[NeedStatus, NeedAction], NeedStatus] = {
    (NeedStatus.DRAFT, NeedAction.SUBMIT): NeedStatus.SUBMITTED,
    (NeedStatus.RETURNED, NeedAction.SUBMIT): NeedStatus.SUBMITTED,
    (NeedStatus.SUBMITTED, NeedAction.RETURN): NeedStatus.RETURNED,
    (NeedStatus.SUBMITTED, NeedAction.VERIFY): NeedStatus.OPEN,
    (NeedStatus.OPEN, NeedAction.REFER): NeedStatus.IN_REFERRAL,
    # Every referral has ended without money: the need is matched again.
    (NeedStatus.IN_REFERRAL, NeedAction.REOPEN): NeedStatus.OPEN,
    (NeedStatus.IN_REFERRAL, NeedAction.FUND): NeedStatus.FUNDED,
    (NeedStatus.DRAFT, NeedAction.WITHDRAW): NeedStatus.WITHDRAWN,
    (NeedStatus.SUBMITTED, NeedAction.WITHDRAW): NeedStatus.WITHDRAWN,
    (NeedStatus.RETURNED, NeedAction.WITHDRAW): NeedStatus.WITHDRAWN,
    (NeedStatus.OPEN, NeedAction.WITHDRAW): NeedStatus.WITHDRAWN,
    (NeedStatus.IN_REFERRAL, NeedAction.WITHDRAW): NeedStatus.WITHDRAWN,
    (NeedStatus.OPEN, NeedAction.EXPIRE): NeedStatus.EXPIRED,
    # Only by whoever decided, and for a short while: see `undoing`.
    (NeedStatus.OPEN, NeedAction.UNDO): NeedStatus.SUBMITTED,
    (NeedStatus.RETURNED, NeedAction.UNDO): NeedStatus.SUBMITTED,
}

EDITABLE = frozenset({NeedStatus.DRAFT, NeedStatus.RETURNED})


def next_status(status: str, action: NeedAction) -> NeedStatus:
    """Return where an action leads; refuse one that the status does not allow."""
    try:
        return TRANSITIONS[NeedStatus(status), action]
    except KeyError:
        allowed = [ACTION_LABELS[step] for (start, step) in TRANSITIONS if start == status]
        raise StateConflict(
            "transition_not_allowed",
            f"需求现为“{NeedStatus(status).label}”，不能{ACTION_LABELS[action]}；"
            f"此状态可以：{'、'.join(allowed) or '无'}。",
        ) from None


def require_editable(status: str) -> None:
    """Refuse to edit a need that is neither a draft nor returned."""
    if status not in EDITABLE:
        raise StateConflict(
            "not_editable",
            f"需求现为“{NeedStatus(status).label}”，只有草稿和已退回的需求可以修改。",
        )
