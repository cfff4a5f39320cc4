"""What the open needs of a region ask for, counted; nobody is named."""

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass

from backend.needs.models import Need
from backend.organizations.actors import Actor

# Up to which amounts needs are told apart when they are counted: 100, 500, 1,000, 3,000 万元.
AMOUNT_BANDS_YUAN = (1_000_000, 5_000_000, 10_000_000, 30_000_000)


@dataclass(frozen=True, slots=True)
class Demand:
    """What the open needs of a region ask for, counted by code; a need may name several.

    ``amounts`` counts by the index of the band, with None where no amount is stated.
    """

    needs: int
    firms: int
    asked_yuan: int
    financing_types: Counter[str]
    purposes: Counter[str]
    collateral: Counter[str]
    amounts: Counter[int | None]


def describe_demand(*, actor: Actor, region: str) -> Demand:
    """Return what the open needs of a region that a department sees ask for; one query."""
    rows = (
        Need.objects.visible_to(actor)
        .open()
        .inside(region)
        .order_by()
        .values_list(
            "firm_id",
            "amount_min_yuan",
            "amount_max_yuan",
            "financing_types",
            "purposes",
            "collateral",
        )
    )
    firms: set[int] = set()
    amounts: Counter[int | None] = Counter()
    named: tuple[Counter[str], ...] = (Counter(), Counter(), Counter())
    asked = 0
    for firm, low, high, *codes in rows:
        firms.add(firm)
        amount = low if high is None else high
        asked += amount or 0
        amounts[None if amount is None else bisect_left(AMOUNT_BANDS_YUAN, amount)] += 1
        for counter, found in zip(named, codes, strict=True):
            counter.update(found or ())
    return Demand(amounts.total(), len(firms), asked, *named, amounts)
