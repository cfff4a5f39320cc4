"""The plain engine, need by need: what the compiled one must agree with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from matching.pipeline import Matcher
from matching.schema import Firm, Need, Product, Shortlist
from tests.benchmarks.engines.answers import TOP, Lists, from_rows


class Plain:
    """`Matcher.shortlist` for the first needs; it reads records, so it encodes as it goes."""

    name = "plain"
    about = "matching.pipeline：逐项需求，NumPy 按列比较（含需求编码）"

    def __init__(
        self, products: Sequence[Product], needs: Sequence[tuple[Need, Firm]], as_of: date
    ) -> None:
        self._matcher = Matcher(products)
        self._numbers = {p.code: n for n, p in enumerate(sorted(products, key=lambda p: p.code))}
        self._needs, self._as_of = needs, as_of

    def rank(self) -> list[Shortlist]:
        """Rank need by need."""
        shortlist, as_of = self._matcher.shortlist, self._as_of
        return [shortlist(need, firm, as_of=as_of, top=TOP) for need, firm in self._needs]

    def lists(self, answer: list[Shortlist]) -> Lists:
        """Number what the shortlists name."""
        rows = [
            (need, place, self._numbers[product], verdict == "eligible", score)
            for need, found in enumerate(answer)
            for place, (product, verdict, score) in enumerate(
                zip(found.products, found.verdicts, found.scores, strict=True)
            )
        ]
        columns = [np.array(column) for column in zip(*rows, strict=True)]
        return from_rows(len(answer), *columns)
