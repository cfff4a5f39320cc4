"""Changes to organizations and to the places of people in them."""

import secrets
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from backend.accounts.models import User
from backend.common.errors import InvalidInput, NotPermitted, StateConflict
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.organizations import policies, validators
from backend.organizations.actors import Actor
from backend.organizations.enums import Agency, AuthorityBasis, OrganizationKind, Rank, Role
from backend.organizations.models import Membership, Organization

# An authority lasts at most this long; then it is proved anew.
LONGEST_AUTHORITY = timedelta(days=3 * 366)
# 120 random bits, twenty characters.
PASSWORD_BYTES = 15

KIND_OF_ROLE: dict[Role, OrganizationKind] = {
    Role.FIRM: OrganizationKind.FIRM,
    Role.INCUBATOR: OrganizationKind.INCUBATOR,
    Role.INSTITUTION: OrganizationKind.INSTITUTION,
    Role.DEPARTMENT: OrganizationKind.DEPARTMENT,
    Role.AUDITOR: OrganizationKind.DEPARTMENT,
    Role.ADMINISTRATOR: OrganizationKind.OPERATOR,
    Role.SECURITY_OFFICER: OrganizationKind.OPERATOR,
}

EDITABLE_FIELDS = frozenset({"name", "capacity"})


@transaction.atomic
def create_organization(*, actor: Actor, values: dict[str, Any], source: str = "") -> Organization:
    """Enter an organization of any kind; administrators do it.

    A firm's record opens by itself, because firms follow the event.
    """
    if not policies.can_create_organization(actor):
        raise NotPermitted("permission_denied", "只有系统管理员可以建立机构。")
    validators.check_new_organization(values)
    kind, code = values["kind"], values["code"]
    if Organization.objects.filter(kind=kind, code=code).exists():
        raise StateConflict("organization_exists", f"代码为 {code} 的同类机构已存在。")
    organization = Organization.objects.create(
        **{name: values[name] for name in values.keys() - {"region"}},
        region_id=values.get("region"),
        source=source,
    )
    record(
        EventType.ORGANIZATION_CREATED,
        subject=organization,
        actor=actor,
        # A firm's code says who it is; the subject is enough for whoever may look it up.
        payload={"kind": kind} if kind == OrganizationKind.FIRM else {"kind": kind, "code": code},
    )
    return organization


@transaction.atomic
def update_organization(
    *,
    actor: Actor,
    organization: Organization,
    changes: dict[str, Any],
    expected_revision: int | None,
) -> Organization:
    """Change an organization's name or capacity."""
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    if not policies.can_edit_organization(actor, organization):
        raise NotPermitted("permission_denied", "只有本机构负责人或系统管理员可以修改机构信息。")
    policies.require_authority(actor)
    organization.check_revision(expected_revision)
    validators.check_changes(OrganizationKind(organization.kind), changes)
    for name in changes.keys() & EDITABLE_FIELDS:
        setattr(organization, name, changes[name])
    organization.save_revision()
    record(
        EventType.ORGANIZATION_CHANGED,
        subject=organization,
        actor=actor,
        payload={"fields": sorted(changes.keys() & EDITABLE_FIELDS)},
    )
    return organization


@transaction.atomic
def set_agency(
    *, actor: Actor, department: Organization, agency: Agency, expected_revision: int | None
) -> Organization:
    """Say of which agency a department is; what it signed and verified before stays."""
    department = Organization.objects.select_for_update().get(pk=department.pk)
    if not policies.can_set_agency(actor, department):
        raise NotPermitted(
            "permission_denied", "所属系统由系统管理员或省级科技管理部门负责人为其他部门设定。"
        )
    department.check_revision(expected_revision)
    if department.kind != OrganizationKind.DEPARTMENT:
        raise InvalidInput.of("agency", "unsuitable", "只有部门有所属系统。")
    before, department.agency = department.agency_code, agency.value
    department.save_revision()
    record(
        EventType.ORGANIZATION_CHANGED,
        subject=department,
        actor=actor,
        payload={"fields": ["agency"], "from": before, "to": agency.value},
    )
    return department


