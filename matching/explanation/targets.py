"""What each product of a catalogue would have a need or a firm come to, worked out once."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from matching.eligibility.catalogue import INTERVAL_FIELDS, Catalogue
from matching.eligibility.conditions import Column
from matching.eligibility.term_sets import TermGroup

# Criteria that a change can turn, in the order of the vocabulary.
ADJUSTABLE: Final = ("financing_type", "amount", "term", "rate", "purpose")
ATTAINABLE: Final = ("qualifications_all", "qualifications_any")
CHANGEABLE: Final = (*ADJUSTABLE, *ATTAINABLE, "firm_age", "collateral")

T = TypeVar("T")
Codes = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Targets:
    """Distinct targets, and which of them each product has.

    Attributes
    ----------
    distinct : tuple
    of_product : int array, shape (n,)
        Position in ``distinct``.
    """

    distinct: tuple[Any, ...]
    of_product: NDArray[np.intp]


class CatalogueTargets:
    """The targets of all products.

    Attributes
    ----------
    codes : list of str
        The code of each product.
    institution_of : dict of str to str
        The institution of each product, by code.
    distinct : list of (str, object)
        Criterion and target: the limits of an interval, a rate, the one code to add (for
        purpose and collateral the first that the product accepts), or for
        ``qualifications_all`` the whole list; None where a product has no such condition.
    of_product : int array, shape (n, len(CHANGEABLE))
        Position in ``distinct`` of what each product asks by each changeable criterion.
    term_sets : Targets
        The terms of each product, as numbers of distinct terms.
    groups : list of tuple of TermGroup
        The terms of each distinct set by field.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.codes = [product.code for product in catalogue.products]
        self.institution_of = {one.code: one.institution for one in catalogue.products}
        self.distinct: list[tuple[str, Any]] = []
        self.of_product = np.empty((len(catalogue), len(CHANGEABLE)), dtype=np.intp)
        for number, criterion in enumerate(CHANGEABLE):
            targets = _distinct(_asked(catalogue, criterion))
            self.of_product[:, number] = targets.of_product + len(self.distinct)
            self.distinct += [(criterion, target) for target in targets.distinct]
        self.term_sets = _distinct(catalogue.terms.of_product)
        # Products with the same terms have the same groups of them.
        of_set: dict[int, tuple[TermGroup, ...]] = dict(
            zip(self.term_sets.of_product.tolist(), catalogue.terms.groups_of_product, strict=True)
        )
        self.groups = [of_set[number] for number in range(len(of_set))]


def _asked(catalogue: Catalogue, criterion: str) -> Iterable[Hashable]:
    """Return what each product asks by a criterion."""
    if criterion == "rate":
        return list(catalogue.rate_min.tolist())
    if criterion in INTERVAL_FIELDS:
        return _conditions(catalogue.intervals[criterion])
    if criterion == "financing_type":
        return [code and (code,) for code in _conditions(catalogue.types)]
    lists: list[Codes | None] = _conditions(catalogue.lists[criterion])
    if criterion == "qualifications_all":
        return lists
    if criterion == "qualifications_any":
        every = _conditions(catalogue.lists["qualifications_all"])
        return list(map(_serving_both, every, lists))
    return [codes and (min(codes),) for codes in lists]


def _conditions(column: Column[T]) -> list[T | None]:
    return column.conditions(np.arange(len(column.of_product)))


def _distinct(values: Iterable[Hashable]) -> Targets:
    numbers: dict[Hashable, int] = {}
    of_product = [numbers.setdefault(value, len(numbers)) for value in values]
    return Targets(tuple(numbers), np.array(of_product, dtype=np.intp))


def _serving_both(every: Codes | None, any_of: Codes | None) -> Codes | None:
    """Choose one of a list; one that the other list asks for anyway serves both."""
    if any_of is None:
        return None
    return (min(set(any_of).intersection(every or ()) or any_of),)
