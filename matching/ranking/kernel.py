"""The compiled loop: filter, score what is left, keep the best of both sides in one pass.

It decides nothing of its own: bitmaps and tables hold every outcome and every part of the
score; what it reads and writes is described in ``layout``.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.eligibility.bitmaps import ENTRY_BITS, FILTERS, OPENS
from matching.ranking.compiled import (
    bits_of,
    borrow,
    compiled,
    compiled_in_place,
    count_bits,
    lowest_bit,
)
from matching.ranking.heaps import offer, put_best, worst_place
from matching.ranking.layout import (
    ELIGIBLE_BIT,
    PRODUCT_BITS,
    Desk,
    Filters,
    GroupLists,
    NeedLists,
    Words,
)
from matching.ranking.pair_scores import Wish, read_wish, score_pair
from matching.scoring.tables import NeedScores, ProductScores

_WORD_BITS: Final = 6
_WORD_MASK: Final = 63


@compiled_in_place
def _open_bit(filters: Filters, entry: int, product: int) -> int:
    """Return 1 where the outcome behind an entry is unknown for a product, else 0."""
    word = filters.open[entry >> ENTRY_BITS, product >> _WORD_BITS]
    return (word >> np.uint64(product & _WORD_MASK)) & np.uint64(1)


@compiled_in_place
def mark_matches(filters: Filters, need: int, desk: Desk) -> int:
    """Mark the matches of a need by verdict; return how many groups are open."""
    kept, opens, entries = filters.kept, filters.open, filters.entries
    matching, eligible = desk.to_confirm, desk.eligible
    words, groups = len(matching), entries.shape[1]
    for word in range(words):
        matching[word] = filters.alive[word]
    for group in range(groups):
        entry = entries[need, group]
        if entry & FILTERS:
            row = entry >> ENTRY_BITS
            for word in range(words):
                matching[word] &= kept[row, word]
    for word in range(words):
        eligible[word] = matching[word] & filters.disclosed[word]
    found = 0
    for group in range(groups):
        entry = entries[need, group]
        if entry & OPENS:
            row = entry >> ENTRY_BITS
            for word in range(words):
                eligible[word] &= ~opens[row, word]
            desk.open_groups[found] = group
            found += 1
    for word in range(words):
        matching[word] &= ~eligible[word]
    return found


@compiled_in_place
def _count_marks(marks: Words) -> int:
    count = 0
    for word in range(len(marks)):
        count += count_bits(marks[word])
    return count


@compiled_in_place
def _list_marked(marks: Words, desk: Desk, start: int) -> int:
    """Write the marked products from a place on; return where they end."""
    place = start
    for word in range(len(marks)):
        left = marks[word]
        while left != 0:
            desk.products[0, place] = (word << _WORD_BITS) + np.int64(lowest_bit(left))
            left &= left - np.uint64(1)
            place += 1
    return place


@compiled_in_place
def _count_met(filters: Filters, need: int, product: int, desk: Desk, opened: int) -> int:
    """Count the met conditions of a match: all that are stated, less those that are open."""
    count = filters.stated[product]
    for place in range(opened):
        group = desk.open_groups[place]
        is_open = _open_bit(filters, filters.entries[need, group], product)
        count -= filters.counted[group, product] * np.int64(is_open)
    return count


@compiled_in_place
def _is_off_list(filters: Filters, stage_entry: int, product: int) -> bool:
    """Say whether an inferred stage is not on the product's list."""
    return stage_entry & OPENS != 0 and _open_bit(filters, stage_entry, product) != 0


@compiled_in_place
def _drop_hopeless(groups: GroupLists, desk: Desk, start: int, end: int) -> int:
    """Leave out products whose group is full of eligible needs; return where the rest end."""
    room = groups.keys.shape[1]
    place = start
    for number in range(start, end):
        group = groups.group_of[desk.products[0, number]]
        is_full = groups.lengths[group] == room
        if not is_full or groups.keys[group, worst_place(groups.keys, room)] < ELIGIBLE_BIT:
            desk.products[0, place] = desk.products[0, number]
            place += 1
    return place


