"""Training a version end to end: ``python -m tests.benchmarks.training [outcomes] [products]``.

On an embedded PostgreSQL: a table of outcomes is imported, a version asked for, and trained as
a worker does it: read, listed, fitted, stored, compared. Promised: 50,000 outcomes in 60 s.
"""

from __future__ import annotations

import cProfile
import csv
import io
import os
import pstats
import random
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from tests.benchmarks.workload import AS_OF

_SHOWN = 5  # outcomes per need
_DAYS = 900
_RESULTS = ("未获融资", "未获融资", "未答复")
_INDUSTRIES = ("C3976", "C3610", "I6510", "M7320", "C2710")
_REGIONS = ("220102", "220104", "220202", "222401", "220302")
_PROFILED = 25


def main() -> None:
    """Print the seconds of each step, wall and CPU."""
    outcomes, products = (int(word) for word in (*sys.argv[1:3], 50_000, 500)[:2])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.benchmarks.settings")
    from tests import services

    services.pytest_load_initial_conftests()
    from tests.benchmarks.database import fresh_database

    with fresh_database():
        _measure(outcomes, products)


def _measure(outcomes: int, products: int) -> None:
    from django.utils import timezone

    from backend.exchange.past_results_import import import_past_results
    from backend.learning.services import training
    from tests.benchmarks.database import load
    from tests.benchmarks.workload import exchange

    load(exchange(needs=10, products=products))
    actor, now = _provincial_actor(), timezone.now()
    table = _table(outcomes, timezone.localdate(now))
    imported = _timed(
        "import",
        lambda: import_past_results(
            actor=None,
            data=table,
            file_name="history.csv",
            source="benchmark",
            is_dry_run=False,
            now=now,
        ),
    )
    print(f"{imported.created} outcomes, {imported.needs} needs, {imported.funded} funded")  # noqa: T201
    version = training.request_training(actor=actor, now=now)
    if os.environ.get("PROFILE"):
        profile = cProfile.Profile()
        profile.runcall(training.train_version, version_id=version.pk, now=timezone.now())
        pstats.Stats(profile).sort_stats("cumulative").print_stats(_PROFILED)
    else:
        _timed(
            "train",
            lambda: training.train_version(version_id=version.pk, now=timezone.now()),
        )
    version.refresh_from_db()
    print(version.status, version.failure, version.metrics, version.comparison)  # noqa: T201


def _provincial_actor() -> Any:
    from backend.organizations.enums import Role
    from tests.factories.organizations import make_actor

    return make_actor(organization__department=True, role=Role.DEPARTMENT)


def _timed(name: str, call: Callable[[], Any]) -> Any:
    wall, cpu = time.perf_counter(), time.process_time()
    found = call()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{name:8} {wall:7.1f} s wall {cpu:7.1f} s CPU")  # noqa: T201
    return found


def _table(outcomes: int, today: date) -> bytes:
    """Return outcomes of institutions with a taste in stages, as a department writes them."""
    from backend.exchange.past_results_file import COLUMNS

    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(column.header for column in COLUMNS)
    writer.writerows(_rows(outcomes, today))
    return out.getvalue().encode("utf-8-sig")


def _rows(outcomes: int, today: date) -> Iterator[tuple[object, ...]]:
    """Yield needs at five of the products each that the rules let through."""
    from backend.catalogue.models import Product
    from backend.learning.history import past_snapshots
    from backend.learning.models import PastResult
    from backend.matches import adapters
    from backend.matches.catalogue_memory import catalogues
    from matching.vocabulary import STAGES

    chooser = random.Random(0)
    matcher = adapters.build_matcher(catalogues.current().products.values())
    taste = dict(Product.objects.values_list("code", "institution_id"))
    written = number = 0
    while written < outcomes:
        number += 1
        row = PastResult(
            need_code=f"N{number:06d}",
            firm_key=f"F{chooser.randrange(outcomes // 10):06d}",
            ranked_on=today - timedelta(days=60 + chooser.randrange(_DAYS)),
            stage=chooser.choice(list(STAGES)),
            industry=chooser.choice(_INDUSTRIES),
            region=chooser.choice(_REGIONS),
            amount_yuan=chooser.choice((1, 2, 3, 5, 8, 20)) * 1_000_000,
        )
        need, firm = past_snapshots(row)
        found = adapters.shortlist(matcher, need, firm, as_of=AS_OF, top=1_000_000)
        shown = chooser.sample(sorted(found.codes), min(_SHOWN, len(found.codes)))
        for position, product in enumerate(shown, start=1):
            likely = 0.5 if list(STAGES)[taste[product] % len(STAGES)] == row.stage else 0.1
            result = "获得融资" if chooser.random() < likely else chooser.choice(_RESULTS)
            known = row.ranked_on + timedelta(days=chooser.randrange(1, 50))
            facts = row.need_code, row.firm_key, row.ranked_on, STAGES[row.stage], row.industry
            amount = row.amount_yuan // 10_000
            yield (*facts, row.region, amount, product, result, known, position)
            written += 1


if __name__ == "__main__":
    main()
