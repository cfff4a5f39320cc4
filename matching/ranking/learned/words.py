"""What is declared of a unit, and the words of its name, as a stand-in for deals."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

import numpy as np
from scipy import sparse

from matching.ranking.learned.history import Block, Floats, Integers, State

_WORD: Final = re.compile(r"[^\W\d_]{3,}")
_CJK: Final = re.compile(r"[\u4e00-\u9fff]+")
_FEWEST: Final = 3  # units that share a word that says anything
_MOST: Final = 0.1  # share of units beyond which it says nothing
_STRENGTH: Final = 5.0


class Words:
    """Lifts of values by the declarations and name words of the units that served them.

    Parameters
    ----------
    names : sequence of str
        Of the units.
    declared : sequence of collections of str
        Whatever is declared of each unit, as opaque words.
    """

    def __init__(self, names: Sequence[str], declared: Sequence[Collection[str]]) -> None:
        words = [words_of(name) | set(own) for name, own in zip(names, declared, strict=True)]
        distinct = sorted(set().union(*words))
        number = {word: place for place, word in enumerate(distinct)}
        entries = [(unit, number[word]) for unit, own in enumerate(words) for word in sorted(own)]
        units = np.array([unit for unit, _ in entries], dtype=np.int64)
        places = np.array([place for _, place in entries], dtype=np.int64)
        shape = len(words), len(distinct)
        ones = np.ones(len(entries))
        self._words = sparse.coo_array((ones, (units, places)), shape=shape).tocsr()

    def lifts(self, state: State, block: Block, values: Integers) -> Floats:
        """Return the mean log-lift of each value over the words of each unit.

        Returns
        -------
        float array, shape (k, units)
            0 for units without a known word.
        """
        matrix = state.matrix(block)
        own = self._telling(state)
        number = np.maximum(own.sum(axis=1), 1.0)
        by_word = (matrix @ own).tocsr()
        told = by_word.sum(axis=0)
        of_value = matrix.sum(axis=1)
        base = ((of_value[values] + 0.5) / (of_value.sum() + 1.0))[:, np.newaxis]
        lift = np.log((by_word[values].toarray() + _STRENGTH * base) / ((told + _STRENGTH) * base))
        mean: Floats = (own @ lift.T).T / number
        return mean

    def _telling(self, state: State) -> sparse.csr_array:
        """Return the words that a few, and not too many, units with deals share."""
        active = (state.totals > 0).astype(np.float64)
        shared_by = active @ self._words
        most = max(_FEWEST, _MOST * float(active.sum()))
        kept = np.flatnonzero((shared_by >= _FEWEST) & (shared_by <= most))
        return self._words[:, kept]


def words_of(name: str) -> set[str]:
    """Return the words of a name: runs of letters, or pairs of Chinese characters."""
    lower = name.lower()
    words = {word for word in _WORD.findall(lower) if not _CJK.search(word)}
    for run in _CJK.findall(lower):
        words.update(run[place : place + 2] for place in range(len(run) - 1))
    return words
