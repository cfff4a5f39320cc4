"""`python -m tests.benchmarks.contest`: the same work in every engine, first equal, then timed.

The engines take turns, round after round in one process, so that whatever else the machine does
falls on all of them alike; the ratios of a round are then formed within the round.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import Any

from matching.parameters import load_parameters
from tests.benchmarks.encoding.tables import build_tables
from tests.benchmarks.engines.answers import Engine
from tests.benchmarks.engines.compiled import Compiled
from tests.benchmarks.engines.duckdb_handed_sums import DuckdbHandedSums
from tests.benchmarks.engines.duckdb_whole_score import DuckdbWholeScore
from tests.benchmarks.engines.numpy_chunks import NumpyChunks
from tests.benchmarks.engines.numpy_whole_score import NumpyWholeScore
from tests.benchmarks.engines.plain import Plain
from tests.benchmarks.engines.polars_frames import PolarsFrames
from tests.benchmarks.prepared import Prepared, prepare
from tests.benchmarks.timing import Spread, spread
from tests.benchmarks.workload import AS_OF

# The plain engine ranks so many of the needs; its time is counted per need.
_PLAIN_NEEDS = 500


def build_engines(workload: Prepared, *, threads: int) -> list[Engine]:
    """Prepare every engine; ours comes first."""
    encoded = workload.matcher.encode(workload.columns)
    tables = build_tables(workload.products, workload.columns, encoded, load_parameters(AS_OF))
    return [
        Compiled(workload.matcher, encoded, threads=threads),
        DuckdbWholeScore(tables, threads=threads, with_region=True),
        DuckdbWholeScore(tables, threads=threads, with_region=False),
        DuckdbHandedSums(tables, threads=threads, with_region=True),
        DuckdbHandedSums(tables, threads=threads, with_region=False),
        NumpyWholeScore(tables, threads=threads),
        NumpyChunks(tables, threads=threads),
        PolarsFrames(tables),
        Plain(workload.products, workload.pairs[:_PLAIN_NEEDS], AS_OF),
    ]


def check_equal(engines: list[Engine]) -> dict[str, int]:
    """Compare whole lists, scores bit for bit; this is also every engine's warming up.

    Returns
    -------
    dict
        How many needs each engine ranks.
    """
    expected = engines[0].lists(engines[0].rank())
    ranked = {}
    for engine in engines:
        found = engine.lists(engine.rank())
        ranked[engine.name] = len(found.lengths)
        differences = found.differences(expected.head(len(found.lengths)))
        if differences:
            raise SystemExit(f"{engine.name} 的结果不同：{'、'.join(differences)}；不计时。")
    return ranked


def take_turns(engines: list[Engine], ranked: dict[str, int], rounds: int) -> dict[str, Any]:
    """Time every engine once a round, in nanoseconds of CPU and of the wall per need."""
    cpu: dict[str, list[float]] = {engine.name: [] for engine in engines}
    wall: dict[str, list[float]] = {engine.name: [] for engine in engines}
    for _ in range(rounds):
        for engine in engines:
            cpu_start, start = time.process_time_ns(), time.perf_counter_ns()
            engine.rank()
            cpu[engine.name].append((time.process_time_ns() - cpu_start) / ranked[engine.name])
            wall[engine.name].append((time.perf_counter_ns() - start) / ranked[engine.name])
    return {"cpu": cpu, "wall": wall}


def summarise(times: dict[str, list[float]], *, products: int) -> dict[str, Any]:
    """Return speed and, against our engine in the same round, the ratio of each engine."""
    own = next(iter(times.values()))
    summary: dict[str, Any] = {}
    for name, values in times.items():
        ratios: Spread = spread([value / ours for value, ours in zip(values, own, strict=True)])
        speed = spread([products * 1_000 / value for value in values])
        summary[name] = {"million_pairs_per_second": speed, "times_ours": ratios}
    return summary


def main() -> None:
    """Measure one size with so many threads."""
    parser = argparse.ArgumentParser()
    for option in ("needs", "products", "rounds", "threads"):
        parser.add_argument(f"--{option}", type=int, required=True)
    options = parser.parse_args()
    workload = prepare(needs=options.needs, products=options.products)
    engines = build_engines(workload, threads=options.threads)
    ranked = check_equal(engines)
    times = take_turns(engines, ranked, options.rounds)
    figures = {
        "needs": options.needs,
        "products": options.products,
        "threads": options.threads,
        "rounds": options.rounds,
        "equal_needs": ranked,
        "about": {engine.name: engine.about for engine in engines},
        **{kind: summarise(values, products=options.products) for kind, values in times.items()},
    }
    json.dump(figures, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
