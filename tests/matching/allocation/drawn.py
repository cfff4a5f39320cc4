"""Allocation problems for tests: written by hand or drawn at random."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from matching.allocation.pairs import CandidatePairs
from matching.allocation.problem import AllocationProblem, build_problem
from matching.schema import Institution, Need, Product

Offer = tuple[str, str, str, bool, float]  # need, institution, product, to_confirm, score


@dataclass(frozen=True)
class Draft:
    """The parts of a problem by code, easily read and changed."""

    offers: Sequence[Offer]
    capacities: Mapping[str, int | None]
    needs: Sequence[Need]
    per_need: int = 1
    excluded: frozenset[tuple[str, str]] = field(default_factory=frozenset)

    def usable(self) -> list[Offer]:
        """Return the offers that may become referrals, said anew and slowly."""
        kept = []
        for offer in self.offers:
            need = next(need for need in self.needs if need.code == offer[0])
            named = need.open_to_others or offer[1] in (need.preferred_institutions or ())
            if named and offer[:2] not in self.excluded:
                kept.append(offer)
        return kept

    def first_choice(self, offer: Offer) -> bool:
        """Return whether the offer comes from the institution that the need prefers first."""
        need = next(need for need in self.needs if need.code == offer[0])
        return (need.preferred_institutions or (None,))[0] == offer[1]


def problem_of(draft: Draft) -> AllocationProblem:
    """Build the problem of a draft."""
    products = sorted({(offer[2], offer[1]) for offer in draft.offers})
    needs = {need.code: position for position, need in enumerate(draft.needs)}
    places = {code: position for position, (code, _) in enumerate(products)}
    pairs = CandidatePairs(
        needs=draft.needs,
        products=[
            Product(code=code, institution=owner, name=code, financing_type="credit_loan")
            for code, owner in products
        ],
        need=np.array([needs[offer[0]] for offer in draft.offers], np.int64),
        product=np.array([places[offer[2]] for offer in draft.offers], np.int64),
        to_confirm=np.array([offer[3] for offer in draft.offers], np.bool_),
        score=np.array([offer[4] for offer in draft.offers], np.float64),
    )
    institutions = [
        Institution(code=code, name=code, kind="bank", capacity=capacity)
        for code, capacity in draft.capacities.items()
    ]
    return build_problem(pairs, institutions, per_need=draft.per_need, excluded=draft.excluded)


def needs_of(*codes: str) -> list[Need]:
    """Return needs without any wish."""
    return [Need(code=code, firm=f"firm of {code}") for code in codes]


def draw(
    seed: int, *, needs: int, institutions: int, offers: int, per_need: int | None = None
) -> Draft:
    """Draw a problem with everything in it: limits, wishes, closed needs, exclusions, ties."""
    rng = random.Random(seed)
    codes = [f"B{number}" for number in range(institutions)]
    capacities = {
        code: rng.choice([None, 0, *range(1, 2 + 2 * needs // max(1, institutions))])
        for code in codes
    }
    drawn_needs = [_need(rng, f"N{number}", codes) for number in range(needs)]
    drawn_offers = [
        (need.code, code, f"P-{code}", rng.random() < 0.5, _score(rng))
        for need in drawn_needs
        for code in rng.sample(codes, min(institutions, rng.randint(0, offers)))
    ]
    pairs = [offer[:2] for offer in drawn_offers]
    return Draft(
        offers=drawn_offers,
        capacities=capacities,
        needs=drawn_needs,
        per_need=per_need or rng.randint(1, 4),
        excluded=frozenset(rng.sample(pairs, len(pairs) // 10)),
    )


def shuffled(draft: Draft, seed: int) -> Draft:
    """Return the same problem with every list in another order."""
    rng = random.Random(seed)
    return replace(
        draft,
        offers=rng.sample(draft.offers, len(draft.offers)),
        needs=rng.sample(draft.needs, len(draft.needs)),
        capacities=dict(rng.sample(list(draft.capacities.items()), len(draft.capacities))),
    )


def _need(rng: random.Random, code: str, institutions: list[str]) -> Need:
    preferred = tuple(rng.sample(institutions, min(len(institutions), rng.randint(0, 3))))
    return Need(
        code=code,
        firm=f"firm of {code}",
        preferred_institutions=rng.choice([None, preferred, preferred]),
        open_to_others=rng.random() < 0.85,
    )


def _score(rng: random.Random) -> float:
    """Return a score; some are round, so that ties happen, and some end beyond six decimals."""
    return rng.choice([rng.random(), round(rng.random(), 1), rng.randint(0, 10**7) / 10**7])
