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

    Parameters
    ----------
    marks : bool array, shape (..., n)

    Returns
    -------
    uint64 array, shape (..., ceil(n / 64))

    Examples
    --------
    >>> pack(np.array([True, False, True])).tolist()
    [5]
    """
    words = -(-marks.shape[-1] // WORD_BITS)
    octets = np.zeros((*marks.shape[:-1], words * 8), dtype=np.uint8)
    packed = np.packbits(marks, axis=-1, bitorder="little")
    octets[..., : packed.shape[-1]] = packed
    return octets.view("<u8").astype(np.uint64)


class RowTable:
    """Pairs of bitmaps: who is not unmet, and whose outcome is open. Rows are only added.

    Row 0 rules nobody out and leaves nothing open.

    Parameters
    ----------
    size : int
        Number of products.
    """

    def __init__(self, size: int) -> None:
        words = -(-size // WORD_BITS)
        self._count = 1
        self._kept = np.zeros((64, words), dtype=np.uint64)
        self._open = np.zeros((64, words), dtype=np.uint64)
        self._kept[0] = pack(np.ones(size, dtype=np.bool_))

    @property
    def kept(self) -> Words:
        """Per row the products whose outcome is not unmet."""
        return self._kept[: self._count]

    @property
    def open(self) -> Words:
        """Per row the products whose outcome is unknown."""
        return self._open[: self._count]

    def add(self, kept: Flags, is_open: Flags) -> NDArray[np.int32]:
        """Add rows, shape (rows, products); return their entries.

        An entry says whether each of its bitmaps has any effect.
        """
        filters = ~kept.all(axis=1)
        opens = is_open.any(axis=1)
        used = np.flatnonzero(filters | opens)
        first, end = self._count, self._count + len(used)
        while end > len(self._kept):
            # A kernel that still reads the smaller tables keeps them.
            self._kept = np.concatenate([self._kept, np.zeros_like(self._kept)])
            self._open = np.concatenate([self._open, np.zeros_like(self._open)])
        self._kept[first:end] = pack(kept[used])
        self._open[first:end] = pack(is_open[used])
        self._count = end
        entries = np.full(len(kept), NO_ENTRY, dtype=np.int32)
        entries[used] = np.arange(first, end) << ENTRY_BITS
        entries[filters] |= FILTERS
        entries[opens] |= OPENS
        return entries
