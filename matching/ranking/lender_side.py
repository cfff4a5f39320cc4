"""The lender's side: the same pairs, grouped by product or by institution."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from matching.schema import Match, NeedResult, Product
from matching.vocabulary import VERDICTS

_PLACE_OF_VERDICT = {verdict: place for place, verdict in enumerate(VERDICTS)}


def by_product(
    results: Iterable[NeedResult], *, top: int | None = None
) -> Mapping[str, tuple[Match, ...]]:
    """Group the matches of all needs by product.

    Parameters
    ----------
    results : iterable of NeedResult
        Whole lists of the needs; a list that was cut lacks what a product should see.
    top : int or None
        How many matches to keep for each product.

    Returns
    -------
    mapping of str to tuple of Match
        Product codes with at least one match, ascending. Matches are ordered by verdict,
        score and need code, and ranked anew from 1.
    """
    return _grouped(results, lambda match: match.product, top)


def by_institution(
    results: Iterable[NeedResult], products: Iterable[Product], *, top: int | None = None
) -> Mapping[str, tuple[Match, ...]]:
    """Group the matches of all needs by the institution that offers the product.

    Parameters
    ----------
    results : iterable of NeedResult
        Whole lists of the needs.
    products : iterable of Product
        The catalogue that was ranked; it says whose a product is.
    top : int or None
        How many matches to keep for each institution.

    Returns
    -------
    mapping of str to tuple of Match
        As ``by_product``; a need stands once for each product, equal scores of one need in
        ascending order of product code.
    """
    institution_of = {product.code: product.institution for product in products}
    return _grouped(results, lambda match: institution_of[match.product], top)


def _grouped(
    results: Iterable[NeedResult], group_of: Callable[[Match], str], top: int | None
) -> dict[str, tuple[Match, ...]]:
    groups: dict[str, list[Match]] = {}
    for result in results:
        for match in result.matches:
            groups.setdefault(group_of(match), []).append(match)
    return {code: _ranked(groups[code], top) for code in sorted(groups)}


def _ranked(matches: list[Match], top: int | None) -> tuple[Match, ...]:
    matches.sort(key=_place)
    kept = matches if top is None else matches[: max(top, 0)]
    return tuple(replace(match, rank=rank) for rank, match in enumerate(kept, start=1))


def _place(match: Match) -> tuple[int, float, str, str]:
    return (_PLACE_OF_VERDICT[match.verdict], -match.score, match.need, match.product)
