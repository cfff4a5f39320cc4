"""Who may see and change what the ranking is based on; each rule is one sentence."""

from backend.common.errors import NotPermitted
from backend.organizations.actors import Actor
from backend.organizations.permissions import Permission

_PROVINCE_END = "0000"


def can_manage_models(actor: Actor) -> bool:
    """One model ranks for the whole platform, so the head of a provincial department decides."""
    region = actor.region or ""
    is_provincial = actor.is_department and region.endswith(_PROVINCE_END)
    return is_provincial and actor.has(Permission.MODEL_MANAGE)


def require_can_manage_models(actor: Actor) -> None:
    """Refuse whoever may not train, compare, activate and roll back."""
    if not can_manage_models(actor):
        raise NotPermitted(
            "permission_denied", "排序模型全平台共用，只有省级科技管理部门的负责人可以操作。"
        )


def require_can_see_fairness(actor: Actor) -> None:
    """Heads of departments read whom the ranking shows and what is declined."""
    if not (actor.is_department and actor.has(Permission.MODEL_VIEW)):
        raise NotPermitted("permission_denied", "只有科技管理部门的负责人可以查看排序监测。")
