"""This project's engine for many needs: `matching.bulk`."""

from __future__ import annotations

import numpy as np

from matching.bulk import BulkMatcher, Ranked
from matching.ranking.batch import EncodedNeeds
from tests.benchmarks.engines.answers import TOP, Lists


class Compiled:
    """The compiled engine on encoded needs."""

    name = "kerong"
    about = "matching.bulk：产品位图索引，编译后的单遍循环"

    def __init__(self, matcher: BulkMatcher, needs: EncodedNeeds, *, threads: int) -> None:
        self._matcher, self._needs, self._threads = matcher, needs, threads

    def rank(self) -> Ranked:
        """Rank the products for each need."""
        return self._matcher.rank(self._needs, top=TOP, threads=self._threads)

    def lists(self, answer: Ranked) -> Lists:
        """Name what the arrays hold."""
        found = answer.result.by_need
        used = np.arange(found.keys.shape[1]) < found.lengths[:, np.newaxis]
        padding = ((0, 0), (0, TOP - found.keys.shape[1]))
        return Lists(
            lengths=found.lengths,
            products=np.pad(np.where(used, found.products, 0), padding),
            eligible=np.pad(used & found.is_eligible, padding),
            scores=np.pad(np.where(used, found.scores, 0.0), padding),
        )
