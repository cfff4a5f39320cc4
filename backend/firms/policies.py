"""Who may do what to firms; each rule is one sentence."""

from backend.common.errors import NotPermitted
from backend.firms.models import Firm, Tenancy
from backend.organizations.actors import Actor
from backend.organizations.permissions import Permission
from backend.organizations.policies import lies_below, require_authority


def speaks_for(actor: Actor, firm: Firm) -> bool:
    """A firm's member speaks for it, and so does an incubator with the tenant's consent."""
    if actor.is_firm:
        return firm.organization_id == actor.organization.pk
    if actor.is_incubator:
        return (
            Tenancy.objects.consented()
            .current(actor.today)
            .filter(firm=firm, incubator=actor.organization)
            .exists()
        )
    return False


def oversees(actor: Actor, firm: Firm) -> bool:
    """A department oversees the firms of its region and below."""
    return actor.is_department and lies_below(firm.organization, actor)


def require_can_edit(actor: Actor, firm: Firm) -> None:
    """Those who speak for a firm, with proved authority, and its department edit its record."""
    if not actor.has(Permission.FIRM_EDIT):
        raise NotPermitted("permission_denied", "您的角色不能修改企业信息。")
    if oversees(actor, firm):
        return
    if not speaks_for(actor, firm):
        raise NotPermitted(
            "permission_denied", "只有企业自身、其授权的孵化载体或本辖区部门可以修改。"
        )
    require_authority(actor)


def require_can_override_stage(actor: Actor, firm: Firm) -> None:
    """A manager of the department that oversees a firm decides its stage."""
    if not (actor.has(Permission.STAGE_OVERRIDE) and oversees(actor, firm)):
        raise NotPermitted("permission_denied", "只有本辖区科技管理部门负责人可以认定企业阶段。")


def require_can_consent(actor: Actor, firm: Firm) -> None:
    """Only the firm itself, with proved authority, lets an incubator speak for it."""
    if not (actor.is_firm and actor.has(Permission.FIRM_EDIT) and speaks_for(actor, firm)):
        raise NotPermitted("permission_denied", "只有企业自身可以同意或撤销由孵化载体代办。")
    require_authority(actor)


def require_can_take_back(actor: Actor, firm: Firm) -> None:
    """Only the firm itself stops an incubator from seeing its progress, authority or not."""
    if not (actor.is_firm and actor.has(Permission.FIRM_EDIT) and speaks_for(actor, firm)):
        raise NotPermitted("permission_denied", "只有企业自身可以撤销孵化载体查看进展。")
