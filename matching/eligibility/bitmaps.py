"""Bitmaps over products, and the growing table of those that a kernel reads."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.eligibility.outcomes import Flags

Words = NDArray[np.uint64]

WORD_BITS: Final = 64
# Flags in the two low bits of an entry; the rest is the number of its row.
FILTERS: Final = 1
OPENS: Final = 2
ENTRY_BITS: Final = 2
NO_ENTRY: Final = 0


def pack(marks: Flags) -> Words:
    """Pack flags into 64-bit words, flag ``i`` being bit ``i % 64`` of word ``i // 64``.

    Examples
    --------
    >>> pack(np.array([True, False, True])).tolist()
    [5]
    """
    words = -(-len(marks) // WORD_BITS)
    octets = np.zeros(words * 8, dtype=np.uint8)
    packed = np.packbits(marks, bitorder="little")
    octets[: len(packed)] = packed
    return octets.view("<u8").astype(np.uint64)


class RowTable:
    """Pairs of bitmaps: who is not unmet, and whose outcome is open. Rows are only added.

    Parameters
    ----------
    size : int
        Number of products.
    """

    def __init__(self, size: int) -> None:
        self._words = -(-size // WORD_BITS)
        self._count = 1  # row 0 stands for "nothing to compare"
        self._kept = np.zeros((64, self._words), dtype=np.uint64)
        self._open = np.zeros((64, self._words), dtype=np.uint64)

    @property
    def kept(self) -> NDArray[np.uint64]:
        """Per row the products whose outcome is not unmet."""
        return self._kept[: self._count]

    @property
    def open(self) -> NDArray[np.uint64]:
        """Per row the products whose outcome is unknown."""
        return self._open[: self._count]

    def add(self, kept: Flags, is_open: Flags) -> int:
        """Add a row and return its entry, which says whether each bitmap has any effect."""
        filters, opens = not kept.all(), bool(is_open.any())
        if not filters and not opens:
            return NO_ENTRY
        number = self._count
        if number == len(self._kept):
            # A kernel that still reads the smaller table keeps it.
            self._kept = np.concatenate([self._kept, np.zeros_like(self._kept)])
            self._open = np.concatenate([self._open, np.zeros_like(self._open)])
        self._kept[number] = pack(kept)
        self._open[number] = pack(is_open)
        self._count += 1
        return number << ENTRY_BITS | (OPENS if opens else 0) | (FILTERS if filters else 0)
