"""Which operating system account PostgreSQL runs under.

PostgreSQL refuses to run as root. Root therefore starts it as the account that every Unix
provides for processes without rights of their own; no account is created.
"""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend.embedded.errors import UnusableError

_UNPRIVILEGED = "nobody"


@dataclass(frozen=True)
class Account:
    """A user and group to drop to before a program is started."""

    user: int
    group: int

    def can_enter(self, folder: Path) -> bool:
        """Tell whether this account reaches the folder, by asking the system as that account."""
        asked = subprocess.run(  # noqa: S603 - fixed program, path as one argument
            ["/usr/bin/test", "-x", os.fspath(folder)],
            **switch_to(self),
            cwd="/",
            check=False,
        )
        return asked.returncode == 0

    def take_over(self, path: Path) -> None:
        """Give one file or folder of ours to this account."""
        os.chown(path, self.user, self.group)


def switch_to(account: Account | None) -> dict[str, Any]:
    """Return the arguments of subprocess that start a program under the account."""
    if account is None:
        return {}
    return {"user": account.user, "group": account.group, "extra_groups": []}


def database_account() -> Account | None:
    """Return the account to drop to, or None when the present one may run PostgreSQL itself."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(_UNPRIVILEGED)
    except KeyError as error:
        raise UnusableError(
            f"PostgreSQL 不能以 root 身份运行，而本机没有 {_UNPRIVILEGED} 账户。"
            "请改用普通用户运行，或设置 DATABASE_URL 使用已有的 PostgreSQL。"
        ) from error
    return Account(entry.pw_uid, entry.pw_gid)
