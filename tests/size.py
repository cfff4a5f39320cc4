"""How much a test takes on: a part of it in every run, all of it in `make fault-test`."""

import os
from typing import TypeVar

import pytest

T = TypeVar("T")


def sized(small: T, full: T) -> T:
    """Return the size for this run."""
    return full if os.environ.get("KERONG_TEST_SIZE") == "full" else small


IS_FULL = sized(small=False, full=True)
# What takes minutes, or proves of the other tests that they can fail.
only_at_full_size = pytest.mark.skipif(not IS_FULL, reason="runs with make fault-test")
