"""Turns functions of features into tables on the state of one day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from matching.ranking.learned.blending import Term
from matching.ranking.learned.encoding import BLOCKS
from matching.ranking.learned.history import Floats
from matching.ranking.learned.model import BlockTable
from matching.ranking.learned.sampling import Past


@dataclass(frozen=True, slots=True)
class Folded:
    """The tables of a model.

    Attributes
    ----------
    history : float array, shape (units + 1,)
    tables : list of BlockTable
    """

    history: Floats
    tables: list[BlockTable]


def fold(past: Past, terms: Mapping[str, Term], day: date) -> Folded:
    """Return what each value and institution adds, by what was known before a day."""
    views = past.views(day.toordinal())
    units = views.unit_features()
    history = _added(terms, [f"history.{place}" for place in range(units.shape[1])], units.T)
    tables = []
    for block in BLOCKS:
        codes = past.deals.facts.codes(block)
        values = np.unique(codes[codes >= 0])
        unseen = values[-1:] + 1 if len(values) else np.zeros(1, dtype=np.int64)
        names = views.block_names(block)
        if terms.keys() & set(names):
            folded = _added(terms, names, views.table(block, np.r_[values, unseen]))
        else:
            folded = np.zeros((len(values) + 1, units.shape[0]))
        tables.append(BlockTable(block, values, np.vstack([folded, folded.min(axis=0)])))
    return Folded(history, tables)


def _added(terms: Mapping[str, Term], names: list[str], values: Floats) -> Floats:
    """Return the sum of the functions over the first axis; 0 where none tells."""
    total: Floats = np.zeros(values.shape[1:])
    for name, own in zip(names, values, strict=True):
        if name in terms:
            total += terms[name](own)
    return total
