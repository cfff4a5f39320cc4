"""Runs the benchmarks in order, each after the results were found equal."""

import os
from dataclasses import dataclass
from typing import Any

from tests.benchmarks import allocation, api, library, machine, rank_command, runs
from tests.benchmarks.children import run_child
from tests.benchmarks.database import load
from tests.benchmarks.workload import exchange

Figures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much each part measures."""

    contest: dict[str, int]
    wide: dict[str, int]
    growth: dict[str, int]
    deltas: dict[str, int]
    small: dict[str, int]
    requests: int
    run: dict[str, int]
    allocation: dict[str, int]


FULL = Sizes(
    contest={"needs": 100_000, "products": 1_000, "rounds": 7},
    wide={"needs": 20_000, "products": 10_000, "rounds": 3},
    growth={"held": 100_000, "most": 1_000_000},
    deltas={"needs": 100_000, "products": 10_000},
    small={"needs": 1_000, "products": 1_000},
    requests=400,
    run={"needs": 10_000, "products": 500},
    allocation={"needs": 10_000, "institutions": 300},
)
QUICK = Sizes(
    contest={"needs": 5_000, "products": 1_000, "rounds": 3},
    wide={"needs": 500, "products": 10_000, "rounds": 1},
    growth={"held": 5_000, "most": 10_000},
    deltas={"needs": 5_000, "products": 1_000},
    small={"needs": 200, "products": 100},
    requests=100,
    run={"needs": 400, "products": 50},
    allocation={"needs": 500, "institutions": 40},
)


def run(*, quick: bool) -> Figures:
    """Measure everything."""
    sizes = QUICK if quick else FULL
    cores = os.cpu_count() or 1
    figures: Figures = {"quick": quick, "machine": machine.describe()}
    figures["contest"] = {
        "one_thread": run_child("contest", threads=1, **sizes.contest),
        "all_cores": run_child("contest", threads=cores, **sizes.contest),
        "wide": run_child("contest", threads=1, **sizes.wide),
    }
    figures["growth"] = run_child("growth", threads=1, **sizes.growth)
    figures["deltas"] = run_child("deltas", threads=1, **sizes.deltas)
    small = exchange(**sizes.small)
    figures["library"] = library.measure(small)
    figures["kerong_rank"] = rank_command.measure(small)
    load(small)
    figures["api"] = api.measure(requests=sizes.requests)
    clear()
    large = exchange(**sizes.run, seed=7)
    load(large)
    figures["match_run"] = runs.measure(large)
    figures["allocation"] = allocation.measure(**sizes.allocation)
    return figures


def clear() -> None:
    """Empty the database between two workloads."""
    from django.core.management import call_command

    from backend.matches.catalogue_memory import catalogues

    call_command("flush", interactive=False, verbosity=0)
    catalogues.forget()
