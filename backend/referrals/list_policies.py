"""Who may do what to lists; each rule is one sentence."""

from backend.common.errors import NotPermitted
from backend.organizations.actors import Actor
from backend.organizations.models import Organization
from backend.organizations.permissions import Permission
from backend.referrals.models import ApprovalSeat, ReferralList


def require_can_draft(actor: Actor) -> None:
    """A department's officer drafts its lists."""
    if not (actor.is_department and actor.has(Permission.LIST_DRAFT)):
        raise NotPermitted("permission_denied", "只有科技管理部门可以起草清单。")


def require_can_edit(actor: Actor, referral_list: ReferralList) -> None:
    """A department's officers edit its own lists; those above only read them."""
    _require_own(actor, referral_list, Permission.LIST_DRAFT, "修改")


def require_can_submit(actor: Actor, referral_list: ReferralList) -> None:
    """Any of the department's officers submits, and thereby signs as 经办."""
    _require_own(actor, referral_list, Permission.LIST_DRAFT, "送审")


def require_can_approve(actor: Actor, referral_list: ReferralList) -> None:
    """A department's people sign its own lists."""
    _require_own(actor, referral_list, Permission.LIST_APPROVE, "签批")


def require_can_sign(
    actor: Actor, referral_list: ReferralList, *, seat: ApprovalSeat, has_signed: bool
) -> None:
    """Whoever holds the post in turn signs: once in a round, and never after drafting the list."""
    if has_signed or actor.user.pk == referral_list.drafted_by_id:
        raise NotPermitted(
            "already_signed", "一人只能签一个岗位：您起草、送审或已签批了本清单，请由他人签批。"
        )
    place = actor.membership
    if (seat.rank and place.rank != seat.rank) or (seat.title and place.post != seat.title):
        needed = "、".join(filter(None, (seat.get_rank_display(), seat.title)))
        raise NotPermitted(
            "wrong_post", f"现在轮到{seat.get_post_display()}签批，须由{needed}办理。"
        )


def require_can_send(actor: Actor, referral_list: ReferralList) -> None:
    """An officer of the department sends its approved lists, and recalls them."""
    _require_own(actor, referral_list, Permission.LIST_SEND, "发送或撤回")


def require_can_configure_chain(actor: Actor, department: Organization) -> None:
    """A department's managers say who signs its lists."""
    is_own = actor.is_department and actor.organization.pk == department.pk
    if not (is_own and actor.has(Permission.ORGANIZATION_EDIT)):
        raise NotPermitted("permission_denied", "只有本部门负责人可以设置签批岗位。")


def _require_own(actor: Actor, referral_list: ReferralList, word: Permission, verb: str) -> None:
    if not actor.has(word) or actor.organization.pk != referral_list.department_id:
        raise NotPermitted("permission_denied", f"只有编制清单的部门可以{verb}本清单。")
