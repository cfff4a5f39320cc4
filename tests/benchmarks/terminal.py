"""A run's figures on the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from tests.benchmarks.formats import flat, limits, measured, number, spread
from tests.benchmarks.promises import Figures, judge

_WORDS = {
    "reached": "[green]达到目标[/]",
    "held": "[green]满足要求[/]",
    "missed": "[red]未满足[/]",
    "unmeasured": "未测",
    "-": "",
}
_DETAILS = ("library", "kerong_rank", "api", "match_run", "deltas", "allocation")


def print_tables(figures: Figures) -> None:
    """Print what is promised, the engines side by side, growth and everything else."""
    console = Console()
    console.print(_promises(figures))
    if figures["quick"]:
        console.print("小规模（--quick）：数据量小于承诺的规模，结论仅供参考。")
    for name, kind, words in (
        ("one_thread", "cpu", "CPU 时间"),
        ("all_cores", "wall", "实际用时"),
        ("wide", "cpu", "CPU 时间"),
    ):
        console.print(_engines(figures["contest"][name], kind, words))
    console.print(_growth(figures))
    console.print(_everything_else(figures))


def _promises(figures: Figures) -> Table:
    table = _table("实测与要求", "项目", "实测（最小–最大）", "要求", "目标", "结论")
    for judged in judge(figures):
        table.add_row(judged.line.text, measured(judged), *limits(judged), _WORDS[judged.verdict])
    return table


def _engines(contest: Figures, kind: str, words: str) -> Table:
    title = (
        f"同一工作，结果逐位相同：{contest['needs']:,} 项需求 × {contest['products']:,} 个产品，"
        f"{words}，{contest['threads']} 线程，{contest['rounds']} 轮交替"
    )
    table = _table(title, "引擎", "百万配对/秒", "用时为本引擎的倍数")
    for name, values in contest[kind].items():
        table.add_row(
            contest["about"][name],
            spread(values["million_pairs_per_second"]),
            spread(values["times_ours"]),
        )
    return table


def _growth(figures: Figures) -> Table:
    table = _table("规模", "需求 × 产品", "编码 µs/需求", "排序 µs/需求", "字节/需求（编码＋结果）")
    growth = figures["growth"]
    for size in growth["by_needs"] + growth["by_products"]:
        held = size["bytes_per_need"]
        table.add_row(
            f"{size['needs']:,} × {size['products']:,}",
            number(size["encode_ns_per_need"]["median"] / 1e3),
            number(size["rank_ns_per_need"]["median"] / 1e3),
            number(held["encoded"] + held["result"]),
        )
    return table


def _everything_else(figures: Figures) -> Table:
    table = _table("其余数值", "项目", "数值")
    for part in _DETAILS:
        for row in flat(figures[part], part):
            table.add_row(*row)
    return table


def _table(title: str, first: str, *others: str) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column(first, overflow="fold")
    for heading in others:
        table.add_column(heading, justify="right", overflow="fold")
    return table
