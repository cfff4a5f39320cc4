"""Platforms in folders of their own, ended and erased after each test."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from backend.embedded.erase import erase
from tests.faults.running import Platform


@pytest.fixture
def platform() -> Iterator[Callable[..., Platform]]:
    """Return a maker of platforms; the first is named ``first``."""
    made: list[Platform] = []
    with tempfile.TemporaryDirectory(prefix="kerong-faults-") as folder:

        def make(
            name: str = "first", port: int | None = None, build: str | None = None
        ) -> Platform:
            made.append(Platform(Path(folder) / name, port, build))
            return made[-1]

        yield make
        for one in made:
            one.clear()
        for data_dir in {one.data_dir for one in made}:
            if (data_dir / "layout.json").exists():
                erase(data_dir)
