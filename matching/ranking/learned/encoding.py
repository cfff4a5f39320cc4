"""From facts of needs to numbered values; the numbering belongs to a model."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np

from matching.ranking.learned.history import Block, Facts, Integers
from matching.ranking.learned.records import NeedFacts

# Upper ends of the bands of amounts, in yuan; banks quote their limits at such figures.
AMOUNT_BANDS_YUAN: Final = (
    500_000,
    1_000_000,
    2_000_000,
    3_000_000,
    5_000_000,
    10_000_000,
    20_000_000,
    50_000_000,
    100_000_000,
)

COLUMNS: Final = ("stage", "section", "division", "city", "county", "amount", "family")

BLOCKS: Final = (
    Block("stage", "stage", ("stage",)),
    Block("section", "industry", ("section",)),
    Block("division", "industry", ("division",)),
    Block("city", "region", ("city",)),
    Block("county", "region", ("county",)),
    Block("amount", "amount", ("amount",)),
    Block("family", "family", ("family",)),
    Block("stage_division", "stage_industry", ("stage", "division")),
    Block("city_division", "region_industry", ("city", "division")),
    Block("city_stage", "region_stage", ("city", "stage")),
    Block("family_stage", "family_stage", ("family", "stage")),
)

_COUNTY_LENGTH: Final = 6
_DIVISION_LENGTH: Final = 3


def value_texts(need: NeedFacts) -> dict[str, str | None]:
    """Return the value of each column but ``family``; None where unknown or too coarse."""
    industry, region = need.industry, need.region
    fine = region is not None and len(region) == _COUNTY_LENGTH
    return {
        "stage": need.stage,
        "section": industry[:1] if industry else None,
        "division": industry[:_DIVISION_LENGTH]
        if industry and len(industry) >= _DIVISION_LENGTH
        else None,
        "city": region[:4] if region and fine and not region.endswith("0000") else None,
        "county": region if region and fine and not region.endswith("00") else None,
        "amount": None if need.amount_yuan is None else amount_band(need.amount_yuan),
    }


def amount_band(amount_yuan: int) -> str:
    """Return the band of an amount: the position of the first upper end that holds it."""
    return str(bisect_left(AMOUNT_BANDS_YUAN, amount_yuan))


class Numbering:
    """Numbers the values of each column; what it has not seen is ``unseen``.

    Parameters
    ----------
    values : mapping of str to sequence of str
        For each column its values, ascending.
    """

    def __init__(self, values: Mapping[str, Sequence[str]]) -> None:
        self.values = {column: tuple(values[column]) for column in COLUMNS}
        self._numbers = {
            column: {value: number for number, value in enumerate(own)}
            for column, own in self.values.items()
        }
        # One number more for values that were never seen.
        self.sizes = {column: len(own) + 1 for column, own in self.values.items()}

    @classmethod
    def of(cls, needs: Iterable[NeedFacts], families: Iterable[str | None]) -> Numbering:
        """Number the values that occur."""
        seen: dict[str, set[str]] = {column: set() for column in COLUMNS}
        for need in needs:
            for column, value in value_texts(need).items():
                if value is not None:
                    seen[column].add(value)
        seen["family"].update(family for family in families if family is not None)
        return cls({column: sorted(own) for column, own in seen.items()})

    def number(self, column: str, value: str | None) -> int:
        """Return the number of a value; -1 for None, the last number for an unseen one."""
        if value is None:
            return -1
        return self._numbers[column].get(value, self.sizes[column] - 1)

    def need_numbers(self, need: NeedFacts) -> dict[str, int]:
        """Return the numbers of a need's values, without ``family``."""
        texts = value_texts(need)
        return {column: self.number(column, value) for column, value in texts.items()}

    def facts(self, needs: Sequence[NeedFacts], families: Sequence[str | None]) -> Facts:
        """Return the facts of pairs: one need and the family of one product per row."""
        memo = {need: self.need_numbers(need) for need in dict.fromkeys(needs)}
        rows = [memo[need] for need in needs]
        values = {
            column: _integers(row[column] for row in rows)
            for column in COLUMNS
            if column != "family"
        }
        values["family"] = _integers(self.number("family", family) for family in families)
        return Facts(values, self.sizes)


def _integers(numbers: Iterable[int]) -> Integers:
    return np.fromiter(numbers, dtype=np.int64)
