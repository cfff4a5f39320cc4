"""A learned model as a component of the score, for many needs at once.

Value for value what :meth:`LearnedModel.contributions` gives, to the last bit: the same tables,
added in the same order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.eligibility.columns import ClassColumn
from matching.eligibility.outcomes import Values
from matching.ranking.learned.encoding import AMOUNT_BANDS_YUAN
from matching.ranking.learned.history import Facts, Integers
from matching.ranking.learned.model import BlockTable, LearnedModel
from matching.ranking.learned.records import NeedFacts
from matching.schema import Product
from matching.scoring.learned import LearnedTables, Profiles
from matching.vocabulary import FAMILY_OF_TYPE

# Needs that are looked up at a time, so that what is between stays in the cache.
_STEP: Final = 512
_FAMILY: Final = "family"
# Which columns of values follow from which fact of a need.
_COLUMNS_OF: Final = {
    "stage": ("stage",),
    "industry": ("section", "division"),
    "region": ("city", "county"),
}
_BANDS: Final = range(len(AMOUNT_BANDS_YUAN) + 1)
_NOBODY: Final = NeedFacts(code="", firm="", on=date.min)


class LearnedComponent:
    """A fitted model with the weight that it has in the score.

    Parameters
    ----------
    model : LearnedModel
    version : str
        As results are to name it.
    weight : float
        Changes results: what all other components give up of their weights, in (0, 1).
    """

    def __init__(self, model: LearnedModel, *, version: str, weight: float) -> None:
        if not 0.0 < weight < 1.0:
            raise ValueError(f"weight {weight}: between 0 and 1, both excluded")
        self.model = model
        self.version = version
        self.weight = weight

    def beside(self, products: Sequence[Product]) -> ComponentSide:
        """Look the products of a catalogue up once, in their order."""
        return ComponentSide(self, products)


class ComponentSide:
    """A model beside the products of one catalogue; implements ``LearnedSide``."""

    def __init__(self, component: LearnedComponent, products: Sequence[Product]) -> None:
        model = component.model
        self.weight = component.weight
        self.parts = model.parts
        self._model = model
        units = {code: number for number, code in enumerate(model.institutions)}
        unknown = len(model.institutions)
        groups: dict[tuple[int, int], int] = {}
        of_product = []
        for product in products:
            unit = units.get(product.institution, unknown)
            family = model.numbering.number(_FAMILY, family_of(product))
            of_product.append(groups.setdefault((unit, family), len(groups)))
        self.group_of: NDArray[np.int32] = np.array(of_product, dtype=np.int32)
        keys = np.array(list(groups), dtype=np.int64).reshape(-1, 2)
        parts = [model.tables_of(part) for part in self.parts[1:]]
        self._blocks = [_BlockRows(model, table, keys) for part in parts for table in part]
        heights = [1, *(len(block.margins) for block in self._blocks)]
        self._firsts = np.cumsum(heights)
        self.tables = LearnedTables(
            margins=np.concatenate(
                [
                    model.history[keys[:, 0]][np.newaxis],
                    *(block.margins for block in self._blocks),
                ]
            ),
            ends=np.cumsum([len(part) for part in parts], dtype=np.int64),
            squash=np.array([model.squash.centre, model.squash.spread, component.weight]),
        )

    def rows(self, profiles: Profiles) -> NDArray[np.int32]:
        """Return which row of the tables each block takes, shape (needs, blocks)."""
        numbers = self._numbers(profiles)
        found = np.empty((len(profiles.amount_yuan), len(self._blocks)), dtype=np.int32)
        for place, block in enumerate(self._blocks):
            found[:, place] = self._firsts[place] + block.rows(numbers)
        return found

    def scores(self, rows: NDArray[np.int32]) -> Values:
        """Return the values of the component, shape (needs, groups)."""
        found = np.empty((len(rows), self.tables.margins.shape[1]))
        for start in range(0, len(rows), _STEP):
            chosen = slice(start, start + _STEP)
            margins = np.zeros_like(found[chosen])
            for part in self._parts(rows[chosen]):
                margins += part
            found[chosen] = self._model.squash(margins)
        return found

    def breakdown(self, rows: NDArray[np.int32]) -> Values:
        """Return the parts in log-odds, shape (needs, groups, parts)."""
        shape = len(rows), self.tables.margins.shape[1]
        return np.stack([np.broadcast_to(part, shape) for part in self._parts(rows)], axis=2)

    def _parts(self, rows: NDArray[np.int32]) -> Iterator[Values]:
        """Yield each part in the order of addition, shape (needs or 1, groups)."""
        margins = self.tables.margins
        yield margins[:1]
        start = 0
        for end in self.tables.ends.tolist():
            part = np.zeros((1, margins.shape[1]))
            for place in range(start, end):
                part = part + margins[rows[:, place]]
            yield part
            start = end

    def _numbers(self, profiles: Profiles) -> dict[str, Integers]:
        """Return the numbers of each need's values; each distinct fact is read once."""
        numbering = self._model.numbering
        columns: dict[str, Integers] = {}
        for field, names in _COLUMNS_OF.items():
            column: ClassColumn = getattr(profiles, field)
            known = [
                numbering.need_numbers(replace(_NOBODY, **{field: fact}))
                for fact in column.distinct
            ]
            for name in names:
                own = np.array([numbers[name] for numbers in known], dtype=np.int64)
                columns[name] = own[column.of_need]
        amounts = profiles.amount_yuan
        of_band = [numbering.number("amount", str(band)) for band in _BANDS]
        # The last band is that of amounts which are unknown.
        bands = np.searchsorted(AMOUNT_BANDS_YUAN, amounts)
        bands[np.isnan(amounts)] = len(of_band)
        columns["amount"] = np.array([*of_band, -1], dtype=np.int64)[bands]
        return columns


class _BlockRows:
    """What one block adds to each group, one row per value that a need can have."""

    def __init__(self, model: LearnedModel, table: BlockTable, keys: Integers) -> None:
        self._table = table
        self._sizes = model.numbering.sizes
        own = [name for name in table.block.columns if name != _FAMILY]
        self._own = own[0] if own else None
        self._has_family = _FAMILY in table.block.columns
        if not self._has_family:
            self.margins: Values = table.margins[:, keys[:, 0]]
            return
        # A family belongs to the group, so that only the need's side has rows; the unknown
        # (-1) is the last.
        numbers = np.arange(self._sizes[self._own] + 1 if self._own else 1)
        values = {_FAMILY: keys[np.newaxis, :, 1]}
        if self._own:
            numbers[-1] = -1
            values[self._own] = numbers[:, np.newaxis]
        codes = Facts(values, self._sizes).codes(table.block)
        self.margins = table.margins[table.rows(codes), keys[np.newaxis, :, 0]]

    def rows(self, numbers: Mapping[str, Integers]) -> Integers:
        """Return the row of each need, or one for all."""
        if self._own is None:
            return np.zeros(1, dtype=np.int64)
        if self._has_family:
            own = numbers[self._own]
            return np.where(own < 0, len(self.margins) - 1, own)
        return self._table.rows(Facts(numbers, self._sizes).codes(self._table.block))


def family_of(product: Product) -> str | None:
    """Return the family of a product's type; None where the type is undisclosed."""
    return None if product.financing_type is None else FAMILY_OF_TYPE.get(product.financing_type)