@compiled_in_place
def _score_eligible(
    filters: Filters, scores: ProductScores, wish: Wish, desk: Desk, end: int
) -> None:
    """Write the keys of the eligible products: all their conditions are met."""
    is_open = wish.stage < 0
    for place in range(end):
        product = desk.products[0, place]
        count = filters.stated[product]
        score = score_pair(scores, wish, desk, product, count, is_open)
        desk.keys[0, place] = bits_of(score) | ELIGIBLE_BIT


@compiled_in_place
def _score_to_confirm(
    filters: Filters,
    scores: ProductScores,
    wish: Wish,
    need: int,
    desk: Desk,
    start: int,
    end: int,
    opened: int,
) -> None:
    """Write the keys of the products to confirm."""
    stage_entry = filters.entries[need, filters.stage_group]
    for place in range(start, end):
        product = desk.products[0, place]
        count = _count_met(filters, need, product, desk, opened)
        # A stage that is open, or not on the product's list, has the weights of none.
        is_open = wish.stage < 0 or _is_off_list(filters, stage_entry, product)
        score = score_pair(scores, wish, desk, product, count, is_open)
        desk.keys[0, place] = bits_of(score)


@compiled_in_place
def _offer_to_groups(groups: GroupLists, need: int, desk: Desk, end: int) -> None:
    for place in range(end):
        product = desk.products[0, place]
        group = groups.group_of[product]
        groups.lengths[group] = offer(
            groups.keys,
            groups.ties,
            group,
            groups.lengths[group],
            desk.keys[0, place],
            np.int64(need) << PRODUCT_BITS | product,
        )


@compiled
def rank_needs(
    filters: Filters,
    scores: ProductScores,
    needs: NeedScores,
    order: NDArray[np.int32],
    desk: Desk,
    lists: NeedLists,
    groups: GroupLists,
) -> None:
    """Rank the products for the needs of ``order`` and offer them to their groups.

    ``lists`` is filled for these needs; ``groups`` is added to, so each thread has its own. A
    side whose lists have no room is not kept. The order changes speed alone.
    """
    filters, scores, needs = borrow(filters), borrow(scores), borrow(needs)
    desk, lists, groups = borrow(desk), borrow(lists), borrow(groups)
    room, group_room = lists.keys.shape[1], groups.keys.shape[1]
    for need in order:
        opened = mark_matches(filters, need, desk)
        eligible, to_confirm = _count_marks(desk.eligible), _count_marks(desk.to_confirm)
        lists.eligible[need], lists.to_confirm[need] = eligible, to_confirm
        if eligible + to_confirm == 0 or room + group_room == 0:
            continue
        text = range(needs.text_starts[need], needs.text_starts[need + 1])
        for place in text:
            desk.wanted[needs.text_columns[place]] = needs.text_units[place]
        for block in range(len(desk.learned)):
            desk.learned[block] = needs.learned[need, block]
            desk.learned_open[block] = needs.learned_open[need, block]
        wish = read_wish(needs, need)
        end = _list_marked(desk.eligible, desk, 0)
        _score_eligible(filters, scores, wish, desk, end)
        # Once the eligible fill a list, nobody else enters it.
        is_closed = eligible >= room
        if not is_closed or group_room > 0:
            end = _list_marked(desk.to_confirm, desk, eligible)
            if is_closed:
                end = _drop_hopeless(groups, desk, eligible, end)
            _score_to_confirm(filters, scores, wish, need, desk, eligible, end, opened)
        if group_room > 0:
            _offer_to_groups(groups, need, desk, end)
        length = put_best(
            desk.keys, desk.products, 0, eligible, lists.keys, lists.products, need, 0
        )
        if not is_closed:
            length = put_best(
                desk.keys, desk.products, eligible, end, lists.keys, lists.products, need, length
            )
        lists.lengths[need] = length
        for place in text:
            desk.wanted[needs.text_columns[place]] = 0
