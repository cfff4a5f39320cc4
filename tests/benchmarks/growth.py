"""`python -m tests.benchmarks.growth`: time and memory as needs and products grow.

The needs of a workload are held once; fewer are its first ones, more are repetitions of them.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import time
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np
import psutil

from matching.bulk import BulkMatcher
from matching.eligibility.columns import ClassColumn, IntervalColumn, NeedColumns, NumberColumn
from tests.benchmarks.engines.answers import TOP
from tests.benchmarks.prepared import only_products, prepare
from tests.benchmarks.timing import spread
from tests.benchmarks.workload import AS_OF

_GROUP_TOP = 200
_ROUNDS = 5
_FEW = 3
_MANY = 200_000


def repeat(columns: NeedColumns, count: int) -> NeedColumns:
    """Return so many needs, the held ones over and over, with codes of their own."""
    rows = np.arange(count) % len(columns)
    text = columns.text
    lengths = np.diff(text.starts)[rows]
    starts = np.concatenate(([0], np.cumsum(lengths)))
    within = np.arange(starts[-1]) - np.repeat(starts[:-1], lengths)
    places = np.repeat(text.starts[rows], lengths) + within
    return NeedColumns(
        codes=tuple(f"bench-need-{number:08d}" for number in range(count)),
        firms=tuple(columns.firms[row] for row in rows.tolist()),
        as_of=columns.as_of,
        classes={name: _taken(column, rows) for name, column in columns.classes.items()},
        intervals={name: _taken(column, rows) for name, column in columns.intervals.items()},
        rate_cap=_taken(columns.rate_cap, rows),
        fields={name: _taken(column, rows) for name, column in columns.fields.items()},
        text=replace(text, starts=starts, columns=text.columns[places], units=text.units[places]),
    )


def _taken(column: Any, rows: Any) -> Any:
    if isinstance(column, ClassColumn):
        return ClassColumn(column.distinct, column.of_need[rows])
    if isinstance(column, NumberColumn):
        return NumberColumn(column.values[rows], column.known[rows])
    return IntervalColumn(column.low[rows], column.high[rows], column.known[rows])


def measure_size(columns: NeedColumns, matcher: BulkMatcher, products: int) -> dict[str, Any]:
    """Encode and rank needs on one thread; count what is then held in memory."""
    count = len(columns)
    first_ns, _ = _timed(lambda: matcher.encode(columns))
    encodings = [_timed(lambda: matcher.encode(columns))[0] / count for _ in range(_FEW)]
    gc.collect()
    before = psutil.Process().memory_info().rss
    encoded = matcher.encode(columns)
    ranked = matcher.rank(encoded, top=TOP, threads=1)
    resident = psutil.Process().memory_info().rss - before
    result = _array_bytes(ranked.result)
    del ranked
    rounds = []
    for _ in range(_ROUNDS if count <= _MANY else _FEW):
        rank_ns, _ = _timed(lambda: matcher.rank(encoded, top=TOP, threads=1))
        rounds.append(rank_ns / count)
    kept = _array_bytes(encoded.entries, encoded.own, encoded.order)
    return {
        "needs": count,
        "products": products,
        "first_encode_cpu_ms": first_ns / 1e6,
        "encode_ns_per_need": spread(encodings),
        "rank_ns_per_need": spread(rounds),
        "million_pairs_per_second": products * 1_000 / spread(rounds)["median"],
        "bytes_per_need": {
            "columns": _array_bytes(columns) / count,
            "encoded": kept / count,
            "result": result / count,
            "resident": resident / count,
        },
    }


def measure_both_sides(columns: NeedColumns, matcher: BulkMatcher) -> dict[str, Any]:
    """Keep the best pairs of each institution too, in turns with the needs' side alone."""
    encoded = matcher.encode(columns)
    ratios = []
    for _ in range(_ROUNDS + 1):
        one, _ = _timed(lambda: matcher.rank(encoded, top=TOP, threads=1))
        both, _ = _timed(
            lambda: matcher.rank(
                encoded, top=TOP, group_by="institution", group_top=_GROUP_TOP, threads=1
            )
        )
        ratios.append(both / one)
    return {"needs": len(columns), "against_one_side": spread(ratios[1:])}


def _timed(call: Callable[[], Any]) -> tuple[int, Any]:
    start = time.process_time_ns()
    answer = call()
    return time.process_time_ns() - start, answer


def _array_bytes(*holders: Any) -> int:
    """Sum the arrays in records, tuples and dictionaries."""
    total = 0
    for holder in holders:
        if isinstance(holder, np.ndarray):
            total += holder.nbytes
        elif isinstance(holder, dict):
            total += _array_bytes(*holder.values())
        elif is_dataclass(holder):
            total += _array_bytes(*(getattr(holder, field.name) for field in fields(holder)))
        elif isinstance(holder, tuple) and hasattr(holder, "_fields"):
            total += _array_bytes(*holder)
    return total


def main() -> None:
    """Measure the sizes up to the given ones."""
    parser = argparse.ArgumentParser()
    for option in ("held", "most", "threads"):
        parser.add_argument(f"--{option}", type=int, required=True)
    options = parser.parse_args()
    workload = prepare(needs=options.held, products=1_000)
    columns, matcher = workload.columns, workload.matcher
    matcher.rank(matcher.encode(repeat(columns, 100)), top=TOP, threads=1)  # compiles
    both = measure_both_sides(columns, matcher)
    del workload
    by_products = []
    for count in (100, 1_000, 10_000):
        other = BulkMatcher(only_products(count), as_of=AS_OF)
        by_products.append(measure_size(columns, other, count))
        del other
    sizes = [size for size in (1_000, 10_000, 100_000, 1_000_000) if size <= options.most]
    by_needs = [measure_size(repeat(columns, size), matcher, 1_000) for size in sizes]
    figures = {"by_needs": by_needs, "by_products": by_products, "both_sides": both}
    json.dump(figures, sys.stdout)


if __name__ == "__main__":
    main()
