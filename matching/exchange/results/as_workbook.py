"""The answer as a workbook for people: 万元, per cent, words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import xlsxwriter

from matching.exchange.atomic import replacing
from matching.exchange.results.memo import Memo
from matching.exchange.results.ranking import Ranking
from matching.exchange.results.wording import (
    ASKED,
    change_text,
    criterion_text,
    question_text,
    reasons,
)
from matching.exchange.workbook.cells_out import Writable
from matching.exchange.workbook.size import check_rows
from matching.exchange.workbook.styles import Styles, new_workbook, write_row
from matching.schema import Change, Criterion, Match
from matching.units import yuan_to_wan
from matching.vocabulary import CHANGE_KINDS, DISCLAIMER, VERDICTS

_MATCH_COLUMNS: Final = (
    ("需求代码", 14),
    ("企业名称", 28),
    ("名次", 6),
    ("产品代码", 14),
    ("产品名称", 24),
    ("机构名称", 24),
    ("结论", 14),
    ("得分", 10),
    ("产品最高金额（万元）", 12),
    ("产品最长期限（月）", 12),
    ("最低年化利率（%）", 12),
    ("符合的条件", 60),
    ("待核实的条件", 50),
)
_MISS_COLUMNS: Final = (
    ("需求代码", 14),
    ("企业名称", 28),
    ("产品代码", 14),
    ("产品名称", 24),
    ("机构名称", 24),
    ("需要的变化", 70),
    ("变化类型", 20),
)
_QUESTION_COLUMNS: Final = (
    ("需求代码", 14),
    ("企业名称", 28),
    ("待核实的内容", 30),
    ("询问对象", 10),
    ("涉及产品数", 12),
)

Columns = Sequence[tuple[str, int]]


def write_workbook(ranking: Ranking, path: Path) -> None:
    """Write the answer to a file, all text as text, whatever it begins with.

    Raises
    ------
    TooManyRowsError
        When a sheet would be longer than a spreadsheet can be.
    OSError
        When the file cannot be written; what stood there before is left as it was.
    """
    check_rows(max(_lengths(ranking)))
    rows_of = _Rows(ranking)
    with replacing(path) as draft, new_workbook(draft) as (workbook, styles):
        write_sheet(workbook, styles, "匹配结果", _MATCH_COLUMNS, rows_of.matches())
        if ranking.by == "need":
            write_sheet(workbook, styles, "差一步", _MISS_COLUMNS, rows_of.near_misses())
            write_sheet(workbook, styles, "待核实问题", _QUESTION_COLUMNS, rows_of.questions())
        write_sheet(workbook, styles, "说明", (("项目", 16), ("内容", 80)), rows_of.notes())


def _lengths(ranking: Ranking) -> Iterator[int]:
    yield sum(len(matches) for matches in ranking.groups.values())
    for name in ("matches", "near_misses", "questions"):
        yield sum(len(getattr(need, name)) for need in ranking.needs)


def write_sheet(
    workbook: xlsxwriter.Workbook,
    styles: Styles,
    name: str,
    columns: Columns,
    rows: Iterable[Sequence[Writable]],
) -> None:
    """Write one sheet: headers that stay in sight, with their widths, and rows of cells."""
    sheet = workbook.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    for column, (_, width) in enumerate(columns):
        sheet.set_column(column, column, width)
    write_row(sheet, 0, [header for header, _ in columns], styles, styles.header)
    for number, cells in enumerate(rows, start=1):
        write_row(sheet, number, cells, styles, styles.wrapped)


class _Rows:
    """The rows of each sheet, with names looked up once."""

    def __init__(self, ranking: Ranking) -> None:
        exchange = ranking.exchange
        firm_names = {firm.uscc: firm.name for firm in exchange.firms}
        self._ranking = ranking
        self._firms = {need.code: firm_names[need.firm] for need in exchange.needs}
        self._products = {product.code: product for product in exchange.products}
        self._criterion_text = Memo[Criterion](criterion_text)
        self._change_text = Memo[Change](change_text)
        self._institutions = {one.code: one.name for one in exchange.institutions}

    def matches(self) -> Iterator[list[Writable]]:
        for need in self._ranking.needs:
            yield from map(self._match, need.matches)
        for matches in self._ranking.groups.values():
            yield from map(self._match, matches)

    def _match(self, match: Match) -> list[Writable]:
        product = self._products[match.product]
        rate, amount = product.annual_rate_min, product.amount_max_yuan
        texts = reasons(match, self._criterion_text)
        return [
            match.need,
            self._firms[match.need],
            match.rank,
            match.product,
            product.name,
            self._institutions[match.institution],
            VERDICTS[match.verdict],
            round(match.score, 6),
            None if amount is None else float(yuan_to_wan(amount)),
            product.term_max_months,
            None if rate is None else round(rate * 100, 6),
            "；".join(texts["met"]),
            "；".join(texts["unknown"]),
        ]

    def near_misses(self) -> Iterator[list[Writable]]:
        for need in self._ranking.needs:
            for miss in need.near_misses:
                kinds = dict.fromkeys(CHANGE_KINDS[change.kind] for change in miss.changes)
                yield [
                    need.code,
                    self._firms[need.code],
                    miss.product,
                    self._products[miss.product].name,
                    self._institutions[miss.institution],
                    "；".join(map(self._change_text, miss.changes)),
                    "、".join(kinds),
                ]

    def questions(self) -> Iterator[list[Writable]]:
        for need in self._ranking.needs:
            for question in need.questions:
                yield [
                    need.code,
                    self._firms[need.code],
                    question_text(question),
                    ASKED[question.asks],
                    question.products,
                ]

    def notes(self) -> Iterator[list[Writable]]:
        yield ["截至日期", self._ranking.as_of.isoformat()]
        for name, version in self._ranking.versions.items():
            yield [f"版本 {name}", version]
        yield ["声明", DISCLAIMER]
