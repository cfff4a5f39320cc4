"""Who may do what to activities, projects and intents; each rule is one sentence."""

from backend.activities.models import Activity, Intent, Participation, Project
from backend.common.errors import NotPermitted
from backend.firms.models import Firm
from backend.firms.policies import oversees, speaks_for
from backend.organizations.actors import Actor
from backend.organizations.lines import line_of
from backend.organizations.models import Organization
from backend.organizations.permissions import Permission
from backend.organizations.policies import require_authority


def hosts(actor: Actor, activity: Activity) -> bool:
    """Whoever entered an activity hosts it."""
    return activity.host_id == actor.organization.pk


def require_can_create(actor: Actor) -> None:
    """Departments and proved incubators hold activities."""
    if not actor.has(Permission.ACTIVITY_EDIT):
        raise NotPermitted("permission_denied", "只有科技管理部门和孵化载体可以举办活动。")
    require_authority(actor)


def require_can_edit(actor: Actor, activity: Activity) -> None:
    """The host's members edit, announce and cancel an activity and say that it was held."""
    require_can_create(actor)
    if not hosts(actor, activity):
        raise NotPermitted("permission_denied", "只有主办单位可以管理该活动。")


def require_can_decide(actor: Actor, activity: Activity) -> None:
    """The host's members decide who takes part and note who came."""
    if not (actor.has(Permission.PARTICIPANT_DECIDE) and hosts(actor, activity)):
        raise NotPermitted("permission_denied", "只有主办单位可以确认参加情况。")
    require_authority(actor)


def require_can_enter(actor: Actor, firm: Firm) -> None:
    """A firm applies itself, through its incubator, or through the department that oversees it."""
    if not actor.has(Permission.PARTICIPANT_APPLY):
        raise NotPermitted("permission_denied", "您的角色不能报名。")
    if oversees(actor, firm):
        return
    if not speaks_for(actor, firm):
        raise NotPermitted(
            "permission_denied", "只有企业自身、其授权的孵化载体或所在地部门可以报名。"
        )
    require_authority(actor)


def require_can_register(actor: Actor, institution: Organization) -> None:
    """An institution's unit registers itself and the units below it."""
    is_own = actor.is_institution and actor.organization.pk in line_of(institution)
    if not (is_own and actor.has(Permission.PARTICIPANT_APPLY)):
        raise NotPermitted("permission_denied", "只有机构自身或主办单位可以登记参会。")


def require_can_leave(actor: Actor, participation: Participation) -> None:
    """Whoever could enter somebody takes them out again, and so does the host."""
    if hosts(actor, participation.activity) and actor.has(Permission.PARTICIPANT_DECIDE):
        return
    if participation.firm is not None:
        require_can_enter(actor, participation.firm)
    elif actor.organization.pk not in line_of(participation.organization):
        raise NotPermitted("permission_denied", "只有参会机构自身或主办单位可以办理退出。")


def require_can_award(actor: Actor, participation: Participation) -> None:
    """The department that hosts a contest and oversees the firm records its award."""
    require_can_decide(actor, participation.activity)
    if participation.firm is None or not oversees(actor, participation.firm):
        raise NotPermitted(
            "permission_denied", "奖项计入企业资质，只能由主办且辖区内含该企业的科技管理部门登记。"
        )


def require_can_keep(actor: Actor, firm: Firm) -> None:
    """Whoever speaks for a firm, with proved authority, keeps its projects and answers intents."""
    if not (actor.has(Permission.PROJECT_EDIT) and speaks_for(actor, firm)):
        raise NotPermitted("permission_denied", "只有企业自身或其授权的孵化载体可以办理。")
    require_authority(actor)


def require_can_take_down(actor: Actor, project: Project) -> None:
    """Whoever speaks for a firm takes its project down, also when their authority has run out."""
    if not (actor.has(Permission.PROJECT_EDIT) and speaks_for(actor, project.need.firm)):
        raise NotPermitted("permission_denied", "只有企业自身或其授权的孵化载体可以撤下。")


def require_can_declare(actor: Actor) -> None:
    """Institutions declare intents."""
    if not actor.has(Permission.INTENT_DECLARE):
        raise NotPermitted("permission_denied", "只有投资机构和金融机构可以提出意向。")


def require_can_advance(actor: Actor, intent: Intent) -> None:
    """The institution's unit, or one above it, carries an intent on."""
    require_can_declare(actor)
    if actor.organization.pk not in line_of(intent.institution):
        raise NotPermitted("permission_denied", "只有提出意向的机构或其上级可以办理。")
