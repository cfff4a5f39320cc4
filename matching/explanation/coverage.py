"""Which needs no product serves, counted by kind of need.

A need is served when at least one candidate is eligible or to confirm.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from matching.eligibility.catalogue import Catalogue
from matching.eligibility.facts import Facts
from matching.eligibility.outcomes import UNMET, Outcomes
from matching.eligibility.regions import CITY, region_level
from matching.explanation.relaxations import NearProducts, find_near_products, rank_relaxations
from matching.results import Coverage, Gap, Group

# Upper ends of the bands of asked amounts, in yuan, each included; above the last is one more.
#  - 1000 万元: 普惠型小微企业贷款按单户授信总额 1000 万元及以下统计（原银保监会口径）;
#  - 2000 万元: 中国人民银行自 2024 年起普惠小微贷款认定标准，单户授信不超过 2000 万元;
#  - 100 万元, 500 万元, 5000 万元: 平台设定.
AMOUNT_BANDS_YUAN: Final = (1_000_000, 5_000_000, 10_000_000, 20_000_000, 50_000_000)


@dataclass(frozen=True, slots=True)
class Service:
    """What one need finds.

    Attributes
    ----------
    near : NearProducts or None
        For a need that nothing serves: the products that one condition keeps away.
    """

    facts: Facts
    near: NearProducts | None


def assess_service(catalogue: Catalogue, facts: Facts, outcomes: Outcomes) -> Service:
    """Say whether any candidate matches a need, and otherwise which ones nearly do."""
    rows = np.flatnonzero(
        catalogue.candidates(as_of=facts.as_of, excluded=facts.need.excluded_institutions)
    )
    if (outcomes.worst[rows] < UNMET).any():
        return Service(facts, None)
    return Service(facts, find_near_products(catalogue, facts, outcomes, rows))


def summarise_coverage(
    catalogue: Catalogue,
    services: Iterable[Service],
    *,
    as_of: date,
    top: int | None,
    bands: Sequence[int] = AMOUNT_BANDS_YUAN,
) -> Coverage:
    """Count needs and firms by kind and rank the relaxations.

    Parameters
    ----------
    services : iterable of Service
        One per need, in any order.
    top : int or None
        How many relaxations to keep.
    bands : sequence of int
        Upper ends of the amount bands in yuan, ascending.
    """
    ordered = sorted(services, key=lambda service: service.facts.need.code)
    unserved = [service for service in ordered if service.near is not None]
    near = [(service.facts, service.near) for service in unserved if service.near is not None]
    return Coverage(
        as_of=as_of,
        needs=len(ordered),
        firms=_firms(ordered),
        unserved_needs=len(unserved),
        unserved_firms=_firms(unserved),
        gaps=_gaps(ordered, bands),
        relaxations=rank_relaxations(catalogue, near, top=top),
    )


def _gaps(services: list[Service], bands: Sequence[int]) -> tuple[Gap, ...]:
    members: dict[Group, list[Service]] = {}
    for service in services:
        for group in _groups(service.facts, bands):
            members.setdefault(group, []).append(service)
    gaps = []
    for group, own in members.items():
        unserved = [service for service in own if service.near is not None]
        if unserved:
            gaps.append(Gap(group, len(unserved), _firms(unserved), len(own), _firms(own)))
    return tuple(sorted(gaps, key=lambda gap: (-gap.unserved_needs, _place(gap.group))))


def _groups(facts: Facts, bands: Sequence[int]) -> list[Group]:
    """Return the groups of a need, one per financing type that it names."""
    above = up_to = None
    if facts.amount is not None:
        asked = facts.amount[1]
        above = max((end for end in bands if end < asked), default=None)
        up_to = min((end for end in bands if end >= asked), default=None)
    types = tuple(dict.fromkeys(facts.need.financing_types or ())) or (None,)
    return [
        Group(facts.stage.stage, above, up_to, city_of(facts.firm.region), financing_type)
        for financing_type in types
    ]


def city_of(region: str | None) -> str | None:
    """Return the city of a region code; a province stands for itself.

    Examples
    --------
    >>> city_of("220184"), city_of("220000")
    ('220100', '220000')
    """
    if region is None or region_level(region) < CITY:
        return region
    return f"{region[:4]}00"


def _firms(services: list[Service]) -> int:
    return len({service.facts.firm.uscc for service in services})


def _place(group: Group) -> tuple[object, ...]:
    """Return the key of a group; what is unknown stands last."""
    texts = (group.stage, group.city, group.financing_type)
    numbers = (group.amount_above_yuan, group.amount_up_to_yuan)
    return (
        *((text is None, text or "") for text in texts),
        # The lowest band has no lower end, an unknown amount neither end.
        (numbers == (None, None), numbers[0] or 0),
    )
