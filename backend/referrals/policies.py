"""Who may do what to referrals, outcomes and matters; each rule is one sentence."""

from backend.catalogue.policies import with_upper_units
from backend.common.errors import NotPermitted
from backend.firms.policies import oversees, speaks_for
from backend.organizations.actors import Actor
from backend.organizations.enums import Rank, Role
from backend.organizations.models import Membership, Organization
from backend.organizations.permissions import Permission
from backend.organizations.policies import require_authority
from backend.referrals.models import Matter, Referral, Sheet


def works_on(actor: Actor, referral: Referral) -> bool:
    """The unit that has a referral works on it, and so do the units above it."""
    return actor.is_institution and is_above(actor.organization, referral.unit)


def is_above(upper: Organization, unit: Organization) -> bool:
    """Tell whether a unit is another, or stands anywhere above it."""
    return any(above.pk == upper.pk for above in with_upper_units(unit))


def require_can_answer(actor: Actor, referral: Referral) -> None:
    """Officers of the unit in charge, or of one above it, answer a referral."""
    if not (actor.has(Permission.REFERRAL_ANSWER) and works_on(actor, referral)):
        raise NotPermitted("permission_denied", "只有承办单位或其上级机构可以办理该推送。")


def require_can_return(actor: Actor, sheet: Sheet) -> bool:
    """Officers of the institution return its sheet, or the sending department's in its name.

    Tells whether it is in the institution's name.
    """
    is_sender = actor.is_department and actor.organization.pk == sheet.department_id
    if is_sender and actor.has(Permission.LIST_SEND):
        return True
    is_addressed = actor.is_institution and is_above(actor.organization, sheet.institution)
    if is_addressed and actor.has(Permission.REFERRAL_ANSWER):
        return False
    raise NotPermitted("permission_denied", "只有收到清单的机构或发出清单的部门可以提交回执。")


def in_the_name_of(actor: Actor, institution: Organization) -> Actor:
    """Return the officer as somebody who enters what an institution has answered on paper."""
    place = Membership(
        user=actor.user, organization=institution, role=Role.INSTITUTION, rank=Rank.MANAGER
    )
    return Actor(user=actor.user, membership=place, today=actor.today)


def require_can_assign(actor: Actor, referral: Referral) -> None:
    """Managers of the unit in charge, or of one above it, assign a referral."""
    if not (actor.has(Permission.REFERRAL_ASSIGN) and works_on(actor, referral)):
        raise NotPermitted("permission_denied", "只有承办单位或其上级机构的负责人可以指派。")


def require_can_give_documents(actor: Actor, referral: Referral) -> None:
    """Whoever speaks for the firm gives documents, with proved authority."""
    if not (actor.has(Permission.DOCUMENT_GIVE) and speaks_for(actor, referral.need.firm)):
        raise NotPermitted("permission_denied", "只有企业自身或其授权的孵化载体可以补充材料。")
    require_authority(actor)


def require_can_review(actor: Actor, referral: Referral) -> None:
    """Whoever speaks for the firm confirms or contests outcomes, with proved authority."""
    if not (actor.has(Permission.OUTCOME_CONFIRM) and speaks_for(actor, referral.need.firm)):
        raise NotPermitted("permission_denied", "只有企业自身或其授权的孵化载体可以核对放款。")
    require_authority(actor)


def require_can_reconcile(actor: Actor, referral: Referral) -> None:
    """An officer of the department that oversees the firm reconciles what is contested."""
    if not (actor.has(Permission.OUTCOME_RECONCILE) and oversees(actor, referral.need.firm)):
        raise NotPermitted("permission_denied", "只有本辖区科技管理部门可以核实放款。")


def require_can_decide_escalation(actor: Actor, referral: Referral) -> None:
    """An officer of the department that oversees the firm decides where its need goes next."""
    if not (actor.has(Permission.ESCALATION_DECIDE) and oversees(actor, referral.need.firm)):
        raise NotPermitted("permission_denied", "只有本辖区科技管理部门可以处理顺延建议。")


def require_can_raise_matter(actor: Actor, referral: Referral) -> None:
    """The firm and the institution of a referral raise matters about it."""
    takes_part = works_on(actor, referral) or speaks_for(actor, referral.need.firm)
    if not (actor.has(Permission.MATTER_RAISE) and takes_part):
        raise NotPermitted("permission_denied", "只有该推送的企业和机构可以提出协调事项。")


def require_can_manage_matter(actor: Actor, matter: Matter) -> None:
    """The department that oversees the firm, and the agency in charge, deal with a matter."""
    leads = matter.agency_id == actor.organization.pk
    if not (
        actor.has(Permission.MATTER_MANAGE)
        and (leads or oversees(actor, matter.referral.need.firm))
    ):
        raise NotPermitted(
            "permission_denied", "只有本辖区科技管理部门或牵头单位可以办理协调事项。"
        )
