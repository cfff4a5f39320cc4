"""What each product of a catalogue would have a need or a firm come to, worked out once."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matching.eligibility.catalogue import INTERVAL_FIELDS, Catalogue
from matching.eligibility.term_sets import TermGroup

# Criteria that a change can turn, in the order of the vocabulary.
ADJUSTABLE: Final = ("financing_type", "amount", "term", "rate", "purpose")
ATTAINABLE: Final = ("qualifications_all", "qualifications_any")
CHANGEABLE: Final = (*ADJUSTABLE, *ATTAINABLE, "firm_age", "collateral")

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
    of_criterion : dict of str to Targets
        For each changeable criterion: the limits of an interval, a rate, the one code to add
        (for purpose and collateral the first that the product accepts), or for
        ``qualifications_all`` the whole list. None where the product has no such condition.
    term_sets : Targets
        The terms of each product, as numbers of distinct terms.
    groups : list of tuple of TermGroup
        The terms of each distinct set by field.
    codes : list of str
        The code of each product.
    institution_of : dict of str to str
        The institution of each product, by code.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.codes = [product.code for product in catalogue.products]
        self.institution_of = {one.code: one.institution for one in catalogue.products}
        lists = {code: column.distinct for code, column in catalogue.lists.items()}
        rows = {code: column.of_product.tolist() for code, column in catalogue.lists.items()}
        types = [None if code is None else (code,) for code in catalogue.types.distinct]
        every = [lists["qualifications_all"][row] for row in rows["qualifications_all"]]
        any_of = [lists["qualifications_any"][row] for row in rows["qualifications_any"]]
        self.of_criterion = {
            "financing_type": Targets(tuple(types), catalogue.types.of_product.astype(np.intp)),
            "rate": _distinct(catalogue.rate_min.tolist()),
            "purpose": _distinct(_first(lists["purpose"][row]) for row in rows["purpose"]),
            "collateral": _distinct(_first(lists["collateral"][row]) for row in rows["collateral"]),
            "qualifications_all": _distinct(every),
            "qualifications_any": _distinct(map(_serving_both, every, any_of)),
        }
        for code in INTERVAL_FIELDS:
            column = catalogue.intervals[code]
            self.of_criterion[code] = Targets(column.distinct, column.of_product.astype(np.intp))
        self.term_sets = _distinct(catalogue.terms.of_product)
        # Products with the same terms have the same groups of them.
        of_set: dict[int, tuple[TermGroup, ...]] = dict(
            zip(self.term_sets.of_product.tolist(), catalogue.terms.groups_of_product, strict=True)
        )
        self.groups = [of_set[number] for number in range(len(of_set))]


def _distinct(values: Iterable[Hashable]) -> Targets:
    numbers: dict[Hashable, int] = {}
    of_product = [numbers.setdefault(value, len(numbers)) for value in values]
    return Targets(tuple(numbers), np.array(of_product, dtype=np.intp))


def _first(codes: Codes | None) -> Codes | None:
    return None if codes is None else (min(codes),)


def _serving_both(every: Codes | None, any_of: Codes | None) -> Codes | None:
    """Choose one of a list; one that the other list asks for anyway serves both."""
    if any_of is None:
        return None
    return (min(set(any_of).intersection(every or ()) or any_of),)
