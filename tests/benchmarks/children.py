"""Measurements in processes of their own: threads and memory are a matter of the process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

# Libraries read how many threads they may start when they are loaded.
_THREAD_SETTINGS = (
    "POLARS_MAX_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "NUMBA_NUM_THREADS",
)


def run_child(module: str, *, threads: int, **options: int) -> dict[str, Any]:
    """Run a module of this package with options; return the figures that it prints."""
    environment = os.environ | dict.fromkeys(_THREAD_SETTINGS, str(threads))
    arguments = [f"--{name}={value}" for name, value in options.items()]
    child = subprocess.run(
        [sys.executable, "-m", f"tests.benchmarks.{module}", f"--threads={threads}", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    figures: dict[str, Any] = json.loads(child.stdout)
    return figures
