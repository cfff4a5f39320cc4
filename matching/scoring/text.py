"""Likeness of texts: TF-IDF on character n-grams with a vocabulary fixed by version."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from math import sqrt
from pathlib import Path
from typing import Final

import numpy as np
from scipy.sparse import csr_array

from matching.eligibility.facts import Facts
from matching.eligibility.outcomes import Rows, Values
from matching.schema import Firm, Need, Product
from matching.scoring.ngrams import ngrams

_FILE: Final = Path(__file__).with_name("vocabulary.json")
# Vectors are held in whole units of 2 ** -24: sums of whole numbers come out the same in any
# order and on any machine. A cosine is then at most 2 ** 48 units of 2 ** -48.
_UNITS: Final = 1 << 24
_SMALL: Final = 50_000  # entries
UNITS_OF_COSINE: Final = float(_UNITS) ** -2


@dataclass(frozen=True, slots=True)
class TextVocabulary:
    """Known n-grams with their inverse document frequencies.

    Attributes
    ----------
    version : str
        Fingerprint of the file: two results with one version used one vocabulary.
    numbers : mapping of str to int
        Column of each n-gram; others are ignored.
    idf : tuple of float
    """

    version: str
    numbers: Mapping[str, int]
    idf: tuple[float, ...]

    def vector(self, text: str) -> tuple[list[int], list[float]]:
        """Return columns (ascending) and values of a text's TF-IDF vector of length 1.

        A text without known n-grams has no entries.
        """
        counts = Counter(self.numbers[gram] for gram in ngrams(text) if gram in self.numbers)
        columns = sorted(counts)
        values = [counts[column] * self.idf[column] for column in columns]
        length = sqrt(sum(value * value for value in values))
        return columns, [value / length for value in values]

    def units(self, text: str) -> tuple[list[int], list[int]]:
        """Return ``vector`` with its values rounded to whole units of 2 ** -24."""
        columns, values = self.vector(text)
        return columns, [round(value * _UNITS) for value in values]


@cache
def load_vocabulary() -> TextVocabulary:
    """Return the vocabulary that this version of the library carries."""
    content = _FILE.read_bytes()
    idf_by_gram: dict[str, float] = json.loads(content)["idf"]
    return TextVocabulary(
        version=hashlib.sha256(content).hexdigest()[:12],
        numbers={gram: number for number, gram in enumerate(idf_by_gram)},
        idf=tuple(idf_by_gram.values()),
    )


class ProductTexts:
    """Names and descriptions of the products as one sparse matrix of whole units."""

    def __init__(self, products: Iterable[Product]) -> None:
        self._vocabulary = load_vocabulary()
        data: list[int] = []
        columns: list[int] = []
        ends = [0]
        for product in products:
            own_columns, units = self._vocabulary.units(_product_text(product))
            columns += own_columns
            data += units
            ends.append(len(data))
        shape = (len(ends) - 1, len(self._vocabulary.idf))
        self.matrix = csr_array((data, columns, ends), shape=shape, dtype=np.int64)

    def similarity(self, facts: Facts, rows: Rows) -> Values:
        """Return the cosine between the need's text and that of each row, in [0, 1]."""
        columns, units = self._vocabulary.units(need_text(facts.need, facts.firm))
        if not columns or not len(rows):
            return np.zeros(len(rows))
        wanted = np.zeros(len(self._vocabulary.idf), dtype=np.int64)
        wanted[columns] = units
        # To pick rows of a sparse matrix costs more than to multiply a small one whole.
        is_small = self.matrix.nnz < _SMALL
        common: Values = (self.matrix @ wanted)[rows] if is_small else self.matrix[rows] @ wanted
        return np.minimum(common * UNITS_OF_COSINE, 1.0)


def need_text(need: Need, firm: Firm) -> str:
    """Return what a need and its firm say of themselves."""
    return "\n".join(filter(None, (need.description, firm.description)))


def _product_text(product: Product) -> str:
    return "\n".join(filter(None, (product.name, product.series, product.description)))
