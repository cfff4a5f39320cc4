"""Near misses: the records, and the list of one need's, held as columns.

``matching.schema`` names these beside the other records.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, overload


@dataclass(frozen=True, slots=True)
class Change:
    """The smallest change that turns one unmet criterion (semantics, section 7)."""

    criterion: str
    kind: Literal["adjust", "wait", "attain"]
    field: str
    from_value: object
    to_value: object


@dataclass(frozen=True, slots=True)
class NearMiss:
    """An ineligible product and the changes that, all applied, end its ineligibility."""

    product: str
    institution: str
    changes: tuple[Change, ...]
    score: float  # what the pair would have after the changes


class NearMissList(Sequence[NearMiss]):
    """The near misses of one need, the easiest first; each is built when it is asked for.

    A need has hundreds of them, put together from a few dozen changes, and most are only
    counted or written. So they are held as columns. The list equals a tuple of the same
    near misses and must not be changed.

    Attributes
    ----------
    products : sequence of str
        The code of each one's product.
    institution_of : mapping of str to str
        The institution of a product, by code.
    scores : sequence of float
        What each pair would have after the changes.
    changes : sequence of Change
        The distinct changes.
    numbers : sequence of int
        Positions in ``changes``: those of the first near miss, then those of the next.
    ends : sequence of int
        Where the numbers of each near miss end.
    """

    __slots__ = ("changes", "ends", "institution_of", "numbers", "products", "scores")

    def __init__(
        self,
        products: Sequence[str] = (),
        institution_of: Mapping[str, str] = MappingProxyType({}),
        scores: Sequence[float] = (),
        changes: Sequence[Change] = (),
        numbers: Sequence[int] = (),
        ends: Sequence[int] = (),
    ) -> None:
        self.products = products
        self.institution_of = institution_of
        self.scores = scores
        self.changes = changes
        self.numbers = numbers
        self.ends = ends

    def __len__(self) -> int:
        return len(self.products)

    @overload
    def __getitem__(self, index: int) -> NearMiss: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[NearMiss, ...]: ...

    def __getitem__(self, index: int | slice) -> NearMiss | tuple[NearMiss, ...]:
        positions = range(len(self))[index]
        if isinstance(positions, int):
            return self._at(positions)
        return tuple(map(self._at, positions))

    def __iter__(self) -> Iterator[NearMiss]:
        return map(self._at, range(len(self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NearMissList | tuple) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))

    def _at(self, position: int) -> NearMiss:
        start = self.ends[position - 1] if position else 0
        product = self.products[position]
        changes = tuple(self.changes[n] for n in self.numbers[start : self.ends[position]])
        return NearMiss(product, self.institution_of[product], changes, self.scores[position])
