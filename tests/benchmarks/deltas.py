"""`python -m tests.benchmarks.deltas`: one product changed, against ranking everything again."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from matching.bulk import BulkMatcher
from matching.eligibility.columns import NeedColumns
from matching.parameters import load_parameters
from matching.ranking.batch import name_lists
from matching.ranking.held import HeldRanking
from matching.schema import Product
from tests.benchmarks.engines.answers import TOP
from tests.benchmarks.growth import repeat
from tests.benchmarks.prepared import only_products, prepare
from tests.benchmarks.timing import spread
from tests.benchmarks.workload import AS_OF

_CHANGES = 25


def measure_deltas(columns: NeedColumns, products: list[Product]) -> dict[str, Any]:
    """Change one product after another; at the end all lists must be those of ranking anew."""
    held = HeldRanking(products, columns, top=TOP, parameters=load_parameters(AS_OF))
    changed = {product.code: product for product in products}
    step = len(products) // _CHANGES
    costs, touched = [], []
    for product in products[step // 2 :: step][:_CHANGES]:
        better = changed[product.code] = _with_other_terms(product)
        cost, codes = _timed(lambda better=better: held.change_product(better.code, better))
        costs.append(cost)
        touched.append(len(codes))
    again, rank_alone, ranked = _rank_again(list(changed.values()), columns)
    expected = name_lists(ranked.needs, ranked.products, ranked.result.by_need)
    assert all(own == other for own, other in zip(held, expected, strict=True)), "lists differ"
    return {
        "needs": len(columns),
        "products": len(products),
        "changes": len(costs),
        "delta_cpu_ms": spread([cost / 1e6 for cost in costs]),
        "lists_touched": spread([float(count) for count in touched]),
        "again_cpu_ms": again / 1e6,
        "rank_alone_cpu_ms": rank_alone / 1e6,
        "again_against_delta": spread([again / cost for cost in costs]),
        "rank_alone_against_delta": spread([rank_alone / cost for cost in costs]),
    }


def _with_other_terms(product: Product) -> Product:
    """Return the product with a larger limit, a promise and, where it lends, a lower rate."""
    rate = product.annual_rate_min
    return replace(
        product,
        amount_max_yuan=(product.amount_max_yuan or 1_000_000) * 2,
        green_approval=True,
        annual_rate_min=None if rate is None else round(rate * 0.9, 5),
    )


def _rank_again(products: list[Product], columns: NeedColumns) -> tuple[int, int, Any]:
    """Index, encode and rank everything; also return what the ranking takes of it."""
    whole, (matcher, encoded) = _timed(lambda: _encoded(products, columns))
    rank, ranked = _timed(lambda: matcher.rank(encoded, top=TOP, threads=1))
    return whole + rank, rank, ranked


def _encoded(products: list[Product], columns: NeedColumns) -> tuple[BulkMatcher, Any]:
    matcher = BulkMatcher(products, as_of=AS_OF)
    return matcher, matcher.encode(columns)


def _timed(call: Callable[[], Any]) -> tuple[int, Any]:
    start = time.process_time_ns()
    answer = call()
    return time.process_time_ns() - start, answer


def main() -> None:
    """Measure one size."""
    parser = argparse.ArgumentParser()
    for option in ("needs", "products", "threads"):
        parser.add_argument(f"--{option}", type=int, required=True)
    options = parser.parse_args()
    columns = prepare(needs=options.needs, products=100).columns
    warm = list(only_products(1_000))
    measure_deltas(repeat(columns, 2_000), warm)  # compiles
    figures = measure_deltas(columns, list(only_products(options.products)))
    json.dump(figures, sys.stdout)


if __name__ == "__main__":
    main()
