"""A small fitted model of the institutions and codes that the strategies draw from."""

from __future__ import annotations

import random
from datetime import date, timedelta
from functools import cache

from matching.ranking.learned import Candidate, NeedFacts, Outcome, fit_model
from matching.ranking.learned_side import LearnedComponent
from tests.matching.strategies import INDUSTRIES, REGIONS, STAGES

PRODUCTS = tuple(
    Candidate(product=f"{institution}{family}", institution=institution, family=family)
    for institution in ("B1", "B2", "B4")
    for family in ("debt", "equity")
)


@cache
def component(weight: float = 0.5) -> LearnedComponent:
    """Fit once: seeds go to B1, other stages to B2, whatever else they are."""
    random_ = random.Random(7)
    outcomes = []
    for number in range(400):
        on = date(2026, 1, 1) + timedelta(days=number // 2)
        need = NeedFacts(
            code=f"N{number}",
            firm=f"F{number % 90}",
            on=on,
            stage=random_.choice(STAGES),
            industry=random_.choice(INDUSTRIES),
            region=random_.choice(REGIONS),
            amount_yuan=random_.randrange(1, 9) * 1_000_000,
        )
        likes = "B1" if need.stage == "seed" else "B2"
        offer = random_.choice(PRODUCTS)
        funded = offer.institution == likes
        outcomes.append(
            Outcome(
                need=need,
                product=offer.product,
                result="funded" if funded else "declined",
                on=on + timedelta(days=5),
            )
        )
    model = fit_model(outcomes, PRODUCTS, until=date(2026, 11, 1), rng=0)
    return LearnedComponent(model, version="1-test", weight=weight)
