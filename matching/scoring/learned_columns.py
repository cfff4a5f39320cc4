"""What a learned model reads of the needs of a batch."""

from __future__ import annotations

import numpy as np

from matching.eligibility.catalogue import HIGHEST
from matching.eligibility.columns import ClassColumn, NeedColumns
from matching.scoring.learned import Profiles


def profiles_of(needs: NeedColumns) -> tuple[Profiles, Profiles]:
    """Return the profiles of needs: as they are, and with an open stage read as none."""
    amount = needs.intervals["amount"]
    asked = np.minimum(amount.high, HIGHEST).astype(np.float64)
    asked[~amount.known] = np.nan
    stages = needs.classes["stage"]
    settled = tuple(stage if is_settled else None for stage, _, is_settled in stages.distinct)
    # A declared stage is never open: a product with other stages is no match.
    open_ = tuple(
        stage if is_declared else None
        for stage, (_, is_declared, _) in zip(settled, stages.distinct, strict=True)
    )
    known, unknown = (
        Profiles(
            stage=ClassColumn(codes, stages.of_need),
            industry=needs.classes["industry"],
            region=needs.classes["region"],
            amount_yuan=asked,
        )
        for codes in (settled, open_)
    )
    return known, unknown
