"""A learned model as a component of the score, for many needs at once.

Value for value what :meth:`LearnedModel.contributions` gives, to the last bit: the same tables,
added in the same order.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.eligibility.outcomes import Values
from matching.ranking.learned.encoding import AMOUNT_BANDS_YUAN, COLUMNS
from matching.ranking.learned.history import Facts, Integers
from matching.ranking.learned.model import LearnedModel
from matching.ranking.learned.records import NeedFacts
from matching.schema import Product
from matching.scoring.learned import Profile
from matching.vocabulary import FAMILY_OF_TYPE

# Profiles that are looked up at a time, so that what is between stays in the cache.
_STEP: Final = 512
_FAMILY: Final = "family"


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
        self._units, self._families = keys[:, 0], keys[:, 1]

    def bands(self, amounts: Values) -> NDArray[np.int64]:
        """Return the band of each amount, -1 for NaN."""
        bands = np.searchsorted(AMOUNT_BANDS_YUAN, amounts)
        return np.where(np.isnan(amounts), -1, bands).astype(np.int64)

    def scores(self, profiles: Sequence[Profile]) -> Values:
        """Return the values of the component, shape (profiles, groups)."""
        found = np.empty((len(profiles), len(self._units)))
        for start in range(0, len(profiles), _STEP):
            margins = np.zeros((len(profiles[start : start + _STEP]), len(self._units)))
            for part in self._parts(profiles[start : start + _STEP]):
                margins += part
            found[start : start + _STEP] = self._model.squash(margins)
        return found

    def breakdown(self, profile: Profile) -> Values:
        """Return the parts in log-odds, shape (groups, parts)."""
        parts = self._parts([profile])
        return np.array([np.broadcast_to(part, (1, len(self._units)))[0] for part in parts]).T

    def _parts(self, profiles: Sequence[Profile]) -> list[Values]:
        """Return each part in the order of addition, shape (profiles or 1, groups)."""
        model = self._model
        numbers = self._numbers(profiles)
        parts: dict[str, Values] = {code: np.zeros(1) for code in model.parts}
        parts[model.parts[0]] = model.history[self._units][np.newaxis]
        for table in model.tables:
            columns = table.block.columns
            if _FAMILY in columns:
                values = {name: numbers[name][:, np.newaxis] for name in columns if name != _FAMILY}
                values[_FAMILY] = self._families[np.newaxis]
            else:
                values = {name: numbers[name][:, np.newaxis] for name in columns}
            rows = table.rows(Facts(values, model.numbering.sizes).codes(table.block))
            part = table.block.part
            parts[part] = parts[part] + table.margins[rows, self._units[np.newaxis]]
        return [parts[code] for code in model.parts]

    def _numbers(self, profiles: Sequence[Profile]) -> dict[str, Integers]:
        numbering = self._model.numbering
        rows = [numbering.need_numbers(_as_facts(profile)) for profile in profiles]
        return {
            column: np.array([row[column] for row in rows], dtype=np.int64)
            for column in COLUMNS
            if column != _FAMILY
        }


def family_of(product: Product) -> str | None:
    """Return the family of a product's type; None where the type is undisclosed."""
    return None if product.financing_type is None else FAMILY_OF_TYPE.get(product.financing_type)


def _as_facts(profile: Profile) -> NeedFacts:
    return NeedFacts(
        code="",
        firm="",
        on=date.min,
        stage=profile.stage,
        industry=profile.industry,
        region=profile.region,
        amount_yuan=profile.amount_yuan,
    )
