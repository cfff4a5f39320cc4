"""The allocation problem in arrays, in an order that does not depend on the input's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from matching.allocation.checks import check_problem
from matching.allocation.pairs import CandidatePairs, Flags, Floats, Ints
from matching.schema import Institution, Need

MICRO: Final = 1_000_000  # scores count to six decimals

# What bars a pair. An institution that a closed need did not name is out of the question,
# whatever else is true of the pair.
USABLE, NOT_NAMED, EXCLUDED = 0, 1, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationProblem:
    """Needs, institutions with capacity, and the pairs between them.

    Attributes
    ----------
    needs, institutions, products : tuple of str
        Codes in ascending order, shapes (n,), (i,) and any.
    capacity : int array, shape (i,)
        Referrals that an institution takes. No limit, and any limit beyond n, is n + 1: more
        than there are needs, so that such an institution is never full.
    per_need : int
        Institutions that a need may go to, at least 1.
    need, institution, product : int array, shape (p,)
        Positions; one pair for each need and institution, ascending by need, then
        institution. The product is the institution's best for the need.
    to_confirm : bool array, shape (p,)
        Verdict of the pair.
    score_micro : int64 array, shape (p,)
        Score in millionths, in [0, 1 000 000].
    first_choice : bool array, shape (p,)
        Whether the institution is the first that the need prefers.
    barred : uint8 array, shape (p,)
        USABLE, NOT_NAMED or EXCLUDED.
    """

    needs: tuple[str, ...]
    institutions: tuple[str, ...]
    products: tuple[str, ...]
    capacity: Ints
    per_need: int
    need: Ints
    institution: Ints
    product: Ints
    to_confirm: Flags
    score_micro: Ints
    first_choice: Flags
    barred: npt.NDArray[np.uint8]


def build_problem(
    pairs: CandidatePairs,
    institutions: Sequence[Institution],
    *,
    per_need: int,
    excluded: Iterable[tuple[str, str]] = (),
) -> AllocationProblem:
    """Bring an allocation problem into arrays.

    Parameters
    ----------
    pairs : CandidatePairs
        Of several products that an institution has for a need, the best stands for it:
        eligible before to_confirm, then the higher score at full precision, then the product
        code.
    institutions : sequence of Institution
        All institutions that offer a product, with their capacities.
    per_need : int
        Most institutions a need may go to, at least 1.
    excluded : iterable of (str, str)
        Need code and institution code of pairs that may not be used: declined, withdrawn, no
        consent, conflict of interest. A pair that names no candidate excludes nothing.

    Returns
    -------
    AllocationProblem
        The same for every order of the arguments' items.

    Raises
    ------
    InputError
        With every fault: a code that stands twice, an unknown institution, a negative
        capacity, ``per_need`` below 1, a score outside [0, 1] or not a number.
    """
    check_problem(pairs, institutions, per_need=per_need)
    needs, need_rank = _ranked([need.code for need in pairs.needs])
    codes, institution_rank = _ranked([institution.code for institution in institutions])
    products, product_rank = _ranked([product.code for product in pairs.products])
    place = {code: position for position, code in enumerate(codes)}
    owner = _ints([place[product.institution] for product in pairs.products])

    need, institution = need_rank[pairs.need], owner[pairs.product]
    product = product_rank[pairs.product]
    best = _best_per_cell(need * len(codes) + institution, pairs, product)
    need, institution = need[best], institution[best]

    capacity = np.empty(len(codes), np.int64)
    capacity[institution_rank] = [_bounded(one.capacity, len(needs)) for one in institutions]
    return AllocationProblem(
        needs=needs,
        institutions=codes,
        products=products,
        capacity=capacity,
        per_need=per_need,
        need=need,
        institution=institution,
        product=product[best],
        to_confirm=pairs.to_confirm[best],
        score_micro=_millionths(pairs.score[best]),
        first_choice=institution == _first_choices(pairs.needs, need_rank, place)[need],
        barred=_barred(need, institution, pairs.needs, place, needs=needs, excluded=excluded),
    )


def _ranked(codes: Sequence[str]) -> tuple[tuple[str, ...], Ints]:
    """Return codes in ascending order, and where each of the given ones stands in it."""
    order = sorted(range(len(codes)), key=codes.__getitem__)
    rank = np.empty(len(codes), np.int64)
    rank[order] = np.arange(len(codes))
    return tuple(codes[position] for position in order), rank


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, np.int64)


def _bounded(capacity: int | None, needs: int) -> int:
    return needs + 1 if capacity is None else min(capacity, needs + 1)


def _best_per_cell(cell: Ints, pairs: CandidatePairs, product: Ints) -> Ints:
    """Return the position of the best pair of each need and institution, ascending by both."""
    order = np.lexsort((product, -pairs.score, pairs.to_confirm, cell))
    cell = cell[order]
    starts = np.ones(len(cell), np.bool_)
    starts[1:] = cell[1:] != cell[:-1]
    return order[starts]


def _millionths(scores: Floats) -> Ints:
    """Return scores rounded as ``round(score, 6)`` rounds them, in millionths.

    Examples
    --------
    >>> _millionths(np.array([0.25, 0.1234567, 1.0])).tolist()
    [250000, 123457, 1000000]
    """
    scaled = scores * MICRO
    micro = np.rint(scaled).astype(np.int64)
    # The product is itself rounded, which matters only next to a half; there Python decides
    # on the exact value of the double.
    near_half = np.abs(scaled - np.floor(scaled) - 0.5) < 1e-6
    micro[near_half] = [round(round(score, 6) * MICRO) for score in scores[near_half].tolist()]
    return micro


def _first_choices(needs: Sequence[Need], need_rank: Ints, place: dict[str, int]) -> Ints:
    """Return the institution that each need prefers first, -1 for none."""
    first = np.full(len(needs), -1, np.int64)
    for need, rank in zip(needs, need_rank.tolist(), strict=True):
        if need.preferred_institutions:
            first[rank] = place.get(need.preferred_institutions[0], -1)
    return first


def _barred(
    need: Ints,
    institution: Ints,
    given: Sequence[Need],
    place: dict[str, int],
    *,
    needs: tuple[str, ...],
    excluded: Iterable[tuple[str, str]],
) -> npt.NDArray[np.uint8]:
    row = {code: position for position, code in enumerate(needs)}
    closed = np.zeros(len(needs), np.bool_)
    named: set[int] = set()
    for one in given:
        if not one.open_to_others:
            closed[row[one.code]] = True
            named |= {
                row[one.code] * len(place) + place[code]
                for code in one.preferred_institutions or ()
                if code in place
            }
    out = {row[n] * len(place) + place[i] for n, i in excluded if n in row and i in place}
    cell = need * len(place) + institution
    barred = np.full(len(cell), USABLE, np.uint8)
    barred[np.isin(cell, _ints(out))] = EXCLUDED
    barred[closed[need] & ~np.isin(cell, _ints(named))] = NOT_NAMED
    return barred
