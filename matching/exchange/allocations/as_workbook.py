"""The answer as a workbook for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from matching.exchange.allocations.answer import AllocationAnswer, Names, objective_text
from matching.exchange.atomic import replacing
from matching.exchange.results.as_workbook import write_sheet
from matching.exchange.workbook.cells_out import Writable
from matching.exchange.workbook.size import check_rows
from matching.exchange.workbook.styles import new_workbook
from matching.vocabulary import DISCLAIMER, UNPLACED_REASONS, VERDICTS

_REFERRAL_COLUMNS: Final = (
    ("需求代码", 14),
    ("企业名称", 28),
    ("机构代码", 14),
    ("机构名称", 24),
    ("产品代码", 14),
    ("产品名称", 24),
    ("结论", 14),
    ("得分", 10),
    ("首选机构", 10),
)
_UNPLACED_COLUMNS: Final = (
    ("需求代码", 14),
    ("企业名称", 28),
    ("原因", 40),
    ("涉及机构", 60),
)
_CAPACITY_COLUMNS: Final = (
    ("机构代码", 14),
    ("机构名称", 24),
    ("每批承接上限（条）", 12),
    ("本次推送（条）", 12),
    ("名额用完", 10),
)


def write_workbook(answer: AllocationAnswer, path: Path) -> None:
    """Write the answer to a file, all text as text, whatever it begins with.

    Raises
    ------
    TooManyRowsError
        When a sheet would be longer than a spreadsheet can be.
    OSError
        When the file cannot be written; what stood there before is left as it was.
    """
    check_rows(max(len(answer.allocation.referrals), len(answer.allocation.unplaced)))
    names = Names(answer.exchange)
    with replacing(path) as draft, new_workbook(draft) as (workbook, styles):
        write_sheet(workbook, styles, "推送名单", _REFERRAL_COLUMNS, _referrals(answer, names))
        write_sheet(workbook, styles, "未能推送", _UNPLACED_COLUMNS, _unplaced(answer, names))
        write_sheet(workbook, styles, "机构名额", _CAPACITY_COLUMNS, _capacities(answer))
        write_sheet(workbook, styles, "说明", (("项目", 16), ("内容", 80)), _notes(answer))


def _referrals(answer: AllocationAnswer, names: Names) -> Iterator[list[Writable]]:
    for one in answer.allocation.referrals:
        yield [
            one.need,
            names.firm_of_need[one.need],
            one.institution,
            names.institution[one.institution],
            one.product,
            names.product[one.product],
            VERDICTS[one.verdict],
            one.score,
            "是" if one.first_choice else "否",
        ]


def _unplaced(answer: AllocationAnswer, names: Names) -> Iterator[list[Writable]]:
    for one in answer.allocation.unplaced:
        yield [
            one.need,
            names.firm_of_need[one.need],
            UNPLACED_REASONS[one.reason],
            names.institutions(one.institutions) if one.institutions else "",
        ]


def _capacities(answer: AllocationAnswer) -> Iterator[list[Writable]]:
    taken = Counter(one.institution for one in answer.allocation.referrals)
    for one in sorted(answer.exchange.institutions, key=lambda institution: institution.code):
        used = taken[one.code]
        full = one.capacity is not None and used >= one.capacity
        yield [one.code, one.name, one.capacity, used, "是" if full else "否"]


def _notes(answer: AllocationAnswer) -> Iterator[list[Writable]]:
    allocation = answer.allocation
    yield ["截至日期", answer.as_of.isoformat()]
    yield ["每条需求最多推送机构数", allocation.per_need]
    yield ["结果", objective_text(allocation.objective, needs=len(answer.exchange.needs))]
    for name, version in answer.versions.items():
        yield [f"版本 {name}", version]
    yield ["声明", DISCLAIMER]
