"""A run's figures for people: tables on the terminal, a page, a short table in the README."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.benchmarks.promises import Figures, Judged, judge

_WORDS = {
    "reached": "达到目标",
    "held": "满足要求",
    "missed": "未满足",
    "unmeasured": "未测",
    "-": "",
}
_ENGLISH = _WORDS | {
    "reached": "reached",
    "held": "held",
    "missed": "**missed**",
    "unmeasured": "not measured",
}
_COLOURS = {"reached": "green", "held": "green", "missed": "red"}
_BEGIN, _END = "<!-- figures: begin -->", "<!-- figures: end -->"


def print_tables(figures: Figures) -> None:
    """Print what is promised, then every figure that was measured."""
    console = Console()
    table = Table(title="性能：实测与要求", title_justify="left")
    table.add_column("项目")
    for heading in ("实测（最小–最大）", "要求", "目标"):
        table.add_column(heading, justify="right")
    table.add_column("结论")
    for judged in judge(figures):
        verdict = judged.verdict
        style = _COLOURS.get(verdict, "")
        table.add_row(
            judged.line.text,
            _measured(judged),
            *_limits(judged),
            f"[{style}]{_WORDS[verdict]}[/]" if style else _WORDS[verdict],
        )
    console.print(table)
    if figures["quick"]:
        console.print("小规模（--quick）：数据量不足，结论仅供参考。")
    details = Table(title="全部数值", title_justify="left")
    details.add_column("项目")
    details.add_column("数值", justify="right")
    for name, value in _flat(figures):
        details.add_row(name, value)
    console.print(details)


def write_page(figures: Figures, page: Path) -> None:
    """Write the page on performance."""
    page.write_text(_page(figures), encoding="utf-8")


def write_readme(figures: Figures, readme: Path) -> None:
    """Put the short table between its two marks in the README."""
    before, _, rest = readme.read_text(encoding="utf-8").partition(_BEGIN)
    _, mark, after = rest.partition(_END)
    if not mark:
        raise ValueError(f"{readme} lacks the marks {_BEGIN} and {_END}")
    about = figures["machine"]
    table = _promises_table(figures)
    text = f"\nMeasured on {about['date']}: {about['machine']}; {about['versions']}.\n\n{table}\n"
    readme.write_text(before + _BEGIN + text + _END + after, encoding="utf-8")


def _page(figures: Figures) -> str:
    about, contest = figures["machine"], figures["contest"]
    one = contest["one_thread"]
    parts = [
        "# Performance",
        "Written by `make bench ARGS=--publish`; run it again rather than edit.",
        f"Date {about['date']}. {about['machine']}. {about['versions']}.",
        "Ratios travel between machines, seconds do not. CPU time on one thread unless said. "
        "“Held” and “reached” compare the median with the two limits beside it.",
        _promises_table(figures),
        "## The same work in several engines",
        f"{one['needs']:,} needs × {one['products']:,} products; every criterion with its three "
        "outcomes, the verdict, all components of the score, the best 20 of each need in exact "
        "order. Before anything is timed the whole lists are compared, scores bit for bit, for "
        f"every need (the plain engine: the first {one['equal_needs']['plain']}). Engines take "
        f"turns, {one['rounds']} rounds; a ratio is formed within its round.",
        *(
            part
            for kind, name in (("cpu", "one_thread"), ("wall", "all_cores"), ("cpu", "wide"))
            if name in contest
            for part in _engines_table(contest[name], kind)
        ),
        _FAIRNESS,
        "## Growth",
        _growth_table(figures["growth"]["by_needs"] + figures["growth"]["by_products"]),
        "More needs than were made are repetitions of them under other codes. *Columns* hold the "
        "needs for any catalogue, *encoded* is what one catalogue makes of them, *results* are "
        "the best 20 with keys and counts; *resident* is by how much the process grew from "
        "encoding and ranking. Codes and names of needs are not counted. *First* encoding also "
        "makes the catalogue's bitmaps and tables.",
        "## Everything else",
        _details_table(figures),
    ]
    return "\n\n".join(parts) + "\n"


_FAIRNESS = """What helps the other engines:

- Encoding is outside the timing for all: masks instead of lists, regions and industries
  already expanded, the stage inferred, missing figures as limits that everything meets.
