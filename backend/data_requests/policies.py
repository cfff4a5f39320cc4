"""Who asks about a firm's data and who answers; each rule is one sentence."""

from backend.common.errors import NotPermitted
from backend.firms.models import Firm
from backend.firms.policies import oversees
from backend.organizations.actors import Actor
from backend.organizations.permissions import Permission
from backend.organizations.policies import require_authority


def require_can_ask(actor: Actor, firm: Firm) -> None:
    """A manager of the firm itself, with proved authority, asks about its data."""
    is_own = actor.is_firm and firm.organization_id == actor.organization.pk
    if not (is_own and actor.has(Permission.DATA_REQUEST_OPEN)):
        raise NotPermitted("permission_denied", "只有企业负责人可以申请更正或删除本企业的资料。")
    require_authority(actor)


def require_can_answer(actor: Actor, firm: Firm) -> None:
    """A manager of a department that oversees the firm answers."""
    if not (actor.has(Permission.DATA_REQUEST_ANSWER) and oversees(actor, firm)):
        raise NotPermitted("permission_denied", "只有本辖区科技管理部门负责人可以答复数据请求。")
