"""A few products beside many needs: which needs they suit, and how well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.eligibility.columns import NeedColumns
from matching.eligibility.outcomes import Rows
from matching.parameters import Parameters
from matching.ranking.batch import BatchRanker
from matching.schema import Product

# Below every key of a pair that matches.
NO_MATCH: Final = -1


@dataclass(frozen=True, slots=True)
class FewMatches:
    """The needs that match any of a few products.

    Attributes
    ----------
    positions : int array, shape (m,)
        Positions of the needs, ascending.
    keys : int64 array, shape (m, products)
        Verdict and score in one number (see ``kernel``), or NO_MATCH.
    """

    positions: Rows
    keys: NDArray[np.int64]


def rank_few(products: Sequence[Product], needs: NeedColumns, parameters: Parameters) -> FewMatches:
    """Rank a few products for many needs without looking at most of the needs.

    Parameters
    ----------
    products : sequence of Product
        In any order; codes may repeat, as versions of one product do.
    """
    renamed = [replace(product, code=f"{n:06d}") for n, product in enumerate(products)]
    ranker = BatchRanker.of(renamed, parameters)
    positions = ranker.index.needs_with_matches(needs)
    keys = np.full((len(positions), len(products)), NO_MATCH, dtype=np.int64)
    encoded = ranker.encode(needs.take(positions))
    lists = ranker.rank(encoded, top=len(products), threads=1).by_need
    used = np.arange(len(products)) < lists.lengths[:, np.newaxis]
    rows = np.repeat(np.arange(len(positions)), lists.lengths)
    keys[rows, lists.products[used]] = lists.keys[used]
    return FewMatches(positions, keys)
