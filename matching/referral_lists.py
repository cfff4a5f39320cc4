"""From an exchange to referral lists under capacities."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

import numpy as np

from matching.allocation.answer import allocate
from matching.allocation.pairs import CandidatePairs
from matching.allocation.places import PairPlaces, keep_products
from matching.allocation.problem import build_problem
from matching.pipeline import Matcher
from matching.references import firms_of_needs
from matching.schema import Allocation, Exchange, Firm, Need
from matching.scoring.learned import LearnedSource

# From so many pairs on, the compiled engine is faster although it has to be loaded first.
_LARGE: Final = 4_000_000
# Pairs for which the compiled engine has room at a time, some 12 bytes each.
_ROOM: Final = 8_000_000


def candidate_pairs(
    exchange: Exchange, as_of: date, *, learned: LearnedSource | None = None
) -> CandidatePairs:
    """Return every pair of the exchange that is eligible or to be confirmed on a day.

    Raises
    ------
    InputError
        When a need names a firm that the file does not hold.
    """
    firms = firms_of_needs(exchange)
    pairs = [(need, firms[need.firm]) for need in exchange.needs]
    is_large = len(pairs) * len(exchange.products) >= _LARGE
    find = _find_all_at_once if is_large else _find_one_by_one
    parts = list(find(exchange, pairs, as_of, learned))
    return CandidatePairs(
        needs=exchange.needs,
        products=exchange.products,
        need=np.concatenate([_NOTHING, *(part.need for part in parts)]),
        product=np.concatenate([_NOTHING, *(part.product for part in parts)]),
        to_confirm=np.concatenate([_NOTHING, *(part.to_confirm for part in parts)]).astype(
            np.bool_
        ),
        score=np.concatenate([_NOTHING, *(part.score for part in parts)]).astype(np.float64),
    )


_NOTHING: Final = np.zeros(0, dtype=np.int64)


class _Part(NamedTuple):
    """Some of the pairs, as ``CandidatePairs`` holds them."""

    need: Any
    product: Any
    to_confirm: Any
    score: Any


def _find_one_by_one(
    exchange: Exchange,
    pairs: Sequence[tuple[Need, Firm]],
    as_of: date,
    learned: LearnedSource | None,
) -> Iterator[_Part]:
    matcher = Matcher(exchange.products, learned=learned)
    place = {product.code: position for position, product in enumerate(exchange.products)}
    for number, (need, firm) in enumerate(pairs):
        found = matcher.shortlist(need, firm, as_of=as_of)
        yield _Part(
            np.full(len(found.products), number),
            np.array([place[code] for code in found.products], dtype=np.int64),
            np.array([verdict == "to_confirm" for verdict in found.verdicts], dtype=np.bool_),
            np.array(found.scores, dtype=np.float64),
        )


def _find_all_at_once(
    exchange: Exchange,
    pairs: Sequence[tuple[Need, Firm]],
    as_of: date,
    learned: LearnedSource | None,
) -> Iterator[_Part]:
    from matching.bulk import BulkMatcher, hold_needs  # noqa: PLC0415 - small files start fast

    bulk = BulkMatcher(exchange.products, as_of=as_of, learned=learned)
    encoded = bulk.encode(hold_needs(pairs, as_of=as_of))
    need_place = {need.code: position for position, (need, _) in enumerate(pairs)}
    needs = np.array([need_place[code] for code in encoded.codes])
    product_place = {product.code: position for position, product in enumerate(exchange.products)}
    products = np.array([product_place[code] for code in bulk.codes])
    step = max(1, _ROOM // len(products))
    for start in range(0, len(needs), step):
        rows = np.arange(start, min(start + step, len(needs)))
        lists = bulk.rank(encoded.take(rows), top=len(products)).result.by_need
        used = np.arange(len(products)) < lists.lengths[:, np.newaxis]
        yield _Part(
            np.repeat(needs[rows], lists.lengths),
            products[lists.products[used]],
            ~lists.is_eligible[used],
            lists.scores[used],
        )


def allocate_exchange(
    exchange: Exchange,
    *,
    as_of: date,
    per_need: int,
    excluded: Iterable[tuple[str, str]] = (),
) -> Allocation:
    """Choose the referrals of an exchange under its institutions' capacities.

    Parameters
    ----------
    exchange : Exchange
        In any order.
    as_of : date
        The day that the answer speaks about.
    per_need : int
        Most institutions a need may go to, at least 1.
    excluded : iterable of (str, str)
        Need code and institution code of pairs that may not be used, besides what the needs
        themselves exclude.

    Returns
    -------
    Allocation
        Optimal in the order of semantics, section 10.

    Raises
    ------
    InputError
        When the input cannot be used, with every fault.
    SolverError
        When the flow solver fails.
    """
    pairs = candidate_pairs(exchange, as_of)
    return allocate(
        build_problem(pairs, exchange.institutions, per_need=per_need, excluded=excluded)
    )


def allocate_among(
    exchange: Exchange,
    *,
    as_of: date,
    per_need: int,
    excluded: Iterable[tuple[str, str]] = (),
    only_products: Collection[str] | None = None,
    learned: LearnedSource | None = None,
) -> tuple[Allocation, PairPlaces]:
    """Choose the referrals to some of the institutions whose products are ranked.

    Parameters
    ----------
    exchange : Exchange
        ``institutions`` are those that may take; products of others are ranked along with
        theirs, so that places count among all, and are never chosen.
    as_of, per_need, excluded
        As in ``allocate_exchange``.
    only_products : collection of str or None
        Codes of the products that may be chosen; None is any of the institutions'.
    learned : LearnedSource or None
        Changes scores. None scores by rules.

    Returns
    -------
    Allocation
        A need that only products outside the choice match counts as ``no_candidate``.
    PairPlaces
        Of every pair, chosen or not.

    Raises
    ------
    InputError, SolverError
        As ``allocate_exchange``.
    """
    pairs = candidate_pairs(exchange, as_of, learned=learned)
    takers = {institution.code for institution in exchange.institutions}
    is_offered = [
        product.institution in takers and (only_products is None or product.code in only_products)
        for product in exchange.products
    ]
    problem = build_problem(
        keep_products(pairs, np.array(is_offered, dtype=np.bool_)),
        exchange.institutions,
        per_need=per_need,
        excluded=excluded,
    )
    return allocate(problem), PairPlaces(pairs)
