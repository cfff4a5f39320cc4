"""A few places beside the ranking for institutions whose record is short.

Whoever is never shown never gets a record, so a ranking that learns would leave newcomers where
they are. The order of matches is not touched: beside it stand a few eligible products from below
the places shown, drawn by chance among those of institutions that are hardly known. With each
stands how likely it was to be drawn, so that whoever learns from what came of it can correct.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

SLOTS: Final = 2
# A place above this one is seen anyway.
SHOWN_PLACES: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Exploration:
    """What is drawn from, and how many. Every field changes results.

    Attributes
    ----------
    version : str
        Of the model whose record is short; another one draws anew.
    known : frozenset of str
        Institutions whose record is long enough; they need no chance.
    slots : int
        How many products are drawn at most.
    below : int
        The last place that is shown: products are drawn from those after it.
    """

    version: str
    known: frozenset[str]
    slots: int = SLOTS
    below: int = SHOWN_PLACES

    def draw(self, need: str, pool: Collection[str]) -> tuple[tuple[str, ...], float]:
        """Draw products for a need, each of the pool as likely as any other.

        The same need, version and pool give the same draw, whatever the order of the pool; no
        generator and no clock is asked. Another need or version draws independently. What
        leaves the pool without having been drawn changes nothing of the draw.

        Parameters
        ----------
        need : str
            Code of the need.
        pool : collection of str
            Distinct product codes.

        Returns
        -------
        tuple of str
            At most ``slots`` codes, in the order in which they were drawn.
        float
            The chance in (0, 1] that each of them had; 1.0 for an empty pool.
        """
        drawn = sorted(pool, key=lambda product: (self._lot(need, product), product))
        chance = min(1.0, self.slots / len(pool)) if pool else 1.0
        return tuple(drawn[: self.slots]), chance

    def _lot(self, need: str, product: str) -> bytes:
        # A byte that no code holds keeps the three apart.
        return hashlib.sha256(f"{self.version}\0{need}\0{product}".encode()).digest()
