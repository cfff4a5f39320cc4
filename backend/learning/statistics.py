"""Figures that monitoring shows; pure, each defined also where there is nothing."""

from collections.abc import Mapping, Sequence
from math import log

# Below this share a class counts as this much, so that a new class is no infinity.
_LEAST_SHARE = 0.001
PSI_SOME, PSI_MUCH = 0.1, 0.2


def gini(values: Sequence[float]) -> float | None:
    """Return how unequally a sum is spread, 0 where all have the same; None where none is."""
    ordered, total = sorted(values), sum(values)
    if not total:
        return None
    count = len(ordered)
    ranked = sum(place * value for place, value in enumerate(ordered, start=1))
    return max(0.0, 2 * ranked / (count * total) - (count + 1) / count)


def herfindahl(values: Sequence[float]) -> float | None:
    """Return the sum of squared shares: 1 where one has all, 1/n where n have the same."""
    total = sum(values)
    return sum((value / total) ** 2 for value in values) if total else None


def stability_index(before: Mapping[str, int], now: Mapping[str, int]) -> float | None:
    """Return the population stability index of two counts by class; None where one is empty."""
    total_before, total_now = sum(before.values()), sum(now.values())
    if not total_before or not total_now:
        return None
    index = 0.0
    for name in sorted(before.keys() | now.keys()):
        old = max(before.get(name, 0) / total_before, _LEAST_SHARE)
        new = max(now.get(name, 0) / total_now, _LEAST_SHARE)
        index += (new - old) * log(new / old)
    return index


def more_often(own: int, own_total: int, others: int, others_total: int) -> float:
    """Return the one-sided p-value of Fisher's exact test: own happens more often than others'."""
    # Half a second to import, which only whoever looks at the page need wait for.
    from scipy.stats import fisher_exact  # noqa: PLC0415

    table = [[own, own_total - own], [others, others_total - others]]
    return float(fisher_exact(table, alternative="greater").pvalue)
