"""Learned scores of many needs over one catalogue: a few additions per pair."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from matching.ranking.compiled import compiled
from matching.ranking.learned.history import Floats, Integers
from matching.ranking.learned.model import LearnedModel
from matching.ranking.learned.records import Candidate, NeedFacts


class BatchScorer:
    """Scores every candidate of a catalogue for many needs, to the same bits as one by one.

    What a part adds is looked up once per distinct facts of the needs, so that a pair costs
    one addition per part that the model uses, and one division.

    Parameters
    ----------
    model : LearnedModel
    candidates : sequence of Candidate
        The columns of every answer.
    """

    def __init__(self, model: LearnedModel, candidates: Sequence[Candidate]) -> None:
        self._model = model
        self._families = model.families(candidates)
        self._units = model.units(candidates)
        self._start: Floats = model.history[self._units]
        # A table of zeros adds nothing to any pair: leaving it out changes no bit.
        parts = (
            [table for table in model.tables_of(part) if table.margins.any()]
            for part in model.parts[1:]
        )
        self._parts = [tables for tables in parts if tables]

    def scores(self, needs: Sequence[NeedFacts]) -> Floats:
        """Return the scores, shape (needs, candidates).

        Ask for some thousands of needs at a time: the answer takes eight bytes per pair.
        """
        tables, rows = self._tables(needs)
        out = np.empty((len(needs), len(self._units)))
        squash = self._model.squash
        _score(self._start, tables, rows, squash.centre, squash.spread, out)
        return out

    def _tables(self, needs: Sequence[NeedFacts]) -> tuple[Floats, Integers]:
        """Return what each part adds by distinct facts, and the row of each need in it."""
        numbers = [self._model.numbering.need_numbers(need) for need in needs]
        tables = [np.zeros(len(self._units))]  # so that there is one when no part is used
        rows = np.zeros((len(needs), len(self._parts)), dtype=np.int64)
        for place, part in enumerate(self._parts):
            names = sorted({name for table in part for name in table.block.columns} - {"family"})
            keys = [tuple(own[name] for name in names) for own in numbers]
            first = len(tables)
            number = {key: first + turn for turn, key in enumerate(dict.fromkeys(keys))}
            rows[:, place] = [number[key] for key in keys]
            for key in number:
                facts = dict(zip(names, key, strict=True))
                tables.append(self._model.added(part, facts, self._families, self._units))
        return np.array(tables), rows


@compiled
def _score(
    start: Floats, tables: Floats, rows: Integers, centre: float, spread: float, out: Floats
) -> None:
    for need in range(out.shape[0]):
        own = out[need]
        own[:] = start
        for part in range(rows.shape[1]):
            table = tables[rows[need, part]]
            for pair in range(own.shape[0]):
                own[pair] += table[pair]
        for pair in range(own.shape[0]):
            z = (own[pair] - centre) / spread
            own[pair] = 0.5 + 0.5 * z / (1.0 + abs(z))
