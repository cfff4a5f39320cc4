"""Load the demonstration data once and print its accounts."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.table import Table

from backend.common.errors import DomainError
from backend.matches.demonstration.accounts import Account
from backend.matches.demonstration.services import load_demonstration


class Command(BaseCommand):
    """Load made-up firms, needs, offers and accounts; a second run changes nothing."""

    help = "载入演示数据并打印演示账号（仅限演示模式 KERONG_DEMO=1）。"

    def handle(self, *_args: object, **_options: object) -> None:
        """Refuse outside demonstration mode; print accounts only when they were made now."""
        if not settings.KERONG_DEMO:
            raise CommandError("演示数据只能在演示模式下载入：请设置 KERONG_DEMO=1。")
        path = settings.FIXTURES_DIR / "demo" / "exchange.json"
        try:
            accounts = load_demonstration(path=path, now=timezone.now())
        except DomainError as error:
            details = "；".join(f"{found.field}：{found.message}" for found in error.problems)
            raise CommandError(f"演示数据不能载入：{error.message}{details}") from error
        if accounts:
            self._print(accounts)

    def _print(self, accounts: list[Account]) -> None:
        table = Table(title="演示账号（密码和密钥只显示这一次）", title_justify="left")
        for header in ("账号", "密码", "角色", "机构", "说明"):
            is_to_copy = header in {"账号", "密码"}
            table.add_column(header, overflow="fold", no_wrap=is_to_copy)
        for account in accounts:
            actor = account.actor
            membership = actor.membership
            table.add_row(
                actor.user.username,
                account.password,
                f"{membership.get_role_display()}·{membership.get_rank_display()}",
                actor.organization.name,
                account.note,
            )
        console = Console(file=self.stdout, markup=False, highlight=False)
        console.print(table)
        console.print("演示接口密钥（请求头 Authorization: Bearer <密钥>）：")
        for account in accounts:
            if account.key is not None:
                console.print(f"  {account.actor.user.username}  {account.key}", soft_wrap=True)
