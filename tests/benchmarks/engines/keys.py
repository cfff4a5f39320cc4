"""Join keys: what rules out most, expanded from masks to rows, for engines that join."""

from __future__ import annotations

import numpy as np

from tests.benchmarks.encoding.masks import Column
from tests.benchmarks.encoding.tables import Tables

# Criterion: columns of needs and products, and how many bits their masks have.
_WIDTHS = {"type": ("types", "type", 13), "stage": ("stages", "stages", 5)}
_REGIONS = 64
_ANY_STAGE = 1 << 4


def join_keys(tables: Tables, *, with_region: bool) -> tuple[tuple[Column, Column], ...]:
    """Return rows and keys of needs and of products: equal keys agree in every criterion.

    A pair has at most one key in common: a product has one type, a firm one region, and a
    need that may be of several stages has one key of its own, which all products have.
    """
    criteria = [*_WIDTHS.values(), *([("region", "region", _REGIONS)] if with_region else [])]
    sides = []
    for number, columns in enumerate((tables.needs, tables.products)):
        masks = {names[number]: columns[names[number]].astype(np.uint64) for names in criteria}
        stages = masks["stages"]
        if number == 0:
            declared = stages != (_ANY_STAGE << 1) - 1
            masks["stages"] = np.where(declared, stages & ~np.uint64(_ANY_STAGE), _ANY_STAGE)
        else:
            masks["stages"] = stages | np.uint64(_ANY_STAGE)
        row, key = np.arange(len(stages)), np.zeros(len(stages), dtype=np.int64)
        for names in criteria:
            width = names[2]
            bits = masks[names[number]][row, np.newaxis].astype(np.uint64)
            at, code = np.nonzero(bits >> np.arange(width, dtype=np.uint64) & np.uint64(1))
            row, key = row[at], key[at] * width + code
        sides.append((row, key))
    return tuple(sides)
