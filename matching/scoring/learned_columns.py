"""Which profiles the needs of a batch have, for a learned model."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from matching.eligibility.catalogue import HIGHEST
from matching.eligibility.columns import NeedColumns
from matching.scoring.learned import LearnedSide, Profile


def find_profiles(
    side: LearnedSide, needs: NeedColumns
) -> tuple[list[Profile], NDArray[np.int32], NDArray[np.int32]]:
    """Return the distinct profiles of needs, each need's own, and its own with an open stage.

    Needs that a model cannot tell apart share a profile.
    """
    amount = needs.intervals["amount"]
    asked = np.minimum(amount.high, HIGHEST).astype(np.float64)
    asked[~amount.known] = np.nan
    bands = side.bands(asked) + 1
    stages, industries, regions = (needs.classes[name] for name in ("stage", "industry", "region"))
    settled = [stage if is_settled else None for stage, _, is_settled in stages.distinct]
    names = sorted({stage for stage in settled if stage is not None})
    number = {None: 0} | {stage: place for place, stage in enumerate(names, start=1)}
    of_stage = np.array([number[stage] for stage in settled], dtype=np.int64)
    rest = industries.of_need.astype(np.int64) * max(len(regions.distinct), 1) + regions.of_need
    rest = (rest * (int(bands.max(initial=0)) + 1) + bands) * (len(names) + 1)
    # A declared stage is never open: a product with other stages is no match.
    is_declared = np.array([declared for _, declared, _ in stages.distinct], dtype=np.bool_)
    known = rest + of_stage[stages.of_need]
    both = np.concatenate([known, np.where(is_declared[stages.of_need], known, rest)])
    _, firsts, rows = np.unique(both, return_index=True, return_inverse=True)
    count = len(needs)
    profiles = [
        Profile(
            stage=names[int(both[first] % (len(names) + 1)) - 1]
            if both[first] % (len(names) + 1)
            else None,
            industry=industries.distinct[industries.of_need[first % count]],
            region=regions.distinct[regions.of_need[first % count]],
            amount_yuan=None if np.isnan(asked[first % count]) else int(asked[first % count]),
        )
        for first in firsts.tolist()
    ]
    own: NDArray[np.int32] = rows.reshape(-1).astype(np.int32)
    return profiles, own[:count], own[count:]
