"""Who may do what to organizations and their people; each rule is one sentence."""

from backend.common.errors import StateConflict
from backend.organizations.actors import Actor
from backend.organizations.enums import Agency, DepartmentLevel, OrganizationKind, Role
from backend.organizations.models import Membership, Organization
from backend.organizations.permissions import Permission
from backend.reference.regions import lies_in


def lies_below(organization: Organization, actor: Actor) -> bool:
    """Tell whether an organization lies in the acting department's region or below."""
    return actor.is_department and lies_in(organization.region_code, actor.region)


def require_authority(actor: Actor) -> None:
    """Refuse an account whose authority to act for its firm or incubator is not proved.

    Until then it drafts and reads matches, no more. Other roles need no such proof.
    """
    if (actor.is_firm or actor.is_incubator) and not actor.has_authority:
        raise StateConflict(
            "authority_not_proved",
            "经办授权尚未核验或已到期。请将盖章授权书交所在地科技管理部门核验后再办理；"
            "在此之前可以起草需求、查看匹配结果。",
        )


def can_create_organization(actor: Actor) -> bool:
    """Administrators enter organizations."""
    return actor.has(Permission.ORGANIZATION_CREATE)


def can_edit_organization(actor: Actor, organization: Organization) -> bool:
    """Managers edit their own organization; administrators edit any."""
    if not actor.has(Permission.ORGANIZATION_EDIT):
        return False
    return actor.role is Role.ADMINISTRATOR or organization.pk == actor.organization.pk


def can_set_agency(actor: Actor, department: Organization) -> bool:
    """Administrators say of which agency a department is, and so does the one above it.

    The agency decides what a department may do, so that nobody sets their own.
    """
    if not actor.has(Permission.ORGANIZATION_EDIT) or department.pk == actor.organization.pk:
        return False
    if actor.role is Role.ADMINISTRATOR:
        return True
    return (
        actor.is_department
        and actor.organization.department_level == DepartmentLevel.PROVINCE
        and actor.organization.agency_code == Agency.SCIENCE
        and lies_in(department.region_code, actor.region)
    )


def can_see_capacity(actor: Actor, organization: Organization) -> bool:
    """An institution's capacity is for itself, the departments and the administrators."""
    return (
        organization.pk == actor.organization.pk
        or actor.is_department
        or actor.role is Role.ADMINISTRATOR
    )


def can_see_members(actor: Actor, organization: Organization) -> bool:
    """People are known to their own organization, and to those who keep or check accounts.

    Departments check the accounts of firms and incubators below them.
    """
    if not actor.has(Permission.MEMBERSHIP_VIEW):
        return False
    if organization.pk == actor.organization.pk:
        return True
    if actor.role in {Role.ADMINISTRATOR, Role.SECURITY_OFFICER}:
        return True
    return organization.kind in {
        OrganizationKind.FIRM,
        OrganizationKind.INCUBATOR,
    } and lies_below(organization, actor)


def can_manage_membership(actor: Actor, organization: Organization) -> bool:
    """Managers grant and end places in their own organization; security officers in any."""
    if not actor.has(Permission.MEMBERSHIP_MANAGE):
        return False
    return actor.role is Role.SECURITY_OFFICER or organization.pk == actor.organization.pk


def can_prove_authority(actor: Actor, membership: Membership) -> bool:
    """A department's officer proves the authority of accounts of firms and incubators below.

    Nobody proves their own.
    """
    return (
        actor.has(Permission.AUTHORITY_PROVE)
        and membership.user_id != actor.user.pk
        and membership.organization.kind in {OrganizationKind.FIRM, OrganizationKind.INCUBATOR}
        and lies_below(membership.organization, actor)
    )
