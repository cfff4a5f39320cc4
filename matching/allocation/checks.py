"""What an allocation problem may hold; every fault is told at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from matching.allocation.pairs import CandidatePairs
from matching.errors import Fault, InputError
from matching.schema import Institution, Product

_UNKNOWN: Final = "unknown_reference"


def check_problem(
    pairs: CandidatePairs, institutions: Sequence[Institution], *, per_need: int
) -> None:
    """Raise :class:`InputError` with every fault of the parts of a problem, if there is any."""
    faults = [
        *_per_need(per_need),
        *_twice("needs", [need.code for need in pairs.needs]),
        *_twice("institutions", [institution.code for institution in institutions]),
        *_twice("products", [product.code for product in pairs.products]),
        *_capacities(institutions),
        *_owners(pairs.products, {institution.code for institution in institutions}),
        *_pairs(pairs),
    ]
    if faults:
        raise InputError(faults)


def _per_need(per_need: int) -> Iterator[Fault]:
    if not isinstance(per_need, int) or per_need < 1:
        text = "不小于 1 的整数（每条需求最多推送的机构数）"
        yield Fault("allocation", None, "per_need", str(per_need), text, "out_of_range")


def _twice(where: str, codes: Sequence[str]) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for row, code in enumerate(codes, start=1):
        if code in first:
            text = f"列表内不重复的代码（第 {first[code]} 条已用）"
            yield Fault(where, row, "code", code, text, "duplicate_code")
        first.setdefault(code, row)


def _capacities(institutions: Sequence[Institution]) -> Iterator[Fault]:
    for row, institution in enumerate(institutions, start=1):
        capacity = institution.capacity
        if capacity is not None and (not isinstance(capacity, int) or capacity < 0):
            text = "不小于 0 的整数；不设上限时留空"
            yield Fault("institutions", row, "capacity", str(capacity), text, "out_of_range")


def _owners(products: Sequence[Product], known: set[str]) -> Iterator[Fault]:
    for row, product in enumerate(products, start=1):
        if product.institution not in known:
            text = "institutions 中已有的机构代码；请先补上该机构"
            yield Fault("products", row, "institution", product.institution, text, _UNKNOWN)


def _pairs(pairs: CandidatePairs) -> Iterator[Fault]:
    shapes = {one.shape for one in (pairs.need, pairs.product, pairs.to_confirm, pairs.score)}
    if len(shapes) > 1 or len(shapes.pop()) != 1:
        yield Fault("pairs", None, None, None, "四个等长的一维数组", "unequal_lengths")
        return
    for name, positions, known in (
        ("need", pairs.need, len(pairs.needs)),
        ("product", pairs.product, len(pairs.products)),
    ):
        wrong = np.flatnonzero((positions < 0) | (positions >= known))
        if len(wrong):
            text = f"0 至 {known - 1} 的位置（共 {len(wrong)} 对有误，此为第一对）"
            value = str(positions[wrong[0]])
            yield Fault("pairs", int(wrong[0]) + 1, name, value, text, _UNKNOWN)
    # A comparison with NaN is false, so this finds NaN too.
    wrong = np.flatnonzero(~((pairs.score >= 0) & (pairs.score <= 1)))
    if len(wrong):
        text = f"0 至 1 的数（共 {len(wrong)} 对有误，此为第一对）"
        value = str(pairs.score[wrong[0]])
        yield Fault("pairs", int(wrong[0]) + 1, "score", value, text, "out_of_range")
