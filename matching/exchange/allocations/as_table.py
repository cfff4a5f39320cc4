"""The answer as tables on the terminal."""

from __future__ import annotations

from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from matching.exchange.allocations.answer import AllocationAnswer, Names, objective_text
from matching.exchange.results.as_table import new_console
from matching.vocabulary import DISCLAIMER, VERDICTS

SHOWN_ROWS: Final = 200  # of each table


def print_tables(answer: AllocationAnswer) -> None:
    """Print the referrals and the needs left out; a long table is cut, and the cut is said."""
    console = new_console()
    names = Names(answer.exchange)
    allocation = answer.allocation
    console.print(f"截至 {answer.as_of.isoformat()}，每条需求最多推送 {allocation.per_need} 家机构")
    console.print(objective_text(allocation.objective, needs=len(answer.exchange.needs)))
    _print_referrals(console, answer, names)
    if allocation.unplaced:
        _print_unplaced(console, answer, names)
    console.print(DISCLAIMER)


def _print_referrals(console: Console, answer: AllocationAnswer, names: Names) -> None:
    referrals = answer.allocation.referrals
    table = Table(title="推送名单", title_justify="left", expand=True)
    table.add_column("需求", ratio=4, overflow="fold")
    table.add_column("机构", ratio=3, overflow="fold")
    table.add_column("产品", ratio=4, overflow="fold")
    table.add_column("结论", width=14)
    table.add_column("得分", justify="right", width=8)
    table.add_column("首选", width=4)
    for one in referrals[:SHOWN_ROWS]:
        table.add_row(
            escape(f"{one.need} · {names.firm_of_need[one.need]}"),
            escape(names.institution[one.institution]),
            escape(f"{names.product[one.product]}（{one.product}）"),
            VERDICTS[one.verdict],
            f"{one.score:.6f}",
            "是" if one.first_choice else "",
        )
    table.caption = _caption(len(referrals)) if referrals else "没有可推送的需求"
    console.print(table)


def _print_unplaced(console: Console, answer: AllocationAnswer, names: Names) -> None:
    unplaced = answer.allocation.unplaced
    table = Table(title="未能推送的需求", title_justify="left", expand=True)
    table.add_column("需求", ratio=4, overflow="fold")
    table.add_column("原因", ratio=8, overflow="fold")
    for one in unplaced[:SHOWN_ROWS]:
        table.add_row(
            escape(f"{one.need} · {names.firm_of_need[one.need]}"), escape(names.reason(one))
        )
    table.caption = _caption(len(unplaced))
    console.print(table)


def _caption(rows: int) -> str:
    rest = rows - SHOWN_ROWS
    return f"另有 {rest} 条；完整结果请用 --out" if rest > 0 else ""
