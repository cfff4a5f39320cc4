"""Conditions that alone keep a product from needs that nothing serves.

The near misses of the institution's side: a product counts where exactly one of its
conditions is unmet and the institution may relax it. The financing type is what the product
is, so it is left as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.eligibility.catalogue import Catalogue
from matching.eligibility.facts import Facts
from matching.eligibility.outcomes import SLOT, SLOTS, UNMET, Outcomes, Rows
from matching.explanation.demands import (
    FIELDS,
    Subject,
    demand_of,
    relaxation_steps,
)
from matching.explanation.rows import in_order
from matching.results import Relaxation

Integers = NDArray[np.int64]

_TERMS_SLOT: Final = SLOT["stated_terms"]
_RELAXABLE: Final = in_order(set(FIELDS) - {"terms"})
# Intervals: criterion -> what the need or the firm brings.
_INTERVALS: Final = {"amount": "amount", "term": "term", "firm_age": "age_months"}


@dataclass(frozen=True, slots=True)
class NearProducts:
    """The products of which one condition alone is unmet, for one need.

    Attributes
    ----------
    keys : int array, shape (r,)
        Product and condition as one number (see ``_shape``).
    """

    keys: Integers


def find_near_products(
    catalogue: Catalogue, facts: Facts, outcomes: Outcomes, rows: Rows
) -> NearProducts:
    """Find the products, among some, that one relaxable condition keeps from a need."""
    terms = catalogue.terms.count(outcomes.terms == UNMET)[rows]
    unmet = outcomes.table[:, rows] == UNMET
    count = unmet[:_TERMS_SLOT].sum(axis=0) + terms
    parts = []
    for criterion in _RELAXABLE:
        own = rows[(count == 1) & unmet[SLOT[criterion]]]
        if len(own):
            end = _ends(catalogue, facts, criterion, own)
            parts.append(_keys(catalogue, own, SLOT[criterion], end, 0))
    own = rows[(count == 1) & (terms == 1)]
    if len(own):
        numbers = np.array([_unmet_term(catalogue, outcomes, row) for row in own.tolist()])
        parts.append(_keys(catalogue, own, _TERMS_SLOT, 0, numbers))
    return NearProducts(np.concatenate(parts) if parts else np.empty(0, dtype=np.int64))


def rank_relaxations(
    catalogue: Catalogue,
    unserved: Sequence[tuple[Facts, NearProducts]],
    *,
    top: int | None,
) -> tuple[Relaxation, ...]:
    """Group the products by the condition to relax, those that serve most needs first.

    Parameters
    ----------
    unserved : sequence of (Facts, NearProducts)
        Needs that nothing serves.
    top : int or None
        How many to keep; the others are counted only.
    """
    if not any(len(near.keys) for _, near in unserved):
        return ()
    keys = np.concatenate([near.keys for _, near in unserved])
    need_of_key = np.repeat(np.arange(len(unserved)), [len(near.keys) for _, near in unserved])
    distinct, group_of_key = np.unique(keys, return_inverse=True)
    needs = np.bincount(group_of_key, minlength=len(distinct))
    firms = _count_firms(unserved, need_of_key, group_of_key, len(distinct))
    # The keys ascend by product code, criterion, end and term already.
    order = np.lexsort((np.arange(len(distinct)), -firms, -needs))[:top]
    by_group = np.split(np.argsort(group_of_key, kind="stable"), np.cumsum(needs)[:-1])
    conditions = np.stack(np.unravel_index(distinct, _shape(catalogue)), axis=1)
    return tuple(
        _relaxation(
            catalogue,
            conditions[group].tolist(),
            [unserved[number][0] for number in need_of_key[by_group[group]].tolist()],
        )
        for group in order.tolist()
    )


def _relaxation(catalogue: Catalogue, condition: list[int], facts: list[Facts]) -> Relaxation:
    row, slot, end, term = condition
    product = catalogue.products[row]
    stated = catalogue.terms.distinct[term] if slot == _TERMS_SLOT else None
    subject = Subject(product, "terms" if stated else SLOTS[slot], end, stated)
    demands = [(demand_of(subject, own), own.firm.uscc) for own in facts]
    kind, steps = relaxation_steps(subject, demands)
    return Relaxation(
        product=product.code,
        institution=product.institution,
        criterion=subject.criterion_code,
        field=subject.field,
        kind=kind,
        from_value=subject.from_value,
        to_value=steps[-1].to_value,
        needs=steps[-1].needs,
        firms=steps[-1].firms,
        steps=steps,
    )


def _count_firms(
    unserved: Sequence[tuple[Facts, NearProducts]],
    need_of_key: NDArray[np.intp],
    group_of_key: NDArray[np.intp],
    groups: int,
) -> NDArray[np.intp]:
    numbers: dict[str, int] = {}
    firm_of_need = [numbers.setdefault(facts.firm.uscc, len(numbers)) for facts, _ in unserved]
    firms = np.array(firm_of_need, dtype=np.int64)[need_of_key]
    pairs = np.unique(group_of_key * len(numbers) + firms)
    return np.bincount(pairs // len(numbers), minlength=groups)


def _ends(catalogue: Catalogue, facts: Facts, criterion: str, rows: Rows) -> Integers | int:
    """Return which end of the product's interval keeps the need out; 0 without one."""
    if criterion not in _INTERVALS:
        return 0
    fact = getattr(facts, _INTERVALS[criterion])
    asked_low = fact[0] if isinstance(fact, tuple) else fact
    upper = catalogue.limits[criterion][1][rows]
    ends: Integers = (upper < asked_low).astype(np.int64)
    return ends


def _shape(catalogue: Catalogue) -> tuple[int, int, int, int]:
    """Return how many rows, slots, ends of an interval and stated terms a key tells apart."""
    return len(catalogue), len(SLOTS), 2, max(len(catalogue.terms.distinct), 1)


def _keys(
    catalogue: Catalogue, rows: Rows, slot: int, end: Integers | int, term: Integers | int
) -> Integers:
    keys: Integers = np.ravel_multi_index((rows, slot, end, term), _shape(catalogue))
    return keys


def _unmet_term(catalogue: Catalogue, outcomes: Outcomes, row: int) -> int:
    return next(
        number for number in catalogue.terms.of_product[row] if outcomes.terms[number] == UNMET
    )
