"""Times of repeated calls."""

import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Times:
    """What calls took: each on the wall, and all together of this process's CPU."""

    wall_ms: list[float]
    cpu_ms: float

    def summary(self, prefix: str) -> dict[str, float]:
        """Return median and 99th percentile on the wall, and the mean of CPU time."""
        return {
            f"{prefix}_p50_ms": statistics.median(self.wall_ms),
            f"{prefix}_p99_ms": statistics.quantiles(self.wall_ms, n=100, method="inclusive")[98],
            f"{prefix}_cpu_ms": self.cpu_ms,
        }


def timed(calls: Iterable[Callable[[], Any]]) -> Times:
    """Time each call; CPU time compares on a machine that others use too."""
    wall = []
    cpu_start = time.process_time()
    for call in calls:
        start = time.perf_counter()
        call()
        wall.append((time.perf_counter() - start) * 1_000)
    return Times(wall, (time.process_time() - cpu_start) * 1_000 / len(wall))


Spread = dict[str, float]


def spread(values: list[float]) -> Spread:
    """Return the least, the median and the largest of some rounds."""
    return {"min": min(values), "median": statistics.median(values), "max": max(values)}
