"""What a learned model adds to a batch: ``python -m tests.benchmarks.learned``.

CPU time of one thread, the least of a few rounds; needs as a match run takes them, encoded and
ranked in chunks.
"""

from __future__ import annotations

import random
import sys
import time
import zlib
from datetime import timedelta

from matching.bulk import BulkMatcher, hold_needs
from matching.exchange import parse_exchange
from matching.ranking.learned import Candidate, NeedFacts, Outcome, fit_model
from matching.ranking.learned_side import LearnedComponent, family_of
from matching.schema import Exchange
from matching.scoring.learned import LearnedSource
from matching.vocabulary import STAGES
from tests.benchmarks.workload import AS_OF, exchange

CHUNK, TOP, ROUNDS, OUTCOMES = 2_500, 20, 3, 5_000


def main() -> None:
    """Print microseconds per need by rules and with a model."""
    needs, products = (int(word) for word in (*sys.argv[1:], 10_000, 500)[:2])
    work = parse_exchange(exchange(needs=needs, products=products))
    firms = {firm.uscc: firm for firm in work.firms}
    pairs = [(need, firms[need.firm]) for need in work.needs]
    learned = component(work)
    held = [
        hold_needs(pairs[start : start + CHUNK], as_of=AS_OF)
        for start in range(0, len(pairs), CHUNK)
    ]
    started = time.process_time()
    for start in range(0, len(pairs), CHUNK):
        hold_needs(pairs[start : start + CHUNK], as_of=AS_OF)
    reading = time.process_time() - started
    print(f"held {reading / needs * 1e6:8.2f} µs per need")  # noqa: T201
    for name, model in (("rules", None), ("model", learned)):
        print(f"{name} {rank(work, held, model) / needs * 1e6:8.2f} µs per need")  # noqa: T201


def rank(work: Exchange, held: list, model: LearnedSource | None) -> float:
    """Return the CPU seconds of encoding and ranking every chunk."""
    bulk = BulkMatcher(work.products, as_of=AS_OF, learned=model)
    bulk.rank(bulk.encode(held[0]), top=TOP, threads=1)
    best = float("inf")
    for _ in range(ROUNDS):
        started = time.process_time()
        for chunk in held:
            bulk.rank(bulk.encode(chunk), top=TOP, threads=1)
        best = min(best, time.process_time() - started)
    return best


def component(work: Exchange) -> LearnedComponent:
    """Fit a model to outcomes in which each institution likes one stage and one city.

    Its size is what counts here; outcomes by chance alone would be refused.
    """
    chooser = random.Random(0)
    firms = {firm.uscc: firm for firm in work.firms}
    candidates = [
        Candidate(product=one.code, institution=one.institution, family=family_of(one))
        for one in work.products
    ]
    outcomes = []
    for number in range(OUTCOMES):
        need = chooser.choice(work.needs)
        firm = firms[need.firm]
        on = AS_OF - timedelta(days=1 + number % 700)
        facts = NeedFacts(
            code=f"{need.code}-{number}",
            firm=firm.uscc,
            on=on,
            stage=firm.stage,
            industry=firm.industry,
            region=firm.region,
            amount_yuan=need.amount_max_yuan,
        )
        offer = chooser.choice(candidates)
        taste = zlib.crc32(offer.institution.encode())
        liked = (firm.stage == list(STAGES)[taste % len(STAGES)]) + (
            taste % 9 == int(firm.region[3])
        )
        result = "funded" if chooser.random() < 0.1 + 0.3 * liked else "declined"
        outcomes.append(Outcome(need=facts, product=offer.product, result=result, on=on))
    model = fit_model(outcomes, candidates, until=AS_OF, rng=0)
    return LearnedComponent(model, version="1", weight=0.5)


if __name__ == "__main__":
    main()
