"""What the compiled loop reads and writes. Nothing here loads the compiler.

A pair's *key* is one whole number that orders as verdict and score do: the bits of the score,
which as a number in [0, 1] order like the number, with one more bit for the eligible.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

ELIGIBLE_BIT: Final = 1 << 62
# Of equal keys in a group the earlier need, then the earlier product is better: a tie holds
# both, ``need << PRODUCT_BITS | product``.
PRODUCT_BITS: Final = 24

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


class Desk(NamedTuple):
    """What one thread works with; whatever it holds before, nothing comes of it.

    Attributes
    ----------
    eligible, to_confirm : uint64 array, shape (words,)
        Matches of the need at hand.
    open_groups : int64 array, shape (groups,)
        Begins with the groups for which some outcome is unknown.
    wanted : int64 array, shape (vocabulary,)
        The need's text vector; zero between two needs.
    learned, learned_open : int64 array, shape (blocks,)
        The need's rows in the learned tables.
    products : int32 array, shape (1, products)
        The matches of the need, the eligible first.
    keys : int64 array, shape (1, products)
        Their keys.
    """

    eligible: Words
    to_confirm: Words
    open_groups: NDArray[np.int64]
    wanted: NDArray[np.int64]
    learned: NDArray[np.int64]
    learned_open: NDArray[np.int64]
    products: NDArray[np.int32]
    keys: NDArray[np.int64]
