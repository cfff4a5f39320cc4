"""Runs the benchmarks in order and prints one table."""

from typing import Any

from rich.console import Console
from rich.table import Table

from tests.benchmarks import api, library, rank_command, runs
from tests.benchmarks.database import load
from tests.benchmarks.workload import exchange

Figures = dict[str, Any]


def run(*, quick: bool) -> Figures:
    """Measure everything; each part first checks that the results are equal."""
    needs, products = (200, 100) if quick else (1_000, 1_000)
    small = exchange(needs=needs, products=products)
    figures: Figures = {
        "library": library.measure(small),
        "kerong_rank": rank_command.measure(small),
    }
    load(small)
    figures["api"] = api.measure(requests=100 if quick else 400)
    clear()
    run_needs, run_products = (400, 50) if quick else (10_000, 500)
    large = exchange(needs=run_needs, products=run_products, seed=7)
    load(large)
    figures["match_run"] = runs.measure(large)
    _print(figures)
    return figures


def clear() -> None:
    """Empty the database between two workloads."""
    from django.core.management import call_command

    from backend.matches.catalogue_memory import catalogues

    call_command("flush", interactive=False, verbosity=0)
    catalogues.forget()


def _print(figures: Figures) -> None:
    table = Table(title="性能测量", title_justify="left")
    table.add_column("测量")
    table.add_column("项目")
    table.add_column("数值", justify="right")
    for part, values in figures.items():
        for name, value in values.items():
            shown = f"{value:,.3f}" if isinstance(value, float) else str(value)
            table.add_row(part, name, shown)
            part = ""  # noqa: PLW2901 - named once per group
    Console().print(table)
