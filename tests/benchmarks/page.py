"""A run's figures as a page for docs/, and its first table for the README."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.benchmarks.formats import flat, limits, measured, spread
from tests.benchmarks.promises import Figures, judge

_VERDICTS = {
    "reached": "reached",
    "held": "held",
    "missed": "**missed**",
    "unmeasured": "not measured",
    "-": "–",
}
_BEGIN, _END = "<!-- figures: begin -->", "<!-- figures: end -->"
_DETAILS = {
    "library": "One need, explained",
    "kerong_rank": "`kerong rank`, the whole process",
    "api": "API, through the whole WSGI stack without sockets",
    "match_run": "A match run: computing, storage, Celery",
    "deltas": "One product changed",
    "allocation": "Referral lists, proved optimal, with few, just enough and many places",
}
_BYTES = ("columns", "encoded", "result", "resident")

_INTRODUCTION = """Written by `make bench ARGS=--publish`; to change it, measure again.

Ratios travel between machines, seconds do not. CPU time on one thread unless said. A verdict
compares the median with the two limits before it: *reached* what is worth reaching for, *held*
what is promised, or **missed** it. The promises on DuckDB and NumPy are made against engines that
compute the whole score themselves; beneath each stands the same engine handed our partial sums,
under the same limits."""
_RULES = """Every engine applies every criterion with its three outcomes, forms the verdict, adds
all components of the score up and keeps the best 20 products of each need in exact order. Before
anything is timed, the whole lists are compared, scores bit for bit; one difference ends the run.
The engines then take turns, round after round in one process, and a ratio is formed within its
round. In brackets the least and the largest. Wall time suffers where others use the machine too:
where two threads are slower than one, others had the second core."""
_FAIRNESS = """Two kinds of rivals, so that no ratio is read for another:

- `…_whole_score` compute all thirteen components themselves from what products and needs state
  (rates, promises, days, focus, figures asked), under the weights of the need's stage, and the
  lowest over all stages where the stage is open. What hangs on products alone they compute once
  per run, within their time. The promises on DuckDB and NumPy are measured against these.
- `…_handed_sums` are handed our partial sums: the first seven components added up per profile
  of needs, stage and product, the next three weighted, as the compiled engine reads them.
  A rival that made such sums for itself could be no faster than this.

Both kinds come out close together: of a hundred pairs some two are left to score, and to compute
thirteen components for them costs about what it costs to look sums up.

What counts for the compiled engine: its partial sums, bitmaps and tables come from encoding,
which no ratio counts; *first encoding* under Growth is what that takes.

What helps the other engines:

- Encoding is outside the timing for all: masks instead of lists, regions and industries already
  expanded, how closely each product's regions and industries hold a firm's ready in a table,
  the stage inferred, missing figures as limits that everything meets.
- They find the likeness of each pair of texts ready computed, since the made-up needs share
  some hundred texts; the compiled engine computes it for every pair that it scores.
- DuckDB joins on expanded keys (type and stage; region too, unless its name says otherwise) with
  the other criteria as conditions of the join, finds what it looks up by dense numbers, and runs
  its joins as written: its own plan takes over half as long again with our sums, and makes less
  than a tenth of difference with the whole score.
- Polars joins on the same keys in chunks of four million pairs.
- NumPy broadcasts three criteria over chunks that fit a core's cache and gathers the others only
  where something is left.

The additions run in one order everywhere. The plain engine reads records, so it encodes as it
goes; it ranks the first needs alone."""
_GROWTH = """More needs than were made are repetitions of them under other codes. *Columns* hold
needs for any catalogue, *encoded* is what one catalogue makes of them, *result* the best 20 with
keys and counts, all as sizes of arrays; *resident* is by how much the process grew from encoding
and ranking, where that did not fit into what it had already. *First* encoding makes the
catalogue's bitmaps and tables, too."""


def write_page(figures: Figures, page: Path) -> None:
    """Write the page on performance."""
    contest, growth = figures["contest"], figures["growth"]
    parts = [
        "# Performance",
        _INTRODUCTION,
        _origin(figures),
        _promises(figures),
        "## The same work in several engines",
        _RULES,
        *_engines(contest["one_thread"], "cpu"),
        *_engines(contest["all_cores"], "wall"),
        *_engines(contest["wide"], "cpu"),
        _FAIRNESS,
        "## Growth",
        _growth_table(growth["by_needs"] + growth["by_products"]),
        _GROWTH,
        "## Everything else",
        *_details(figures),
    ]
    page.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def write_readme(figures: Figures, readme: Path) -> None:
    """Put the first table between its two marks in the README."""
    before, begin, rest = readme.read_text(encoding="utf-8").partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not (begin and end):
        raise ValueError(f"{readme} lacks the marks {_BEGIN} and {_END}")
    quoted = f"\n{_origin(figures)}\n\n{_promises(figures)}\n"
    readme.write_text(before + begin + quoted + end + after, encoding="utf-8")


def _origin(figures: Figures) -> str:
    about = figures["machine"]
    size = " Small sizes, for orientation alone." if figures["quick"] else ""
    return f"Measured {about['date']} on {about['machine']}; {about['versions']}.{size}"


def _promises(figures: Figures) -> str:
    rows = [
        (judged.line.english, measured(judged), *limits(judged), _VERDICTS[judged.verdict])
        for judged in judge(figures)
    ]
    return _table(("", "measured (least–most)", "hold", "reach for", "verdict"), rows)


def _engines(contest: Figures, kind: str) -> tuple[str, str]:
    threads = "one thread" if contest["threads"] == 1 else f"{contest['threads']} threads"
    words = "CPU" if kind == "cpu" else "wall"
    rows = [
        (
            f"`{name}`",
            f"{contest['equal_needs'][name]:,}",
            spread(values["million_pairs_per_second"]),
            spread(values["times_ours"]),
        )
        for name, values in contest[kind].items()
    ]
    title = (
        f"### {contest['needs']:,} needs × {contest['products']:,} products, {words} time, "
        f"{threads}, {contest['rounds']} rounds"
    )
    heads = ("engine", "needs compared", "million pairs per second", "times the time of ours")
    return title, _table(heads, rows)


def _growth_table(sizes: Sequence[Figures]) -> str:
    rows = [
        (
            f"{size['needs']:,} × {size['products']:,}",
            f"{size['first_encode_cpu_ms']:,.0f} ms",
            f"{size['encode_ns_per_need']['median'] / 1e3:.2f} µs",
            f"{size['rank_ns_per_need']['median'] / 1e3:.2f} µs",
            f"{size['million_pairs_per_second']:,.0f}",
            *(f"{size['bytes_per_need'][part]:,.0f}" for part in _BYTES),
        )
        for size in sizes
    ]
    heads = ("needs × products", "first encoding", "encoding a need", "ranking a need")
    return _table((*heads, "million pairs/s", *(f"bytes a need: {part}" for part in _BYTES)), rows)


def _details(figures: Figures) -> list[str]:
    """Return a heading and a table for each part."""
    return [
        text
        for part, title in _DETAILS.items()
        for text in (f"### {title}", _table(("", "measured"), _spoken(flat(figures[part]))))
    ]


def _spoken(rows: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name.replace("_", " "), value) for name, value in rows]


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|---" + "|---:" * (len(heads) - 1) + "|"]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)
