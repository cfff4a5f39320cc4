"""Edits of ordered lists of products, compiled: take one out, put one in, keep the best."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.eligibility.outcomes import Rows
from matching.ranking.compiled import compiled, compiled_in_place
from matching.ranking.heaps import is_worse

Places = NDArray[np.int64]
Counts = NDArray[np.int32]

# What became of a list.
SAME: Final = 0
EDITED: Final = 1
# What follows behind the list's end has to be looked up.
SHORT_OF_ONE: Final = 2


class Lists(NamedTuple):
    """Ordered lists, best first: of row ``i`` the first ``lengths[i]`` places are used."""

    keys: NDArray[np.int64]
    products: NDArray[np.int32]
    lengths: NDArray[np.int32]


@compiled_in_place
def _insert(lists: Lists, row: int, key: int, product: int, places: Places) -> bool:
    """Put a pair where it belongs, unless that is behind the end; what falls off is lost."""
    keys, products, room = lists.keys, lists.products, lists.keys.shape[1]
    length = lists.lengths[row]
    place = length
    while place > 0 and is_worse(
        keys[row, place - 1], places[products[row, place - 1]], key, places[product]
    ):
        place -= 1
    if place == room:
        return False
    length = min(length + 1, room)
    for behind in range(length - 1, place, -1):
        keys[row, behind], products[row, behind] = keys[row, behind - 1], products[row, behind - 1]
    keys[row, place], products[row, place] = key, product
    lists.lengths[row] = length
    return True


@compiled_in_place
def _remove(lists: Lists, row: int, product: int) -> bool:
    """Take a product out of a list; say whether it was there."""
    keys, products, length = lists.keys, lists.products, lists.lengths[row]
    kept = 0
    for place in range(length):
        if products[row, place] != product:
            keys[row, kept], products[row, kept] = keys[row, place], products[row, place]
            kept += 1
    lists.lengths[row] = kept
    return kept < length


@compiled
def replace_product(
    lists: Lists,
    counts: Counts,
    rows: Rows,
    new_keys: NDArray[np.int64],
    old: int,
    new: int,
    places: Places,
) -> NDArray[np.int8]:
    """Put a product's new version in the place of its old one in the lists of some needs.

    Parameters
    ----------
    lists : Lists
        Of all needs.
    counts : int array, shape (needs,)
        How many products each need matched before.
    rows : int array, shape (r,)
        Needs that match the old or the new version.
    new_keys : int64 array, shape (r,)
        Key of the new version beside each of them; negative where it does not match.
    old, new : int
        What the lists call the versions.
    places : int64 array
        Order of the products by code.

    Returns
    -------
    int8 array, shape (r,)
        What became of each list; one that is SHORT_OF_ONE lacks the old and the new version.
    """
    became = np.zeros(len(rows), dtype=np.int8)
    for number in range(len(rows)):
        row, key = rows[number], new_keys[number]
        length = lists.lengths[row]
        bar_key, bar_place = np.int64(0), np.int64(0)
        if length > 0:
            bar_key = lists.keys[row, length - 1]
            bar_place = places[lists.products[row, length - 1]]
        is_removed = _remove(lists, row, old)
        # Where others wait behind the end, only who stands before the end is sure to come next.
        waits = counts[row] > length
        if is_removed and waits and (key < 0 or is_worse(key, places[new], bar_key, bar_place)):
            became[number] = SHORT_OF_ONE
            continue
        is_inserted = key >= 0 and _insert(lists, row, key, new, places)
        if is_removed or is_inserted:
            became[number] = EDITED
    return became


@compiled
def insert_pairs(
    lists: Lists, rows: Rows, keys: NDArray[np.int64], product: int, places: Places
) -> None:
    """Offer a product to the lists of some needs with a key for each; negative ones are none."""
    for number in range(len(rows)):
        if keys[number] >= 0:
            _insert(lists, rows[number], keys[number], product, places)
