"""What institutions declare, as needs that they say they serve."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from matching.ranking.learned.records import Candidate, NeedFacts


def declared_by(candidate: Candidate) -> list[NeedFacts]:
    """Return needs as the institution says that it serves them; none where it says nothing."""
    lists = (candidate.stages, candidate.industries, candidate.regions)
    amounts = [
        amount
        for amount in (candidate.amount_min_yuan, candidate.amount_max_yuan)
        if amount is not None
    ]
    rounds = max(map(len, (*lists, amounts)))
    stages, industries, regions = (sorted(own) for own in lists)
    return [
        NeedFacts(
            code="",
            firm="",
            on=date.min,
            stage=stages[turn % len(stages)] if stages else None,
            industry=industries[turn % len(industries)] if industries else None,
            region=regions[turn % len(regions)] if regions else None,
            amount_yuan=amounts[turn % len(amounts)] if amounts else None,
        )
        for turn in range(rounds)
    ]


def declared_needs(candidates: Iterable[Candidate]) -> list[NeedFacts]:
    """Return the needs that any of the candidates declares to serve."""
    return [need for candidate in candidates for need in declared_by(candidate)]
