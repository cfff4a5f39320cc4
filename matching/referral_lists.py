"""From an exchange to referral lists under capacities."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import numpy as np

from matching.allocation.answer import allocate
from matching.allocation.pairs import CandidatePairs
from matching.allocation.problem import build_problem
from matching.pipeline import Matcher, firms_of_needs
from matching.schema import Allocation, Exchange


def candidate_pairs(exchange: Exchange, as_of: date) -> CandidatePairs:
    """Return every pair of the exchange that is eligible or to be confirmed on a day.

    Raises
    ------
    InputError
        When a need names a firm that the file does not hold.
    """
    firms = firms_of_needs(exchange)
    matcher = Matcher(exchange.products)
    place = {product.code: position for position, product in enumerate(exchange.products)}
    shortlists = [matcher.shortlist(need, firms[need.firm], as_of=as_of) for need in exchange.needs]
    lengths = [len(one.products) for one in shortlists]
    pairs = sum(lengths)
    return CandidatePairs(
        needs=exchange.needs,
        products=exchange.products,
        need=np.repeat(np.arange(len(shortlists)), lengths),
        product=np.fromiter(
            (place[code] for one in shortlists for code in one.products), np.int64, pairs
        ),
        to_confirm=np.fromiter(
            (word == "to_confirm" for one in shortlists for word in one.verdicts), np.bool_, pairs
        ),
        score=np.fromiter((score for one in shortlists for score in one.scores), np.float64, pairs),
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
