"""Times of repeated calls."""

import statistics
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

_BLOCKS = 10


@dataclass(frozen=True, slots=True)
class Times:
    """What calls took: each on the wall, and each of this process's CPU."""

    wall_ms: list[float] = field(default_factory=list)
    each_cpu_ms: list[float] = field(default_factory=list)

    @property
    def cpu_ms(self) -> float:
        """The mean of CPU time."""
        return statistics.fmean(self.each_cpu_ms)

    def add(self, call: Callable[[], Any]) -> Any:
        """Time one call and return what it returns."""
        cpu_start, start = time.process_time(), time.perf_counter()
        result = call()
        self.wall_ms.append((time.perf_counter() - start) * 1_000)
        self.each_cpu_ms.append((time.process_time() - cpu_start) * 1_000)
        return result

    def summary(self, prefix: str) -> dict[str, float]:
        """Return median and 99th percentile on the wall, and the mean of CPU time."""
        return {
            f"{prefix}_p50_ms": statistics.median(self.wall_ms),
            f"{prefix}_p99_ms": statistics.quantiles(self.wall_ms, n=100, method="inclusive")[98],
            f"{prefix}_cpu_ms": self.cpu_ms,
        }

    def against(self, other: "Times", name: str) -> dict[str, Any]:
        """Return the CPU of these calls as a share of the other's, and its spread over blocks."""
        size = max(1, len(self.each_cpu_ms) // _BLOCKS)
        blocks = [
            sum(self.each_cpu_ms[start : start + size])
            / sum(other.each_cpu_ms[start : start + size])
            for start in range(0, len(self.each_cpu_ms), size)
        ]
        return {
            f"{name}_against_bare_cpu": self.cpu_ms / other.cpu_ms,
            f"{name}_against_bare_spread": f"{min(blocks):.2f} – {max(blocks):.2f}",
        }


def timed(calls: Iterable[Callable[[], Any]]) -> Times:
    """Time each call; CPU time compares on a machine that others use too."""
    times = Times()
    for call in calls:
        times.add(call)
    return times


def interleaved(
    rounds: Iterable[Mapping[str, Callable[[], Any]]],
    *,
    check: Callable[[dict[str, Any]], None],
    warm_up: int,
) -> dict[str, Times]:
    """Time calls of several kinds in turn; what each round returns is checked.

    The first ``warm_up`` rounds are run and checked, and not counted.
    """
    times: dict[str, Times] = {}
    for number, calls in enumerate(rounds):
        if number == warm_up:
            times = {}
        check({name: times.setdefault(name, Times()).add(call) for name, call in calls.items()})
    return times


Spread = dict[str, float]


def spread(values: list[float]) -> Spread:
    """Return the least, the median and the largest of some rounds."""
    return {"min": min(values), "median": statistics.median(values), "max": max(values)}
