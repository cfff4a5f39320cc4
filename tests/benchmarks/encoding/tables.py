"""Needs and products as plain columns: what every engine of the comparison starts from.

Preparing them is outside the timing, for every engine alike. What a need leaves open and what a
product waits for are masks over the criteria: a pair waits for the bits that both have, and is
eligible when there are none.

Of the score, an engine reads either the same partial sums per profile of needs and product that
the compiled engine reads, or what products state (``ScoreColumns``), and computes the whole of it.
Both kinds - unlike the compiled engine - find the likeness of each two texts ready computed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from matching.eligibility.columns import NeedColumns
from matching.parameters import Parameters
from matching.ranking.batch import EncodedNeeds
from matching.schema import Product
from matching.scoring.text import UNITS_OF_COSINE, ProductTexts
from tests.benchmarks.encoding.masks import AT_LEAST, AT_MOST, Column
from tests.benchmarks.encoding.needs import need_columns
from tests.benchmarks.encoding.products import counted_conditions, product_columns
from tests.benchmarks.encoding.score_columns import ScoreColumns, score_columns


@dataclass(frozen=True, slots=True)
class Tables:
    """The columns of needs and products, and what the score of a pair is looked up in.

    Attributes
    ----------
    needs, products : dict of arrays
        One entry per need (in ascending order of code) and per product (likewise).
    early : float array, shape (profiles, products, stages)
        Sums of the first seven components, of a need's profile.
    region_levels, industry_levels : uint8 array, shape (codes, products)
    region_parts, industry_parts, requirement_parts : float array, shape (stages, levels)
    late_weights : float array, shape (stages, 3)
        Of amount, term and text.
    neutral : float
    likeness : float array, shape (distinct texts of needs, products)
    score : ScoreColumns
        For engines that leave the partial sums (``early``, ``…_parts``) alone.
    """

    needs: dict[str, Column]
    products: dict[str, Column]
    early: Column
    region_levels: Column
    industry_levels: Column
    region_parts: Column
    industry_parts: Column
    requirement_parts: Column
    late_weights: Column
    neutral: float
    likeness: Column
    score: ScoreColumns

    @property
    def size(self) -> tuple[int, int]:
        """Return the numbers of needs and products."""
        return len(self.needs["waits"]), len(self.products["asks"])

    @property
    def at_most(self) -> tuple[tuple[str, str], ...]:
        """Return the pairs of ``AT_MOST`` whose limit some product sets."""
        return tuple(pair for pair in AT_MOST if np.isfinite(self.products[pair[1]]).any())

    @property
    def at_least(self) -> tuple[tuple[str, str], ...]:
        """Return the pairs of ``AT_LEAST`` whose limit some product sets."""
        return tuple(pair for pair in AT_LEAST if np.isfinite(self.products[pair[1]]).any())


def build_tables(
    products: Iterable[Product],
    columns: NeedColumns,
    encoded: EncodedNeeds,
    parameters: Parameters,
) -> Tables:
    """Lay the workload out; what it does not hold, such as terms with ``>``, is refused."""
    offers = sorted(products, key=lambda product: product.code)
    institutions = {code: n for n, code in enumerate(sorted({p.institution for p in offers}))}
    scores, own = encoded.products, encoded.own
    stages = scores.late_weights.shape[0]
    likeness, text = _likeness(offers, columns)
    return Tables(
        needs=need_columns(columns, institutions)
        | {
            "profile": own.early // stages,
            "stage_index": own.stage.astype(np.int8),
            "region_row": own.region.astype(np.int32),
            "industry_row": own.industry.astype(np.int32),
            "asked_amount": own.asked_amount,
            "asked_term": own.asked_term,
            "text": text,
        },
        products=product_columns(offers, columns, institutions)
        | {
            "stated": counted_conditions(offers),
            "amount_limit": scores.amount_limits,
            "term_limit": scores.term_limits,
            "lends": scores.lending == 0,
        },
        early=np.ascontiguousarray(
            scores.early.reshape(-1, stages, len(offers)).transpose(0, 2, 1)
        ),
        region_levels=scores.regions,
        industry_levels=scores.industries,
        region_parts=scores.region_parts,
        industry_parts=scores.industry_parts,
        requirement_parts=scores.requirement_parts,
        late_weights=scores.late_weights,
        neutral=scores.neutral,
        likeness=likeness,
        score=score_columns(
            offers,
            parameters,
            region_levels=scores.regions,
            industry_levels=scores.industries,
        ),
    )


def _likeness(products: Sequence[Product], columns: NeedColumns) -> tuple[Column, Column]:
    """Return the likeness of each distinct text of the needs to each product."""
    text, numbers = columns.text, {}
    of_need = np.empty(len(columns), dtype=np.int32)
    rows: list[tuple[bytes, bytes]] = []
    for need in range(len(columns)):
        part = slice(text.starts[need], text.starts[need + 1])
        vector = (text.columns[part].tobytes(), text.units[part].tobytes())
        if vector not in numbers:
            numbers[vector] = len(rows)
            rows.append(vector)
        of_need[need] = numbers[vector]
    matrix = ProductTexts(products).matrix
    own = [np.frombuffer(places, dtype=text.columns.dtype) for places, _ in rows]
    units = [np.frombuffer(values, dtype=text.units.dtype) for _, values in rows]
    ends = np.concatenate(([0], np.cumsum([len(places) for places in own])))
    wanted = csr_array(
        (np.concatenate(units).astype(np.int64), np.concatenate(own).astype(np.int32), ends),
        shape=(len(rows), matrix.shape[1]),
    )
    return np.minimum((wanted @ matrix.T).toarray() * UNITS_OF_COSINE, 1.0), of_need
