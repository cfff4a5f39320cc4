"""The answer as tables on the terminal."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from matching.exchange.results.ranking import Ranking
from matching.exchange.results.wording import (
    ASKED,
    change_text,
    criterion_label,
    interval_text,
    question_text,
    reasons,
)
from matching.schema import Match, Need, NeedResult
from matching.units import format_wan
from matching.vocabulary import DISCLAIMER, OUTCOMES, VERDICTS

SHOWN_MATCHES: Final = 5  # a need, unless --top says otherwise
_SHOWN_EXTRAS: Final = 3
_PLAIN_WIDTH: Final = 140  # columns where the output is no terminal


def print_tables(ranking: Ranking, *, top: int | None) -> None:
    """Print the best matches of each need, product or institution, with the reasons.

    Without ``top`` each list is cut for the eye, and the cut is said.
    """
    console = new_console()
    shown = top or SHOWN_MATCHES
    names = _Names(ranking)
    console.print(f"截至 {ranking.as_of.isoformat()}，共 {len(ranking.exchange.needs)} 条需求")
    for result in ranking.needs:
        console.print(_table(names.title_of_need(result), result.matches, names, shown=shown))
        for line in _extras(result, names):
            console.print(escape(line), style="dim")
    for code, matches in ranking.groups.items():
        console.print(_table(names.title_of_group(ranking.by, code), matches, names, shown=shown))
    console.print(DISCLAIMER)
    if top is None:
        console.print(f"每项最多显示 {shown} 条；完整结果请用 --out 或 --top。", style="dim")


def new_console() -> Console:
    """Return a console as wide as the terminal, or as is good to read where there is none."""
    width = None if sys.stdout.isatty() else _PLAIN_WIDTH
    return Console(width=width, highlight=False, soft_wrap=False)


def _table(title: str, matches: tuple[Match, ...], names: _Names, *, shown: int) -> Table:
    table = Table(title=escape(title), title_justify="left", expand=True)
    table.add_column("名次", justify="right", width=4)
    table.add_column("匹配", ratio=4, overflow="fold")
    table.add_column("结论", width=14)
    table.add_column("得分", justify="right", width=6)
    table.add_column("理由", ratio=6, overflow="fold")
    for match in matches[:shown]:
        table.add_row(
            str(match.rank),
            escape(names.partner(match)),
            VERDICTS[match.verdict],
            f"{match.score:.4f}",
            escape(_reason(match)),
        )
    rest = len(matches) - shown
    table.caption = f"另有 {rest} 条" if rest > 0 else ("" if matches else "暂无匹配的产品")
    return table


def _reason(match: Match) -> str:
    texts = reasons(match, lambda criterion: criterion_label(criterion.code))
    lines = [f"{OUTCOMES[key]}：{'、'.join(texts[key])}" for key in texts if texts[key]]
    return "\n".join(lines) or "产品未设条件"


def _extras(result: NeedResult, names: _Names) -> list[str]:
    lines = []
    for miss in result.near_misses[:_SHOWN_EXTRAS]:
        changes = "；".join(map(change_text, miss.changes))
        lines.append(f"  差一步：{names.product(miss.product)}，{changes}")
    for question in result.questions[:_SHOWN_EXTRAS]:
        asked, what = ASKED[question.asks], question_text(question)
        lines.append(f"  待核实：向{asked}核实“{what}”，可定 {question.products} 个产品")
    return lines


class _Names:
    """What people call the records of an exchange."""

    def __init__(self, ranking: Ranking) -> None:
        exchange = ranking.exchange
        self._by = ranking.by
        self._firms = {firm.uscc: firm.name for firm in exchange.firms}
        self._needs: Mapping[str, Need] = {need.code: need for need in exchange.needs}
        self._products = {one.code: one.name for one in exchange.products}
        self._institutions = {one.code: one.name for one in exchange.institutions}

    def product(self, code: str) -> str:
        return f"{self._products[code]}（{code}）"

    def title_of_need(self, result: NeedResult) -> str:
        need = self._needs[result.code]
        amounts = (need.amount_min_yuan, need.amount_max_yuan)
        amount = "金额未填" if amounts == (None, None) else interval_text(amounts, format_wan)
        return f"需求 {need.code} · {self._firms[need.firm]} · {amount}"

    def title_of_group(self, by: str, code: str) -> str:
        if by == "product":
            return f"产品 {self.product(code)}"
        return f"机构 {self._institutions[code]}（{code}）"

    def partner(self, match: Match) -> str:
        product = f"{self._products[match.product]} · {self._institutions[match.institution]}"
        if self._by == "need":
            return product
        need = f"{match.need} · {self._firms[self._needs[match.need].firm]}"
        return need if self._by == "product" else f"{need}\n{product}"