- They read the partial sums that the compiled engine reads (seven components per profile of
  needs, the levels of regions and industries); the additions run in one order everywhere.
- They find the likeness of each pair of texts ready computed, because the made-up needs share
  some hundred texts; the compiled engine computes it for every pair that it scores.
- DuckDB joins on expanded keys with the other criteria as conditions of the join, looks parts
  of the score up by dense numbers, and runs its joins as written. Polars joins on the same
  keys in chunks. NumPy broadcasts three criteria over cache-sized chunks and gathers the rest.
- The plain engine reads records, so it encodes as it goes."""


def _promises_table(figures: Figures) -> str:
    rows = [
        (judged.line.english, _measured(judged), *_limits(judged), _ENGLISH[judged.verdict])
        for judged in judge(figures)
    ]
    return _markdown(("", "measured (least–most)", "hold", "reach for", "verdict"), rows)


def _engines_table(contest: Figures, kind: str) -> list[str]:
    words = "CPU time" if kind == "cpu" else "wall time"
    threads = contest["threads"]
    rows = [
        (
            f"`{name}`",
            _with_spread(of_engine["million_pairs_per_second"]),
            _with_spread(of_engine["times_ours"]) + " ×",
        )
        for name, of_engine in contest[kind].items()
    ]
    title = (
        f"### {contest['needs']:,} × {contest['products']:,}, {words}, "
        f"{threads} thread{'s' if threads > 1 else ''}"
    )
    return [title, _markdown(("engine", "million pairs per second", "time against ours"), rows)]


def _growth_table(sizes: Sequence[Figures]) -> str:
    rows = [
        (
            f"{size['needs']:,} × {size['products']:,}",
            f"{size['first_encode_cpu_ms']:,.0f} ms",
            f"{size['encode_ns_per_need'] / 1e3:.2f} µs",
            f"{size['rank_ns_per_need']['median'] / 1e3:.2f} µs",
            f"{size['million_pairs_per_second']:,.0f}",
            *(
                f"{size['bytes_per_need'][part]:,.0f}"
                for part in ("columns", "encoded", "result", "resident")
            ),
        )
        for size in sizes
    ]
    heads = (
        "needs × products",
        "first encoding",
        "encoding per need",
        "ranking per need",
        "million pairs/s",
        "bytes per need: columns",
        "encoded",
        "results",
        "resident",
    )
    return _markdown(heads, rows)


def _details_table(figures: Figures) -> str:
    parts = ("library", "kerong_rank", "api", "match_run", "deltas", "allocation")
    chosen = {part: figures[part] for part in parts if part in figures}
    return _markdown(("figure", "value"), _flat(chosen))


def _markdown(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|---" + "|---:" * (len(heads) - 1) + "|"]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)


def _measured(judged: Judged) -> str:
    if judged.median is None:
        return "–"
    unit = judged.line.unit
    if judged.least is None or judged.largest is None:
        return f"{_number(judged.median)} {unit}"
    return (
        f"{_number(judged.median)} {unit} ({_number(judged.least)}–{_number(judged.largest)})"
    )


def _limits(judged: Judged) -> tuple[str, str]:
    sign = "≥" if judged.line.more else "≤"
    hold, reach = (
        "–" if limit is None else f"{sign} {limit:g} {judged.line.unit}"
        for limit in (judged.line.hold, judged.line.reach)
    )
    return hold, reach


def _with_spread(spread: dict[str, float]) -> str:
    return (
        f"{_number(spread['median'])} ({_number(spread['min'])}–{_number(spread['max'])})"
    )


def _number(value: float) -> str:
    """Show three significant digits."""
    if abs(value) >= 100:  # noqa: PLR2004 - three digits before the point
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _flat(figures: Any, path: str = "") -> list[tuple[str, str]]:
    """List nested figures under dotted names."""
    if isinstance(figures, dict):
        return [
            row
            for name, value in figures.items()
            for row in _flat(value, f"{path}.{name}" if path else str(name))
        ]
    if isinstance(figures, list):
        return [row for number, value in enumerate(figures) for row in _flat(value, f"{path}.{number}")]
    return [(path, f"{figures:,.4g}" if isinstance(figures, float) else str(figures))]
