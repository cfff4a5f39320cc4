"""Times of repeated calls."""

import statistics
import time
from collections.abc import Callable, Iterable
from typing import Any


def milliseconds(calls: Iterable[Callable[[], Any]]) -> list[float]:
    """Time each call on the wall."""
    times = []
    for call in calls:
        start = time.perf_counter()
        call()
        times.append((time.perf_counter() - start) * 1_000)
    return times


def summary(times: list[float], prefix: str) -> dict[str, float]:
    """Return median and 99th percentile."""
    return {
        f"{prefix}_p50_ms": statistics.median(times),
        f"{prefix}_p99_ms": statistics.quantiles(times, n=100, method="inclusive")[98],
    }
