"""The pairs that an allocation chooses from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.schema import Need, Product

Ints = npt.NDArray[np.integer[Any]]
Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidatePairs:
    """Pairs of a need and a product that are eligible or to be confirmed, in any order.

    Attributes
    ----------
    needs : sequence of Need
        All needs of the allocation, also those without a pair; distinct codes.
    products : sequence of Product
        With distinct codes.
    need, product : int array, shape (p,)
        Positions in ``needs`` and ``products``.
    to_confirm : bool array, shape (p,)
        Whether the verdict is to_confirm; otherwise it is eligible.
    score : float array, shape (p,)
        In [0, 1].
    """

    needs: Sequence[Need]
    products: Sequence[Product]
    need: Ints
    product: Ints
    to_confirm: Flags
    score: Floats
