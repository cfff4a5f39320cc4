"""`manage.py open_account USERNAME ROLE [--organization CODE] [--rank RANK] [--name NAME]`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from backend.common.errors import DomainError
from backend.organizations.enums import OrganizationKind, Rank, Role
from backend.organizations.models import Organization
from backend.organizations.services import KIND_OF_ROLE, open_account

_UNUSABLE = 2
_OPERATOR = {"code": "operator", "name": "平台运维"}


class Command(BaseCommand):
    """Open an account with a random password, printed this once.

    A new platform has no account at all; the first administrator and security officer come
    from here, everybody else may.
    """

    help = "开立账号并加入机构；初始密码只显示这一次。"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take who it is for, in which role and where."""
        parser.add_argument("username", help="账号")
        parser.add_argument("role", choices=Role.values, help="角色")
        parser.add_argument("--organization", metavar="CODE", help="机构代码；运维角色可不填")
        parser.add_argument("--rank", choices=Rank.values, default=Rank.OFFICER, help="职级")
        parser.add_argument("--name", default="", help="姓名")

    @transaction.atomic
    def handle(self, *args: Any, username: str, role: str, **options: Any) -> None:
        """Write the password alone to standard output, so that a script can take it."""
        organization = _find_organization(Role(role), options["organization"])
        try:
            membership, password = open_account(
                username=username,
                display_name=options["name"],
                organization=organization,
                role=Role(role),
                rank=Rank(options["rank"]),
            )
        except DomainError as error:
            raise CommandError(error.message, returncode=_UNUSABLE) from error
        self.stdout.write(password)
        self.stderr.write(f"{membership}：初始密码见上，请立即保存，不会再次显示。")


def _find_organization(role: Role, code: str | None) -> Organization:
    """Return the organization of a code; the operator's is made with its first account."""
    kind = KIND_OF_ROLE[role]
    if code is None:
        if kind is not OrganizationKind.OPERATOR:
            raise CommandError("请用 --organization 指明机构代码。", returncode=_UNUSABLE)
        return Organization.objects.get_or_create(kind=kind, **_OPERATOR)[0]
    organization = Organization.objects.filter(kind=kind, code=code).first()
    if organization is None:
        raise CommandError(
            f"没有代码为“{code}”的“{kind.label}”；可先由系统管理员建立。", returncode=_UNUSABLE
        )
    return organization
