"""What the project holds itself to, and how far a run of the benchmarks keeps it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

Figures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One figure beside what is to be held and what is worth reaching for.

    Attributes
    ----------
    text, english : str
        What is measured, for the terminal and for the documentation.
    measure : callable
        Takes the figure, or least, median and largest, out of a run's figures; KeyError where
        the run did not measure it.
    hold, reach : float or None
        None where nothing is promised.
    more : bool
        Whether more is better.
    unit : str
    """

    text: str
    english: str
    measure: Callable[[Figures], float | dict[str, float]]
    hold: float | None = None
    reach: float | None = None
    more: bool = True
    unit: str = "×"


@dataclass(frozen=True, slots=True)
class Judged:
    """A line with what was measured and what that amounts to."""

    line: Line
    median: float | None
    least: float | None = None
    largest: float | None = None

    @property
    def verdict(self) -> str:
        """Return ``reached``, ``held``, ``missed``, ``unmeasured`` or, without promise, ``-``."""
        line = self.line
        if self.median is None:
            return "unmeasured"
        if line.hold is None:
            return "-"
        for name, limit in (("reached", line.reach), ("held", line.hold)):
            if limit is None:
                continue
            if self.median >= limit if line.more else self.median <= limit:
                return name
        return "missed"


def _against(engine: str, contest: str = "one_thread") -> Callable[[Figures], Any]:
    return lambda figures: figures["contest"][contest]["cpu"][engine]["times_ours"]


def _ten_times_the_needs(figures: Figures) -> float:
    """Return the largest growth of encoding and ranking over a tenfold of needs."""
    times = [
        size["needs"] * (size["encode_ns_per_need"]["median"] + size["rank_ns_per_need"]["median"])
        for size in figures["growth"]["by_needs"]
    ]
    return max(after / before for before, after in pairwise(times))


def _bytes_per_need(figures: Figures) -> float:
    last = figures["growth"]["by_needs"][-1]["bytes_per_need"]
    return last["encoded"] + last["result"]


# A promise is kept or broken against the engines that score by themselves; the same engines handed
# our partial sums stand directly beneath, under the same limits.
LINES = (
    Line(
        "批量前 20，对比 DuckDB（自行计算全部得分）",
        "batch top 20 against tuned DuckDB SQL that computes the whole score",
        _against("duckdb_whole_score"),
        50,
        200,
    ),
    Line(
        "同上，只按类型、阶段连接",
        "the same, joined on type and stage alone",
        _against("duckdb_whole_score_type_stage"),
        50,
        200,
    ),
    Line(
        "批量前 20，对比 DuckDB（使用本引擎的部分和）",
        "batch top 20 against DuckDB handed our partial sums",
        _against("duckdb_handed_sums"),
        50,
        200,
    ),
    Line(
        "同上，只按类型、阶段连接",
        "the same, joined on type and stage alone",
        _against("duckdb_handed_sums_type_stage"),
        50,
        200,
    ),
    Line(
        "批量前 20，对比 NumPy 分块（自行计算全部得分）",
        "batch top 20 against chunked NumPy that computes the whole score",
        _against("numpy_whole_score"),
        10,
        40,
    ),
    Line(
        "批量前 20，对比 NumPy 分块（使用本引擎的部分和）",
        "batch top 20 against chunked NumPy handed our partial sums",
        _against("numpy_handed_sums"),
        10,
        40,
    ),
    Line(
        "一万个产品：批量前 20，对比 DuckDB（自行计算全部得分）",
        "10,000 products: batch top 20 against DuckDB that computes the whole score",
        _against("duckdb_whole_score", "wide"),
        50,
        200,
    ),
    Line(
        "一万个产品：批量前 20，对比 DuckDB（使用本引擎的部分和）",
        "10,000 products: batch top 20 against DuckDB handed our partial sums",
        _against("duckdb_handed_sums", "wide"),
        50,
        200,
    ),
    Line(
        "一万个产品：批量前 20，对比 NumPy 分块（自行计算全部得分）",
        "10,000 products: batch top 20 against chunked NumPy that computes the whole score",
        _against("numpy_whole_score", "wide"),
        10,
        40,
    ),
    Line(
        "一万个产品：批量前 20，对比 NumPy 分块（使用本引擎的部分和）",
        "10,000 products: batch top 20 against chunked NumPy handed our partial sums",
        _against("numpy_handed_sums", "wide"),
        10,
        40,
    ),
    Line(
        "批量前 20，对比 Polars（使用本引擎的部分和）",
        "batch top 20 against Polars handed our partial sums",
        _against("polars_handed_sums"),
    ),
    Line(
        "批量前 20，对比逐项引擎",
        "batch top 20 against this library's plain engine",
        _against("plain"),
    ),
    Line(
        "双边（每机构前 200）对比单边",
        "both sides (top 200 per institution too) against one side",
        lambda figures: figures["growth"]["both_sides"]["against_one_side"],
        1.5,
        1.15,
        more=False,
    ),
    Line(
        "一项需求，含编码与 20 条说明",
        "one need × 1,000 products, encoding and explanation of 20 included",
        lambda figures: figures["library"]["matches_cpu_ms"],
        2,
        0.3,
        more=False,
        unit="ms",
    ),
    Line(
        "一个产品变更：增量对比全部重算",
        "one product changed: delta against indexing and ranking all again",
        lambda figures: figures["deltas"]["again_against_delta"],
        50,
        500,
    ),
    Line(
        "一个产品变更：增量对比仅重新排序",
        "the same, against ranking alone on a ready index",
        lambda figures: figures["deltas"]["rank_alone_against_delta"],
    ),
    Line(
        "需求增至十倍时的用时（编码与排序）",
        "time for ten times the needs (encoding and ranking)",
        _ten_times_the_needs,
        11.5,
        more=False,
    ),
    Line(
        "每项需求占用内存（编码与结果）",
        "memory per need, encoded and results",
        _bytes_per_need,
        400,
        more=False,
        unit="B",
    ),
    Line(
        "GET matches（带认证）首次计算，对比等量的空视图",
        "`GET needs/{id}/matches/` with authentication, computed: speed against a bare view",
        lambda figures: figures["api"]["computed_against_bare_cpu"],
        0.5,
        1.0,
    ),
    Line(
        "GET matches（带认证）再次读取，对比等量的空视图",
        "the same, asked again",
        lambda figures: figures["api"]["remembered_against_bare_cpu"],
        0.5,
        1.0,
    ),
    Line(
        "kerong rank 整个进程",
        "`kerong rank`, whole process, 1,000 × 1,000",
        lambda figures: figures["kerong_rank"]["cpu_seconds"],
        5,
        2,
        more=False,
        unit="s",
    ),
    Line(
        "Celery 占批量计算的份额",
        "Celery's share of a batch",
        lambda figures: figures["match_run"]["celery_share"] * 100,
        2,
        0.5,
        more=False,
        unit="%",
    ),
    Line(
        "kerong allocate 求解（名额紧张）",
        "referral lists under tight capacities, 10,000 needs × 300 institutions, solving",
        lambda figures: figures["allocation"]["tight_solve_cpu_seconds"],
        more=False,
        unit="s",
    ),
)


def judge(figures: Figures) -> Iterator[Judged]:
    """Hold every line against a run's figures."""
    for line in LINES:
        try:
            found = line.measure(figures)
        except KeyError:
            yield Judged(line, None)
            continue
        if isinstance(found, dict):
            yield Judged(line, found["median"], found["min"], found["max"])
        else:
            yield Judged(line, found)
