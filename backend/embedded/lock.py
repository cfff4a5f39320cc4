"""One supervisor per data folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from backend.embedded.errors import UnusableError
from backend.embedded.layout import Layout, open_layout


class InUseError(UnusableError):
    """Another process holds the folder."""


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Hold the folder until the block ends; the system lets go when the process dies.

    Raises InUseError with the holder's process id. The lock is not passed on to children.
    """
    path = folder / "lock"
    with path.open("a+", encoding="ascii") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            stream.seek(0)
            holder = stream.read().strip() or "未知"
            raise InUseError(
                f"数据目录 {folder} 正被另一个 kerong 进程（进程号 {holder}）使用。"
                "请先停止它，或用 --data-dir 指定其他目录。"
            ) from error
        stream.truncate(0)
        stream.write(str(os.getpid()))
        stream.flush()
        yield


@contextmanager
def claimed_layout(data_dir: Path) -> Iterator[Layout]:
    """Hold a data folder, and the database's folder where that lies apart, and say where all is."""
    with ExitStack() as held:
        held.enter_context(exclusive(data_dir))
        layout = open_layout(data_dir)
        if layout.home != data_dir:  # a copied data folder would share it
            held.enter_context(exclusive(layout.home))
        yield layout
