"""Facts of many needs as one product compares them: marks over the distinct facts, kept."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.sparse import csr_array

from matching.eligibility.columns import NeedColumns
from matching.eligibility.industries import relate_industry
from matching.eligibility.outcomes import ABSENT, MET, UNMET, Codes, Flags
from matching.eligibility.regions import relate_region

_RELATE: dict[str, Callable[[str, str], int]] = {
    "region": relate_region,
    "industry": relate_industry,
}


class NeedFacts:
    """Need columns with what products ask of their distinct facts.

    Products ask for few codes again and again, so every answer is kept.
    """

    def __init__(self, needs: NeedColumns, vocabulary: int) -> None:
        self.needs = needs
        starts = needs.text.starts
        self.texts = csr_array(
            (needs.text.units, needs.text.columns, starts),
            shape=(len(needs), vocabulary),
            dtype=np.int64,
        )
        self._unknown: dict[str, Flags] = {}
        self._holders: dict[tuple[str, str], Flags] = {}
        self._wishes: dict[str, Codes] = {}
        self._relations: dict[tuple[str, str], Codes] = {}

    def unknown(self, column: str) -> Flags:
        """Mark the distinct facts of a column that are missing."""
        if column not in self._unknown:
            distinct = self.needs.classes[column].distinct
            self._unknown[column] = np.array([fact is None for fact in distinct], dtype=np.bool_)
        return self._unknown[column]

    def holders(self, column: str, code: str) -> Flags:
        """Mark the distinct lists of a column that hold a code."""
        key = (column, code)
        if key not in self._holders:
            distinct = self.needs.classes[column].distinct
            marks = np.array([code in (fact or ()) for fact in distinct], dtype=np.bool_)
            self._holders[key] = marks
        return self._holders[key]

    def wishes(self, code: str) -> Codes:
        """Return the outcome of a financing type for each distinct wish."""
        if code not in self._wishes:
            self._wishes[code] = np.array(
                [
                    (MET if code in wanted else UNMET) if wanted else ABSENT
                    for wanted in self.needs.classes["financing_type"].distinct
                ],
                dtype=np.int8,
            )
        return self._wishes[code]

    def relations(self, column: str, stated: str) -> Codes:
        """Relate a product's region or industry to each distinct one; a missing one is apart."""
        key = (column, stated)
        if key not in self._relations:
            relate = _RELATE[column]
            self._relations[key] = np.array(
                [
                    -1 if code is None else relate(stated, code)
                    for code in self.needs.classes[column].distinct
                ],
                dtype=np.int8,
            )
        return self._relations[key]
