"""Where the embedded services keep their files.

Everything lies in the data folder, with one exception: as root PostgreSQL runs as an account
without rights, and when that account cannot reach the data folder (it lies below a folder that
only root may enter), the database lives in a folder of ours below ``/var/lib/kerong``. No
permission of a folder that is not ours is changed.
"""

import json
import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from backend.embedded.account import Account, database_account
from backend.embedded.errors import UnusableError

CHECKOUT = Path(__file__).resolve().parents[2]
SYSTEM_HOME = Path("/var/lib/kerong")
_RECORD = "layout.json"
# Socket addresses hold 107 bytes; the longest name we put into the folder has 26.
_SOCKET_FOLDER_MAX_BYTES = 80
# Characters that need no quoting in libpq's and kombu's addresses.
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_./+-]+")


@dataclass(frozen=True)
class Layout:
    """The folders of one installation; ``identity`` tells two of them apart."""

    data_dir: Path
    identity: str
    home: Path
    sockets: Path
    account: Account | None

    @property
    def cluster(self) -> Path:
        """PostgreSQL's data folder."""
        return self.home / "postgres"

    @property
    def broker(self) -> Path:
        """The broker's append-only files."""
        return self.data_dir / "broker"

    @property
    def database_sockets(self) -> Path:
        """The folder of PostgreSQL's socket; it belongs to PostgreSQL's account."""
        return self.sockets / "db"

    @property
    def broker_sockets(self) -> Path:
        """The folder of the broker's socket."""
        return self.sockets / "mq"

    @property
    def logs(self) -> Path:
        """The rotated log."""
        return self.data_dir / "logs"

    @property
    def mail(self) -> Path:
        """The mails of a machine that names no mail server."""
        return self.data_dir / "mail"

    @property
    def ledger(self) -> Path:
        """The list of running children, for a start after a crash."""
        return self.data_dir / "children.json"

    @property
    def schedule(self) -> Path:
        """The scheduler's memory of what ran when."""
        return self.data_dir / "schedule"

    @property
    def kernels(self) -> Path:
        """The compiled batch engine of an installation that cannot be written to."""
        return self.data_dir / "kernels"

    @property
    def demo_marker(self) -> Path:
        """Exists once the demonstration data has been loaded and shown."""
        return self.data_dir / "demo-loaded"

    def secret_key(self) -> str:
        """Return the secret key of this installation, made once and readable by its owner only."""
        path = self.data_dir / "secret-key"
        if not path.exists():
            _write_private(path, secrets.token_urlsafe(48))
        return path.read_text().strip()


def open_layout(data_dir: Path) -> Layout:
    """Return the folders below ``data_dir``, made if they do not exist yet.

    Call it with the data folder's lock held: the first call decides for good where the
    database lives.
    """
    record = data_dir / _RECORD
    if not record.exists():
        _write_private(record, json.dumps(_decide(data_dir, database_account())))
    layout = read_layout(data_dir)
    _make_folders(layout)
    return layout


def read_layout(data_dir: Path) -> Layout:
    """Return the folders that a former or running start decided on, and touch nothing."""
    record = data_dir / _RECORD
    try:
        decided = json.loads(record.read_text())
        identity = decided["identity"]
        home = Path(decided["home"]) if decided["home"] else data_dir
    except FileNotFoundError as error:
        raise UnusableError(f"{data_dir} 尚未初始化；请先运行 kerong up。") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UnusableError(f"{record} 已损坏，无法判断数据位置；请从备份恢复该文件。") from error
    return Layout(
        data_dir=data_dir,
        identity=identity,
        home=home,
        sockets=_socket_folder(home, identity),
        account=database_account(),
    )


def default_data_dir(given: Mapping[str, str]) -> Path:
    """Return the folder that KERONG_DATA_DIR names, or ``.kerong`` in the checkout."""
    return Path(given.get("KERONG_DATA_DIR") or CHECKOUT / ".kerong")


def make_data_dir(data_dir: Path) -> Path:
    """Return the absolute data folder, made if it does not exist; refuse one not writable."""
    path = data_dir.expanduser().resolve()
    # Others may pass through (the database account must), but not look in.
    mode = 0o711 if os.geteuid() == 0 else 0o700
    try:
        if not path.exists():
            path.mkdir(parents=True)
            path.chmod(mode)
        owner = path.stat().st_uid
        usable = path.is_dir() and os.access(path, os.W_OK | os.X_OK)
    except OSError as error:
        raise UnusableError(f"无法创建数据目录 {path}：{error.strerror}。") from error
    if owner != os.geteuid():  # files of two owners in it would shut the first one out
        raise UnusableError(
            f"数据目录 {path} 属于另一个用户（uid {owner}）；"
            "请以该用户运行，或用 --data-dir 指定其他目录。"
        )
    if not usable:
        raise UnusableError(f"数据目录 {path} 不可写；请用 --data-dir 指定其他目录。")
    return path


def _decide(data_dir: Path, account: Account | None) -> dict[str, str | None]:
    """Choose identity and home; home None means the data folder itself, wherever it moves."""
    identity = secrets.token_hex(8)
    if account is None or (account.can_enter(data_dir) and _suits_sockets(data_dir / "run")):
        return {"identity": identity, "home": None}
    return {"identity": identity, "home": str(SYSTEM_HOME / identity)}


def _suits_sockets(folder: Path) -> bool:
    text = os.fspath(folder)
    return len(os.fsencode(text)) <= _SOCKET_FOLDER_MAX_BYTES and bool(_PLAIN_PATH.fullmatch(text))


def _socket_folder(home: Path, identity: str) -> Path:
    """Return a folder whose path is short and plain enough for a socket's address."""
    if _suits_sockets(home / "run"):
        return home / "run"
    if os.geteuid() == 0:
        return SYSTEM_HOME / identity / "run"
    return Path(tempfile.gettempdir()) / f"kerong-{os.getuid()}-{identity}"


def _make_folders(layout: Layout) -> None:
    passable = 0o711 if layout.account else 0o700
    if layout.home.parent == SYSTEM_HOME:
        _make_folder(SYSTEM_HOME, 0o711)
    if layout.home != layout.data_dir:
        _make_folder(layout.home, passable)
    _make_folder(layout.sockets, passable)
    for private in (layout.logs, layout.broker, layout.broker_sockets):
        _make_folder(private, 0o700)
    _make_folder(layout.database_sockets, 0o700, layout.account)


def _make_folder(path: Path, mode: int, owner: Account | None = None) -> None:
    """Make a folder of ours, or refuse what someone else put in its place."""
    try:
        path.mkdir(mode=mode, parents=True)
    except FileExistsError:
        pass
    except OSError as error:
        raise UnusableError(f"无法创建目录 {path}：{error.strerror}。") from error
    found = path.lstat()
    wanted_user = owner.user if owner else os.geteuid()
    if path.is_symlink() or found.st_uid not in {os.geteuid(), wanted_user}:
        raise UnusableError(f"目录 {path} 属于其他用户，不能使用；请删除它或更换数据目录。")
    path.chmod(mode)
    if owner:
        owner.take_over(path)


def _write_private(path: Path, text: str) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)
