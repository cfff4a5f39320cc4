"""What a changed product means for held needs: who is gained, who is lost, and by which change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matching.eligibility.need_facts import NeedFacts
from matching.eligibility.outcomes import UNKNOWN_FIRM
from matching.eligibility.over_needs import ProductOverNeeds
from matching.results import ConditionEffect, NeedGroup, OfferShift, ProductWhatIf
from matching.schema import Product
from matching.vocabulary import CRITERIA

# The fields of a product behind each of its conditions; `validity` says whether it is offered.
_FIELDS: Final = {
    "validity": ("published", "valid_from", "valid_until"),
    "financing_type": ("financing_type",),
    "stage": ("stages",),
    "amount": ("amount_min_yuan", "amount_max_yuan"),
    "term": ("term_min_months", "term_max_months"),
    "rate": ("annual_rate_min",),
    "region": ("regions",),
    "industry": ("industries",),
    "industry_excluded": ("industries_excluded",),
    "tech_field": ("tech_fields",),
    "purpose": ("purposes",),
    "qualifications_all": ("qualifications_all",),
    "qualifications_any": ("qualifications_any",),
    "firm_age": ("firm_age_min_months", "firm_age_max_months"),
    "collateral": ("collateral",),
    "terms": ("terms",),
}
CONDITIONS: Final = ("validity", *CRITERIA)

# How a need stands to a product: the numbers rise as the verdict gets better.
_NOT, _TO_CONFIRM, _ELIGIBLE = range(3)
_Standing = NDArray[np.int8]


def explore_offer(before: Product | None, after: Product, facts: NeedFacts) -> ProductWhatIf:
    """Compare what a product is with what it would be, over all held needs.

    Parameters
    ----------
    before : Product or None
        None is a product that does not exist yet.
    after : Product
    facts : NeedFacts
        Needs of the day that the answer speaks about.
    """
    was, becomes = _standing(before, facts), _standing(after, facts)
    effects = () if before is None else tuple(_effects(before, after, was, facts))
    return ProductWhatIf(
        product=after.code,
        eligible=(int((was == _ELIGIBLE).sum()), int((becomes == _ELIGIBLE).sum())),
        to_confirm=(int((was == _TO_CONFIRM).sum()), int((becomes == _TO_CONFIRM).sum())),
        together=_shift(was, becomes, facts),
        conditions=effects,
    )


def _effects(
    before: Product, after: Product, was: _Standing, facts: NeedFacts
) -> Iterator[ConditionEffect]:
    """Apply each changed condition alone."""
    for condition in CONDITIONS:
        fields = _FIELDS[condition]
        is_same_secrecy = (condition in before.undisclosed) == (condition in after.undisclosed)
        if is_same_secrecy and all(_is_same(before, after, field) for field in fields):
            continue
        values: dict[str, Any] = {field: getattr(after, field) for field in fields}
        hidden = (before.undisclosed - {condition}) | (after.undisclosed & {condition})
        alone = replace(before, undisclosed=hidden, **values)
        yield ConditionEffect(condition, _shift(was, _standing(alone, facts), facts))


def _is_same(before: Product, after: Product, field: str) -> bool:
    """Say whether a condition is the same; an empty list is none, and order says nothing."""
    old, new = getattr(before, field), getattr(after, field)
    if isinstance(old, tuple) or isinstance(new, tuple):
        return set(old or ()) == set(new or ())
    return bool(old == new)


def _standing(product: Product | None, facts: NeedFacts) -> _Standing:
    standing = np.zeros(len(facts.needs), dtype=np.int8)
    if product is not None:
        compared = ProductOverNeeds(product, facts)
        positions = compared.matching_needs()
        table, _ = compared.outcomes(positions)
        is_eligible = table.max(axis=0, initial=0) < UNKNOWN_FIRM
        standing[positions] = np.where(is_eligible, _ELIGIBLE, _TO_CONFIRM)
    return standing


def _shift(was: _Standing, becomes: _Standing, facts: NeedFacts) -> OfferShift:
    return OfferShift(
        gained=_group((was == _NOT) & (becomes != _NOT), facts),
        lost=_group((was != _NOT) & (becomes == _NOT), facts),
        confirmed=_group((was == _TO_CONFIRM) & (becomes == _ELIGIBLE), facts),
        opened=_group((was == _ELIGIBLE) & (becomes == _TO_CONFIRM), facts),
    )


def _group(marks: NDArray[np.bool_], facts: NeedFacts) -> NeedGroup:
    """Name the marked needs, and count them and their firms by city and stage."""
    needs = facts.needs
    regions, stages = needs.classes["region"], needs.classes["stage"]
    rows = np.flatnonzero(marks).tolist()
    places = [
        (
            _city(regions.distinct[regions.of_need[row]]),
            stages.distinct[stages.of_need[row]][0],
        )
        for row in rows
    ]
    firms = {(place, needs.firms[row]) for place, row in zip(places, rows, strict=True)}
    firms_at = Counter(place for place, _ in firms)
    return NeedGroup(
        needs=tuple(needs.codes[row] for row in rows),
        firms=len({needs.firms[row] for row in rows}),
        by_place=tuple(
            (city, stage, count, firms_at[city, stage])
            for (city, stage), count in sorted(Counter(places).items(), key=_by_code)
        ),
    )


def _by_code(item: tuple[tuple[str | None, str | None], int]) -> tuple[str, str]:
    (city, stage), _ = item
    return city or "", stage or ""


def _city(region: str | None) -> str | None:
    """Return the city of a region; a province has none."""
    if region is None or region.endswith("0000"):
        return None
    return f"{region[:4]}00"
