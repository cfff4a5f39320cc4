"""What every engine answers with, so that whole lists can be compared bit for bit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

TOP = 20


@dataclass(frozen=True, slots=True)
class Lists:
    """The best products of each need, best first; unused places hold zeros.

    Attributes
    ----------
    lengths : int array, shape (needs,)
    products : int array, shape (needs, TOP)
    eligible : bool array, shape (needs, TOP)
    scores : float array, shape (needs, TOP)
    """

    lengths: NDArray[Any]
    products: NDArray[Any]
    eligible: NDArray[Any]
    scores: NDArray[Any]

    def head(self, count: int) -> Lists:
        """Return the lists of the first needs."""
        return Lists(
            self.lengths[:count], self.products[:count], self.eligible[:count], self.scores[:count]
        )

    def differences(self, other: Lists) -> list[str]:
        """Name what differs; scores are compared as bits."""
        pairs = {
            "lengths": (self.lengths, other.lengths),
            "products": (self.products, other.products),
            "verdicts": (self.eligible, other.eligible),
            "scores": (self.scores.view(np.int64), other.scores.view(np.int64)),
        }
        return [name for name, (own, its) in pairs.items() if not np.array_equal(own, its)]


def from_rows(
    count: int,
    need: NDArray[Any],
    place: NDArray[Any],
    product: NDArray[Any],
    eligible: NDArray[Any],
    score: NDArray[Any],
) -> Lists:
    """Lay out rows of (need, place in its list, product, verdict, score)."""
    lists = Lists(
        lengths=np.bincount(need, minlength=count),
        products=np.zeros((count, TOP), dtype=np.int64),
        eligible=np.zeros((count, TOP), dtype=np.bool_),
        scores=np.zeros((count, TOP)),
    )
    lists.products[need, place] = product
    lists.eligible[need, place] = eligible
    lists.scores[need, place] = score
    return lists


class Engine(Protocol):
    """One way to do the work."""

    name: str
    about: str

    def rank(self) -> Any:
        """Do the whole work."""

    def lists(self, answer: Any) -> Lists:
        """Return an answer as lists."""
