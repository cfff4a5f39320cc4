"""Where the open sets lie; tests that need one skip where it is absent."""

import os
from pathlib import Path

import pytest


def open_data(name: str) -> Path:
    """Return the folder of an open set, or skip with the reason."""
    default = Path(__file__).resolve().parents[4] / "shared" / "data"
    folder = Path(os.environ.get("KERONG_SHARED_DATA", default)) / name
    if not folder.is_dir():
        pytest.skip(f"no {name} in {folder.parent}; set KERONG_SHARED_DATA")
    return folder
