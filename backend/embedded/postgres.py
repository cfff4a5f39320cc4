"""A PostgreSQL of our own: socket only, direct child, its settings on the command line.

Only its own account reaches the socket's folder, so connections need no password.
"""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from signal import SIGINT
from typing import ClassVar
from urllib.parse import quote

import psycopg
from psycopg import sql

from backend.embedded.account import Account, switch_to
from backend.embedded.errors import StartError, UnusableError
from backend.embedded.process import Launch

USER = "kerong"
DATABASE = "kerong"
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    # Nothing replicates from here; the write-ahead log serves recovery alone.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "random_page_cost": "1.1",
    "max_logical_replication_workers": "0",
    "log_checkpoints": "off",
    "log_line_prefix": "",
    # Refused rows and failed statements hold what people entered; the log does without them.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}


@dataclass(frozen=True)
class PostgresServer:
    """One cluster: its programs, data folder, socket folder and account."""

    programs: Path
    cluster: Path
    sockets: Path
    account: Account | None
    extra_settings: Mapping[str, str]
    name: ClassVar[str] = "postgres"

    @property
    def url(self) -> str:
        """The address for DATABASE_URL."""
        return self._url(DATABASE)

    def prepare(self) -> None:
        """Make the cluster if there is none, and clear what a crash left behind."""
        if self.cluster.exists():
            self._check_version()
            self._clear_stale_locks()
        else:
            self._create_cluster()

    def launch(self) -> Launch:
        """Say how to start the server."""
        settings = {
            **_SETTINGS,
            "unix_socket_directories": f'"{self.sockets}"',
            **self.extra_settings,
        }
        options = (part for key, value in settings.items() for part in ("-c", f"{key}={value}"))
        return Launch(
            name=self.name,
            argv=(os.fspath(self.programs / "postgres"), "-D", os.fspath(self.cluster), *options),
            directory=self.cluster,
            environment=_ENVIRONMENT,
            account=self.account,
            stop_signal=SIGINT,  # fast shutdown: ends sessions, keeps what was committed
        )

    def is_ready(self) -> bool:
        """Tell whether the server answers."""
        if not self._says_ready():  # asking before would only fill the log
            return False
        try:
            with psycopg.connect(self._url("postgres"), connect_timeout=2):
                return True
        except psycopg.OperationalError:
            return False

    def _says_ready(self) -> bool:
        """Read the state that the server keeps in the last line of its lock file."""
        try:
            return (self.cluster / "postmaster.pid").read_text().split()[-1:] == ["ready"]
        except FileNotFoundError:
            return False

    def create_database(self) -> None:
        """Create the platform's database if it does not exist."""
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            found = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
            ).fetchone()
            if not found:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))

    def _url(self, database: str) -> str:
        return f"postgresql://{USER}@/{database}?host={quote(os.fspath(self.sockets), safe='')}"

    def _create_cluster(self) -> None:
        """Run initdb beside the final place, so that an interrupted run leaves no half cluster."""
        draft = self.cluster.with_name(self.cluster.name + ".new")
        if draft.exists():
            self._remove(draft)
        draft.mkdir(mode=0o700)
        if self.account:
            self.account.take_over(draft)
        arguments = (
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            f"--username={USER}",
            "--auth-local=trust",
            "--auth-host=reject",
            "--no-instructions",
        )
        self._run([os.fspath(self.programs / "initdb"), "-D", os.fspath(draft), *arguments], draft)
        draft.rename(self.cluster)

    def _run(self, argv: list[str], folder: Path) -> None:
        done = subprocess.run(  # noqa: S603 - programs and arguments of our own
            argv,
            cwd=folder,
            env=_ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            process_group=0,
            **switch_to(self.account),
        )
        if done.returncode != 0:
            raise StartError(
                f"initdb 失败（{folder}）：{done.stderr.strip() or done.stdout.strip()}"
            )

    def _remove(self, folder: Path) -> None:
        for path in sorted(folder.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
        folder.rmdir()

    def _check_version(self) -> None:
        """Refuse a cluster that another major version made."""
        made_by = (self.cluster / "PG_VERSION").read_text().strip()
        shown = subprocess.run(  # noqa: S603 - a program of our own
            [os.fspath(self.programs / "postgres"), "--version"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()[-1]
        if shown.split(".")[0] != made_by:
            raise UnusableError(
                f"{self.cluster} 由 PostgreSQL {made_by} 建立，而已安装的是 {shown}。"
                "请用旧版本导出数据后再升级，或用 --data-dir 指定新的目录。"
            )

    def _clear_stale_locks(self) -> None:
        """Remove the lock files of a server that is gone, beside its data and beside its socket.

        PostgreSQL itself takes any process with the noted id for a running server, also one that
        was given the id later. The data folder is ours alone here, so the question is only
        whether that process is a server on this very cluster.
        """
        lock = self.cluster / "postmaster.pid"
        try:
            pid = int(lock.read_text().splitlines()[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except FileNotFoundError:
            command = []
        except (ValueError, IndexError) as error:
            raise UnusableError(
                f"{lock} 内容无法识别；确认没有 PostgreSQL 在运行后删除它。"
            ) from error
        if os.fsencode(self.cluster) in command:
            raise UnusableError(
                f"{self.cluster} 上的 PostgreSQL（进程号 {pid}）仍在运行；请先结束它。"
            )
        for stale in (lock, *self.sockets.glob(".s.PGSQL.*")):
            stale.unlink(missing_ok=True)
