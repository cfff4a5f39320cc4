"""Deleting a data folder with everything the embedded services keep for it.

``python -m backend.embedded.erase FOLDER`` is what `make erase` runs.
"""

import shutil
import sys
from pathlib import Path

from backend.embedded.errors import UnusableError
from backend.embedded.layout import SYSTEM_HOME
from backend.embedded.lock import claimed_layout


def erase(data_dir: Path) -> None:
    """Delete a data folder that no running process uses; a folder that is none is refused."""
    path = data_dir.resolve()
    if not path.exists():
        return
    if not (path / "layout.json").exists():
        raise UnusableError(f"{path} 不是 kerong 的数据目录，未删除任何内容。")
    with claimed_layout(path) as layout:
        apart = SYSTEM_HOME / layout.identity
        for folder in (layout.sockets, layout.home, apart, layout.data_dir):
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    try:
        erase(Path(sys.argv[1]))
    except UnusableError as error:
        sys.exit(str(error))
