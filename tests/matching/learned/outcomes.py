"""Made-up outcomes with a pattern: stage and city decide who funds whom."""

import random
from datetime import date, timedelta

from matching.ranking.learned import Candidate, NeedFacts, Outcome

STAGES = ("seed", "startup", "growth", "mature")
UNTIL = date(2026, 6, 1)


def made_candidates(institutions: int = 12) -> list[Candidate]:
    """Return two products per institution; every fourth institution declares its stage."""
    return [
        Candidate(
            product=f"P{number:03d}{kind}",
            institution=f"I{number:03d}",
            family=family,
            stages=(STAGES[number % 4],) if number % 4 == 0 else (),
        )
        for number in range(institutions)
        for kind, family in (("a", "debt"), ("b", "equity"))
    ]


def made_need(number: int, chance: random.Random, on: date) -> NeedFacts:
    """Return a need with most of its facts."""
    return NeedFacts(
        code=f"N{number:05d}",
        firm=f"F{number // 2:05d}",
        on=on,
        stage=chance.choice([*STAGES, None]),
        industry=chance.choice(["C26", "C3976", "I65", "M", None]),
        region=chance.choice(["220102", "220200", "220381", "220000", None]),
        amount_yuan=chance.choice([300_000, 2_000_000, 20_000_000, None]),
    )


def made_outcomes(needs: int = 400, *, seed: int = 5) -> list[Outcome]:
    """Return five outcomes per need over a year and more."""
    chance = random.Random(seed)
    candidates = made_candidates()
    outcomes = []
    for number in range(needs):
        on = date(2025, 1, 1) + timedelta(days=number * 450 // needs)
        need = made_need(number, chance, on)
        for position, candidate in enumerate(chance.sample(candidates, 5), start=1):
            unit = int(candidate.institution[1:])
            likely = 0.1 + 0.6 * (need.stage == STAGES[unit % 4])
            funded = chance.random() < likely
            outcomes.append(
                Outcome(
                    need=need,
                    product=candidate.product,
                    result="funded" if funded else chance.choice(["declined", "no_answer"]),
                    on=on + timedelta(days=chance.randrange(1, 40)),
                    position=position,
                )
            )
    return outcomes
