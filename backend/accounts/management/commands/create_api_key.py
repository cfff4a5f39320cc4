"""`manage.py create_api_key USERNAME [--days N]`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.accounts.models import User
from backend.accounts.services import DEFAULT_DAYS, LONGEST_DAYS, create_key
from backend.common.errors import DomainError

_UNUSABLE = 2


class Command(BaseCommand):
    """Make a key for a user and print it, this once."""

    help = "为用户生成接口密钥；密钥只显示这一次。"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the user's name and the key's days."""
        parser.add_argument("username")
        parser.add_argument(
            "--days", type=int, default=DEFAULT_DAYS, help=f"有效天数，1–{LONGEST_DAYS}"
        )
        parser.add_argument("--name", default="", help="用途，便于以后辨认")

    def handle(self, *args: Any, username: str, days: int, name: str, **options: Any) -> None:
        """Write the key alone to standard output, so that a script can take it."""
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"没有用户“{username}”。", returncode=_UNUSABLE)
        try:
            key, secret = create_key(actor=None, user=user, name=name, days=days)
        except DomainError as error:
            raise CommandError(error.message, returncode=_UNUSABLE) from error
        self.stdout.write(secret)
        self.stderr.write(
            f"用户 {username} 的密钥，有效至 {key.expiry:%Y-%m-%d}；请立即保存，不会再次显示。"
        )