@transaction.atomic
def grant_membership(
    *,
    actor: Actor | None,
    user: User,
    organization: Organization,
    role: Role,
    rank: Rank = Rank.OFFICER,
    post: str = "",
) -> Membership:
    """Give a person a place in an organization; ``actor`` is None on the command line.

    The role must suit the organization's kind.
    """
    if actor is not None:
        _require_can_manage(actor, organization)
    if KIND_OF_ROLE[role] != organization.kind:
        raise InvalidInput.of(
            "role",
            "role_unsuitable",
            f"“{role.label}”角色不能用于“{organization.get_kind_display()}”。",
        )
    place = {"role": role, "rank": rank, "post": post}
    membership = (
        Membership.objects.select_for_update().filter(user=user, organization=organization).first()
    )
    if membership is None:
        membership = Membership.objects.create(user=user, organization=organization, **place)
    elif membership.is_active:
        raise StateConflict("already_member", f"{user} 已是 {organization} 的成员。")
    else:
        membership.restore(**place)
    record(
        EventType.MEMBERSHIP_GRANTED,
        subject=organization,
        actor=actor,
        payload={"user": str(user.public_id), "role": role.value, "rank": rank.value},
    )
    return membership


@transaction.atomic
def open_account(
    *,
    username: str,
    display_name: str,
    organization: Organization,
    role: Role,
    rank: Rank,
    post: str = "",
    actor: Actor | None = None,
) -> tuple[Membership, str]:
    """Make a person's account and their place in an organization.

    Whoever manages the organization's members does so, or the command line without ``actor``.
    Returns the place and the random first password, which is kept nowhere else. Raises
    `InvalidInput`, `NotPermitted`, and `StateConflict` for a name that is taken.
    """
    if actor is not None:
        _require_can_manage(actor, organization)
    if User.objects.filter(username=username).exists():
        raise StateConflict("username_taken", f"账号 {username} 已存在。")
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    user = User(username=username, display_name=display_name)
    user.set_password(password)
    try:
        user.full_clean()
    except ValidationError as error:
        raise InvalidInput.of("username", "invalid", "；".join(error.messages)) from error
    user.save()
    membership = grant_membership(
        actor=actor, user=user, organization=organization, role=role, rank=rank, post=post
    )
    return membership, password


@transaction.atomic
def prove_authority(
    *,
    actor: Actor,
    membership: Membership,
    basis: AuthorityBasis,
    reference: str,
    post: str,
    valid_until: date,
    now: datetime,
) -> Membership:
    """Record that an account may act for its firm: on what basis, in which post, until when.

    A department's officer who has checked the stamped letter, the sign-on or the voucher
    does this; ``valid_until`` is excluded and at most three years away.
    """
    membership = (
        Membership.objects.select_for_update(of=("self",))
        .select_related("organization")
        .get(pk=membership.pk)
    )
    if not policies.can_prove_authority(actor, membership):
        raise NotPermitted("permission_denied", "只有本辖区科技管理部门可以核验企业经办授权。")
    if not actor.today < valid_until <= actor.today + LONGEST_AUTHORITY:
        raise InvalidInput.of(
            "valid_until",
            "out_of_range",
            f"到期日 {valid_until} 应晚于今天，且不超过三年。",
        )
    if not reference.strip():
        raise InvalidInput.of("reference", "required", "请填写授权书编号或担保单位名称。")
    membership.authority_basis = basis
    membership.authority_reference = reference.strip()
    membership.authority_proved_at = now
    membership.authority_proved_by = actor.user
    membership.authority_valid_until = valid_until
    membership.post = post
    membership.save()
    record(
        EventType.AUTHORITY_PROVED,
        subject=membership.organization,
        actor=actor,
        payload={
            "user": str(membership.user.public_id),
            "basis": basis.value,
            "valid_until": valid_until.isoformat(),
        },
    )
    return membership


@transaction.atomic
def end_membership(*, actor: Actor, membership: Membership) -> Membership:
    """End a person's place; they act for the organization no longer, from now on.

    Nobody ends their own, so that an organization does not lose its last manager by mistake.
    """
    membership = (
        Membership.objects.select_for_update(of=("self",))
        .select_related("organization", "user")
        .get(pk=membership.pk)
    )
    _require_can_manage(actor, membership.organization)
    if membership.user_id == actor.user.pk:
        raise NotPermitted("own_membership", "不能终止自己的成员身份，请由其他负责人办理。")
    if not membership.is_active:
        raise StateConflict("already_ended", "此成员身份已终止。")
    membership.is_active = False
    membership.save(update_fields=["is_active", "updated_at"])
    record(
        EventType.MEMBERSHIP_CHANGED,
        subject=membership.organization,
        actor=actor,
        payload={"user": str(membership.user.public_id), "is_active": False},
    )
    return membership


def _require_can_manage(actor: Actor, organization: Organization) -> None:
    if not policies.can_manage_membership(actor, organization):
        raise NotPermitted("permission_denied", "只有本机构负责人或安全管理员可以管理成员。")
    policies.require_authority(actor)
