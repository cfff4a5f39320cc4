"""A learned model as a component of the score, for many needs at once.

Value for value what :meth:`LearnedModel.contributions` gives, to the last bit: the same tables,
added in the same order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.eligibility.outcomes import Values
from matching.ranking.learned.encoding import AMOUNT_BANDS_YUAN
from matching.ranking.learned.history import Facts, Integers
from matching.ranking.learned.model import RELATIONS_PART, BlockTable, LearnedModel
from matching.ranking.learned.records import NeedFacts
from matching.schema import Product
from matching.scoring.learned import Profile
from matching.vocabulary import FAMILY_OF_TYPE

# Profiles that are looked up at a time, so that what is between stays in the cache.
_STEP: Final = 512
_FAMILY: Final = "family"
# Which columns of values follow from which fact of a need.
_COLUMNS_OF: Final = {
    "stage": ("stage",),
    "industry": ("section", "division"),
    "region": ("city", "county"),
    "amount_yuan": ("amount",),
}
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
    """A model beside the products of one catalogue; implements ``LearnedSide``.

    A firm's earlier financiers are not among the facts that are held of needs, so every need is
    read as having none, and the part that they make is left out: it would add nothing.
    """

    def __init__(self, component: LearnedComponent, products: Sequence[Product]) -> None:
        model = component.model
        self.weight = component.weight
        self.parts = tuple(code for code in model.parts if code != RELATIONS_PART)
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
        self._tables = [_GroupTable(model, table, keys) for table in model.tables]
        self._history: Values = model.history[keys[:, 0]]
        self._count = len(keys)

    def bands(self, amounts: Values) -> NDArray[np.int64]:
        """Return the band of each amount, -1 for NaN."""
        bands = np.searchsorted(AMOUNT_BANDS_YUAN, amounts)
        return np.where(np.isnan(amounts), -1, bands).astype(np.int64)

    def scores(self, profiles: Sequence[Profile]) -> Values:
        """Return the values of the component, shape (profiles, groups)."""
        found = np.empty((len(profiles), self._count))
        numbers = self._numbers(profiles)
        for start in range(0, len(profiles), _STEP):
            chosen = slice(start, start + _STEP)
            margins = np.zeros_like(found[chosen])
            for part in self._parts({name: own[chosen] for name, own in numbers.items()}):
                margins += part
            found[chosen] = self._model.squash(margins)
        return found

    def breakdown(self, profile: Profile) -> Values:
        """Return the parts in log-odds, shape (groups, parts)."""
        parts = self._parts(self._numbers([profile]))
        return np.array([np.broadcast_to(part, (1, self._count))[0] for part in parts]).T

    def _parts(self, numbers: Mapping[str, Integers]) -> list[Values]:
        """Return each part in the order of addition, shape (profiles or 1, groups)."""
        parts: dict[str, Values] = {code: np.zeros(1) for code in self.parts}
        parts[self.parts[0]] = self._history[np.newaxis]
        for table in self._tables:
            parts[table.part] = parts[table.part] + table.of_profiles(numbers)
        return [parts[code] for code in self.parts]

    def _numbers(self, profiles: Sequence[Profile]) -> dict[str, Integers]:
        """Return the numbers of each profile's values; each distinct fact is read once."""
        numbering = self._model.numbering
        columns: dict[str, Integers] = {}
        for field, names in _COLUMNS_OF.items():
            facts = [getattr(profile, field) for profile in profiles]
            known = {
                fact: numbering.need_numbers(replace(_NOBODY, **{field: fact}))
                for fact in dict.fromkeys(facts)
            }
            for name in names:
                own = (known[fact][name] for fact in facts)
                columns[name] = np.fromiter(own, dtype=np.int64, count=len(facts))
        return columns


class _GroupTable:
    """What one block adds to each group, by the need's side of its value.

    The rows of values that a need can have are laid out once, so that a profile is one row.
    """

    def __init__(self, model: LearnedModel, table: BlockTable, keys: Integers) -> None:
        self.part = table.block.part
        self._table = table
        self._columns = table.block.columns
        self._sizes = model.numbering.sizes
        own = [name for name in self._columns if name != _FAMILY]
        self._own = own[0] if own else None
        self._has_family = _FAMILY in self._columns
        if not self._has_family:
            self._rows: Values = table.margins[:, keys[:, 0]]
            return
        # One row per number that the need's side can have, the unknown (-1) being the last.
        numbers = np.arange(self._sizes[self._own] + 1 if self._own else 1)
        values = {_FAMILY: keys[np.newaxis, :, 1]}
        if self._own:
            numbers[-1] = -1
            values[self._own] = numbers[:, np.newaxis]
        codes = Facts(values, self._sizes).codes(table.block)
        self._rows = table.margins[table.rows(codes), keys[np.newaxis, :, 0]]

    def of_profiles(self, numbers: Mapping[str, Integers]) -> Values:
        """Return what the block adds, shape (profiles or 1, groups)."""
        if self._own is None:
            return self._rows
        if self._has_family:
            return self._rows[numbers[self._own]]
        own = {name: numbers[name] for name in self._columns}
        return self._rows[self._table.rows(Facts(own, self._sizes).codes(self._table.block))]


def family_of(product: Product) -> str | None:
    """Return the family of a product's type; None where the type is undisclosed."""
    return None if product.financing_type is None else FAMILY_OF_TYPE.get(product.financing_type)
