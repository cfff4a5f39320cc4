"""Who may do what to needs; each rule is one sentence."""

from backend.common.errors import NotPermitted
from backend.firms.models import Firm
from backend.firms.policies import oversees, speaks_for
from backend.needs.enums import NeedStatus
from backend.needs.models import Need
from backend.needs.routes import route_of
from backend.organizations.actors import Actor
from backend.organizations.enums import Agency
from backend.organizations.models import Membership
from backend.organizations.permissions import Permission
from backend.organizations.policies import require_authority


def require_can_draft(actor: Actor, firm: Firm) -> None:
    """Whoever speaks for a firm drafts its needs, also before authority is proved."""
    if not (actor.has(Permission.NEED_CREATE) and speaks_for(actor, firm)):
        raise NotPermitted("permission_denied", "只有企业自身或其授权的孵化载体可以起草需求。")


def require_can_edit(actor: Actor, need: Need) -> None:
    """Whoever speaks for the firm edits its needs."""
    if not (actor.has(Permission.NEED_EDIT) and speaks_for(actor, need.firm)):
        raise NotPermitted("permission_denied", "只有企业自身或其授权的孵化载体可以修改需求。")


def require_can_submit(actor: Actor, need: Need) -> None:
    """Whoever speaks for the firm, with proved authority, submits its needs."""
    if not (actor.has(Permission.NEED_SUBMIT) and speaks_for(actor, need.firm)):
        raise NotPermitted("permission_denied", "只有企业自身或其授权的孵化载体可以提交需求。")
    require_authority(actor)


def require_can_withdraw(actor: Actor, need: Need) -> None:
    """Whoever speaks for the firm withdraws; what was submitted, only with proved authority."""
    if not (actor.has(Permission.NEED_WITHDRAW) and speaks_for(actor, need.firm)):
        raise NotPermitted("permission_denied", "只有企业自身或其授权的孵化载体可以撤回需求。")
    if need.status != NeedStatus.DRAFT:
        require_authority(actor)


def require_can_verify(actor: Actor, need: Need) -> None:
    """An officer of the overseeing department verifies or returns; nobody does so to their own."""
    if not (actor.has(Permission.NEED_VERIFY) and oversees(actor, need.firm)):
        raise NotPermitted("permission_denied", "只有本辖区科技管理部门可以核验或退回需求。")
    if is_own(actor, need):
        raise NotPermitted("own_need", "不能核验或退回本人经办的需求，请由其他经办人办理。")


def require_can_verify_directly(actor: Actor, need: Need) -> None:
    """The science department verifies without a recommendation where the region's route says so."""
    department = actor.organization
    route = route_of(need.firm.organization.region_code)
    if (
        department.agency_code != Agency.SCIENCE
        or department.department_level not in route.direct_levels
    ):
        raise NotPermitted(
            "recommendation_required",
            "本地区的需求须经走访推荐、逐级核验，本部门不能直接核验；请通过推荐（recommendations）办理。",
        )


def is_own(actor: Actor, need: Need) -> bool:
    """Tell whether the officer wrote or submitted the need, or belongs to its firm."""
    if actor.user.pk in {need.created_by_id, need.submitted_by_id}:
        return True
    return Membership.objects.filter(
        user=actor.user, organization=need.firm.organization_id, is_active=True
    ).exists()
