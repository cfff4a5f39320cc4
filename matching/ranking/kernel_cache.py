"""Where compiled loops are kept. Nothing here loads the compiler."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Final

_LIBRARY: Final = Path(__file__).parents[1]
# Whatever goes into a compiled loop: the loops themselves and the constants that they read.
_SOURCES: Final = (
    *sorted(Path(__file__).parent.glob("*.py")),
    _LIBRARY / "eligibility" / "bitmaps.py",
    _LIBRARY / "parameters" / "records.py",
    _LIBRARY / "scoring" / "tables.py",
    _LIBRARY / "scoring" / "text.py",
)


def cache_folder() -> Path | None:
    """Return where compiled loops are kept for these sources; None where nothing can be.

    The compiler would look at the file of the outermost loop alone, and go on with a loop whose
    inner part has changed. ``NUMBA_CACHE_DIR`` says where, else it is beside the modules, or
    with the user's caches where the library may only be read.
    """
    content = b"\0".join(source.read_bytes() for source in _SOURCES)
    name = f"kernels-{hashlib.sha256(content).hexdigest()[:12]}"
    caches = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    given = os.environ.get("NUMBA_CACHE_DIR")
    places = (
        [Path(given)] if given else [Path(__file__).parent / "__pycache__", Path(caches, "kerong")]
    )
    for place in places:
        try:
            folder = place / name
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    return None


def is_compiled(loop: str) -> bool:
    """Tell whether an earlier process kept a compiled loop of these sources."""
    folder = cache_folder()
    return folder is not None and any(folder.rglob(f"*.{loop}-*.nbi"))
