"""The compiled loop: filter, score what is left, keep the best of both sides in one pass.

It decides nothing of its own: bitmaps and tables hold every outcome and every part of the
score. A pair's *key* is one whole number that orders as verdict and score do: the bits of the
score, which as a number in [0, 1] order like the number, with one more bit for the eligible.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.eligibility.bitmaps import ENTRY_BITS, FILTERS, OPENS
from matching.ranking.compiled import bits_of, compiled, count_bits, lowest_bit
from matching.ranking.heaps import offer, put_in_order
from matching.ranking.pair_scores import score_pair
from matching.scoring.tables import NeedScores, ProductScores

ELIGIBLE_BIT: Final = 1 << 62
# Of equal keys in a group the earlier need, then the earlier product is better: a tie holds
# both, ``need << PRODUCT_BITS | product``.
PRODUCT_BITS: Final = 24
_WORD_BITS: Final = 6
_WORD_MASK: Final = 63

Words = NDArray[np.uint64]


class Filters(NamedTuple):
    """What decides verdicts.

    Attributes
    ----------
    kept, open : uint64 array, shape (rows, words)
    alive, disclosed : uint64 array, shape (words,)
        Products that may match at all, and those with no undisclosed condition.
    stated : int32 array, shape (products,)
    counted : int32 array, shape (groups, products)
    entries : int32 array, shape (needs, groups)
    stage_group : int
        Column of the stage among the groups.
    """

    kept: Words
    open: Words
    alive: Words
    disclosed: Words
    stated: NDArray[np.int32]
    counted: NDArray[np.int32]
    entries: NDArray[np.int32]
    stage_group: int


class NeedLists(NamedTuple):
    """The best products of each need, best first, and counts of all matches."""

    keys: NDArray[np.int64]
    products: NDArray[np.int32]
    lengths: NDArray[np.int32]
    eligible: NDArray[np.int32]
    to_confirm: NDArray[np.int32]


class GroupLists(NamedTuple):
    """The best pairs of each group of products (a product, or an institution), as heaps."""

    group_of: NDArray[np.int32]
    keys: NDArray[np.int64]
    ties: NDArray[np.int64]
    lengths: NDArray[np.int32]


@compiled  # type: ignore[untyped-decorator]
def _is_marked(words: Words, product: int) -> bool:
    return (words[product >> _WORD_BITS] >> np.uint64(product & _WORD_MASK)) & np.uint64(1) != 0


@compiled  # type: ignore[untyped-decorator]
def mark_matches(
    filters: Filters, need: int, matching: Words, eligible: Words, open_groups: NDArray[np.int64]
) -> int:
    """Mark the matches of a need and the eligible ones; return how many groups are open.

    ``open_groups`` begins with the groups for which some outcome is unknown.
    """
    words = len(matching)
    matching[:] = filters.alive
    groups = filters.entries.shape[1]
    for group in range(groups):
        entry = filters.entries[need, group]
        if entry & FILTERS:
            row = filters.kept[entry >> ENTRY_BITS]
            for word in range(words):
                matching[word] &= row[word]
    for word in range(words):
        eligible[word] = matching[word] & filters.disclosed[word]
    found = 0
    for group in range(groups):
        entry = filters.entries[need, group]
        if entry & OPENS:
            row = filters.open[entry >> ENTRY_BITS]
            for word in range(words):
                eligible[word] &= ~row[word]
            open_groups[found] = group
            found += 1
    return found


@compiled  # type: ignore[untyped-decorator]
def _count_met(
    filters: Filters, need: int, product: int, open_groups: NDArray[np.int64], opened: int
) -> int:
    """Count the met conditions of a match: all that are stated, less those that are open."""
    count = filters.stated[product]
    for place in range(opened):
        group = open_groups[place]
        entry = filters.entries[need, group]
        if _is_marked(filters.open[entry >> ENTRY_BITS], product):
            count -= filters.counted[group, product]
    return count


@compiled  # type: ignore[untyped-decorator]
def _is_stage_open(filters: Filters, needs: NeedScores, need: int, product: int) -> bool:
    """Say whether a pair has the weights of no stage: it is open, or not on the list."""
    if needs.stage[need] < 0:
        return True
    entry = filters.entries[need, filters.stage_group]
    return entry & OPENS != 0 and _is_marked(filters.open[entry >> ENTRY_BITS], product)


@compiled  # type: ignore[untyped-decorator]
def _is_full_of_eligible(groups: GroupLists, group: int) -> bool:
    room = groups.keys.shape[1]
    return groups.lengths[group] == room and groups.keys[group, 0] >= ELIGIBLE_BIT


@compiled  # type: ignore[untyped-decorator]
def _take(
    filters: Filters,
    scores: ProductScores,
    needs: NeedScores,
    need: int,
    marks: Words,
    is_eligible: bool,
    open_groups: NDArray[np.int64],
    opened: int,
    wanted: NDArray[np.int64],
    lists: NeedLists,
    groups: GroupLists,
) -> None:
    """Score the marked products of a need and offer the pairs to both sides."""
    room, group_room = lists.keys.shape[1], groups.keys.shape[1]
    # Once the eligible fill a list, nobody else enters it.
    is_closed = room == 0 or (not is_eligible and lists.eligible[need] >= room)
    if is_closed and group_room == 0:
        return
    for word in range(len(marks)):
        left = marks[word]
        while left != 0:
            product = (word << _WORD_BITS) + np.int64(lowest_bit(left))
            left &= left - np.uint64(1)
            group = groups.group_of[product]
            if is_closed and not is_eligible and _is_full_of_eligible(groups, group):
                continue
            if is_eligible:
                count, is_open = filters.stated[product], needs.stage[need] < 0
            else:
                count = _count_met(filters, need, product, open_groups, opened)
                is_open = _is_stage_open(filters, needs, need, product)
            score = score_pair(scores, needs, wanted, need, product, count, is_open)
            key = bits_of(score)
            if is_eligible:
                key |= ELIGIBLE_BIT
            if not is_closed:
                lists.lengths[need] = offer(
                    lists.keys[need], lists.products[need], lists.lengths[need], key, product
                )
            if group_room > 0:
                tie = need << PRODUCT_BITS | product
                groups.lengths[group] = offer(
                    groups.keys[group], groups.ties[group], groups.lengths[group], key, tie
                )


@compiled  # type: ignore[untyped-decorator]
def rank_needs(
    filters: Filters,
    scores: ProductScores,
    needs: NeedScores,
    start: int,
    end: int,
    lists: NeedLists,
    groups: GroupLists,
) -> None:
    """Rank the products for needs ``start`` to ``end`` and offer them to their groups.

    ``lists`` is filled for these needs; ``groups`` is added to, so each thread has its own.
    A side whose lists have no room is not kept.
    """
    words = len(filters.alive)
    matching = np.empty(words, dtype=np.uint64)
    eligible = np.empty(words, dtype=np.uint64)
    open_groups = np.empty(filters.entries.shape[1], dtype=np.int64)
    wanted = np.zeros(scores.vocabulary, dtype=np.int64)
    for need in range(start, end):
        opened = mark_matches(filters, need, matching, eligible, open_groups)
        for word in range(words):
            matching[word] &= ~eligible[word]  # from here on those to confirm
            lists.eligible[need] += count_bits(eligible[word])
            lists.to_confirm[need] += count_bits(matching[word])
        if lists.eligible[need] + lists.to_confirm[need] == 0:
            continue
        text = range(needs.text_starts[need], needs.text_starts[need + 1])
        for place in text:
            wanted[needs.text_columns[place]] = needs.text_units[place]
        _take(
            filters, scores, needs, need, eligible, True, open_groups, opened, wanted, lists, groups
        )
        _take(
            filters,
            scores,
            needs,
            need,
            matching,
            False,
            open_groups,
            opened,
            wanted,
            lists,
            groups,
        )
        for place in text:
            wanted[needs.text_columns[place]] = 0
        put_in_order(lists.keys[need], lists.products[need], lists.lengths[need])
