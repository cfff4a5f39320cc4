"""Columns of product conditions: every distinct condition is kept once.

Products of one institution repeat each other's conditions, so a column stores a small number
per product and a table of the distinct conditions. A need is compared with the table; one
gather spreads the answers over the products.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from matching.eligibility.outcomes import Codes, Flags, Rows

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Column(Generic[T]):
    """One condition over all products.

    Attributes
    ----------
    distinct : tuple
        The distinct conditions; entry 0 is always "no condition" (None).
    of_product : int array, shape (n,)
        Position in ``distinct`` of each product's condition.
    places : int array, shape (n,)
        As ``of_product``, with a place of its own behind ``distinct`` for undisclosed ones.
    stated, undisclosed : bool array, shape (n,)
        Whether the product states a condition, and whether it keeps one to itself. Both
        are false where the criterion does not exist; ``undisclosed`` rules out ``stated``.
    """

    distinct: tuple[T | None, ...]
    of_product: NDArray[np.int32]
    places: NDArray[np.intp]
    stated: Flags
    undisclosed: Flags

    def conditions(self, rows: Rows) -> list[T | None]:
        """Return the condition of each of some products."""
        return [self.distinct[number] for number in self.of_product[rows].tolist()]


def build_column(conditions: Iterable[T | None], undisclosed: Sequence[bool] | Flags) -> Column[T]:
    """Number the distinct conditions; an undisclosed one counts as not stated."""
    numbers: dict[T | None, int] = {None: 0}
    of_product = np.array(
        [
            0 if is_hidden else numbers.setdefault(condition, len(numbers))
            for condition, is_hidden in zip(conditions, undisclosed, strict=True)
        ],
        dtype=np.int32,
    )
    hidden = np.asarray(undisclosed, dtype=np.bool_)
    return Column(
        distinct=tuple(numbers),
        of_product=of_product,
        places=np.where(hidden, len(numbers), of_product).astype(np.intp),
        stated=of_product != 0,
        undisclosed=hidden,
    )


class CodeLists:
    """Distinct non-empty lists of codes, laid end to end for one pass over all of them.

    Parameters
    ----------
    lists : sequence of tuple of str, or None
        The ``distinct`` conditions of a column, entry 0 being None.
    """

    def __init__(self, lists: Sequence[tuple[str, ...] | None]) -> None:
        numbers: dict[str, int] = {}
        flat: list[int] = []
        starts: list[int] = []
        for codes in lists[1:]:
            starts.append(len(flat))
            flat += [numbers.setdefault(code, len(numbers)) for code in codes or ()]
        self.codes = tuple(numbers)
        self._flat = np.array(flat, dtype=np.intp)
        self._starts = np.array(starts, dtype=np.intp)

    def best(self, level_of: Callable[[str], int]) -> Codes:
        """Return the highest level among the codes of each list; 0 for the entry None."""
        return self.best_of(self._levels(level_of))

    def worst(self, level_of: Callable[[str], int]) -> Codes:
        """Return the lowest level among the codes of each list; 0 for the entry None."""
        return self.worst_of(self._levels(level_of))

    def best_of(self, levels: Codes) -> Codes:
        """Return ``best`` for levels of ``codes`` in the last axis."""
        return self._reduce(np.maximum, levels)

    def worst_of(self, levels: Codes) -> Codes:
        """Return ``worst`` for levels of ``codes`` in the last axis."""
        return self._reduce(np.minimum, levels)

    def _levels(self, level_of: Callable[[str], int]) -> Codes:
        return np.array([level_of(code) for code in self.codes], dtype=np.int8)

    def _reduce(self, combine: Any, levels: Codes) -> Codes:
        result = np.zeros((*levels.shape[:-1], len(self._starts) + 1), dtype=np.int8)
        if self._starts.size:
            result[..., 1:] = combine.reduceat(levels[..., self._flat], self._starts, axis=-1)
        return result
