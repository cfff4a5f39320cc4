"""Demonstration accounts with random passwords that are shown once."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from backend.accounts.services import create_key
from backend.matches.demonstration.records import SOURCE
from backend.organizations import services
from backend.organizations.actors import Actor, resolve_actor
from backend.organizations.enums import (
    AuthorityBasis,
    DepartmentLevel,
    OrganizationKind,
    Rank,
    Role,
)
from backend.organizations.models import Membership, Organization

_PASSWORD_BYTES = 15


@dataclass(frozen=True, slots=True)
class Account:
    """An account that was just made; password and key are kept nowhere else."""

    actor: Actor
    password: str
    key: str | None
    note: str


def open_account(
    *,
    username: str,
    name: str,
    organization: Organization,
    role: Role,
    rank: Rank,
    today: date,
    with_key: bool = False,
    note: str = "",
) -> Account:
    """Make a user with a random password, their place in an organization, maybe a key."""
    membership, password = services.open_account(
        username=username, display_name=name, organization=organization, role=role, rank=rank
    )
    user = membership.user
    # Mails of the demonstration stay on this machine; no such domain exists anywhere else.
    user.email = f"{username}@kerong.invalid"
    user.save(update_fields=["email"])
    key = create_key(actor=None, user=user, name="演示")[1] if with_key else None
    actor = resolve_actor(user, today=today)
    assert actor is not None  # noqa: S101 - the membership was made three lines above
    return Account(actor=actor, password=password, key=key, note=note)


def open_department_accounts(province: Organization, *, today: date) -> list[Account]:
    """Open the accounts of the department at two levels, of its auditor and of the operator."""
    city = Organization.objects.create(
        kind=OrganizationKind.DEPARTMENT,
        code="demo-dept-220100",
        name="演示·长春市科技局",
        region_id="220100",
        parent=province,
        department_level=DepartmentLevel.CITY,
        is_demonstration=True,
        source=SOURCE,
    )
    operator = Organization.objects.create(
        kind=OrganizationKind.OPERATOR,
        code="demo-operator",
        name="演示·平台运维",
        is_demonstration=True,
        source=SOURCE,
    )
    department, officer, manager = Role.DEPARTMENT, Rank.OFFICER, Rank.MANAGER
    return [
        open_account(
            username=username,
            name=name,
            organization=organization,
            role=role,
            rank=rank,
            today=today,
            with_key=username == "demo-officer",
        )
        for username, name, organization, role, rank in (
            ("demo-officer", "演示省厅经办", province, department, officer),
            ("demo-manager", "演示省厅负责人", province, department, manager),
            ("demo-leader", "演示省厅分管领导", province, department, manager),
            ("demo-city-officer", "演示市局经办", city, department, officer),
            ("demo-auditor", "演示审计员", province, Role.AUDITOR, officer),
            ("demo-admin", "演示系统管理员", operator, Role.ADMINISTRATOR, manager),
            ("demo-security", "演示安全管理员", operator, Role.SECURITY_OFFICER, manager),
        )
    ]


def open_partner_accounts(institutions: dict[str, Organization], *, today: date) -> list[Account]:
    """Open the accounts of a bank and its branch, an investor and an incubator."""
    bank = institutions["demo-songliao-bank"]
    branch = institutions["demo-songliao-bank-2201"]
    investor = institutions["demo-guanghe-vc"]
    incubator = institutions["demo-inc-guanggu"]
    return [
        open_account(
            username=username,
            name=name,
            organization=organization,
            role=role,
            rank=rank,
            today=today,
            with_key=username == "demo-bank-manager",
        )
        for username, name, organization, role, rank in (
            ("demo-bank-officer", "演示银行经办", bank, Role.INSTITUTION, Rank.OFFICER),
            ("demo-bank-manager", "演示银行负责人", bank, Role.INSTITUTION, Rank.MANAGER),
            ("demo-branch-officer", "演示分行经办", branch, Role.INSTITUTION, Rank.OFFICER),
            ("demo-vc-manager", "演示创投负责人", investor, Role.INSTITUTION, Rank.MANAGER),
            ("demo-incubator", "演示孵化器负责人", incubator, Role.INCUBATOR, Rank.MANAGER),
        )
    ]


def open_firm_account(
    number: int, organization: Organization, *, today: date, note: str
) -> Account:
    """Open a firm's account; the first has a key."""
    return open_account(
        username=f"demo-firm-{number}",
        name=f"演示企业经办 {number}",
        organization=organization,
        role=Role.FIRM,
        rank=Rank.MANAGER,
        today=today,
        with_key=number == 1,
        note=note,
    )


def prove(account: Account, *, officer: Actor, now: datetime) -> None:
    """Let an officer prove that an account may act for its firm or incubator."""
    services.prove_authority(
        actor=officer,
        membership=Membership.objects.get(pk=account.actor.membership.pk),
        basis=AuthorityBasis.STAMPED_LETTER,
        reference="演示授权书",
        post="财务负责人",
        valid_until=officer.today + timedelta(days=365),
        now=now,
    )
    account.actor.membership.refresh_from_db()
