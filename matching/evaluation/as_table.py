"""Shows an evaluation on the terminal, in Chinese."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rich.console import Console
from rich.table import Table

_METHODS: Final = {
    "popularity": "热度（全部）",
    "popularity_recent": "热度（半衰期一年）",
    "popularity_segment": "热度（同地区）",
    "naive_bayes": "朴素贝叶斯提升度",
    "logistic": "逻辑回归",
    "boosting": "单调加性提升树",
    "learned": "学习模型",
    "platform": "平台所用模型",
}
_WITHOUT: Final = {"_no_amount": "不用金额", "_no_text": "不用文字"}
_MEASURES: Final = {
    "ndcg_10": "NDCG@10",
    "mrr": "MRR",
    "recall_10": "Recall@10",
    "recall_50": "Recall@50",
    "hit_10": "Hit@10",
    "hit_1": "Hit@1",
}


def print_evaluation(summary: Mapping[str, Any], console: Console | None = None) -> None:
    """Print the tables of an evaluation."""
    console = console or Console(width=150)
    needs, options = summary["needs"], summary["options"]
    console.print(
        f"测试窗口 {options['test'][0]} – {options['test'][1]}（不含）：需求 {needs['count']} 条"
        f"（其中已有融资记录的企业 {needs['known_firms']} 条），"
        f"平均候选机构 {needs['candidates']:.0f} 家，"
        f"真实出资方 {needs['financiers']} 个，其中可达 {needs['reachable']} 个"
    )
    for note in summary["notes"]:
        console.print(f"说明：{note}")
    methods = summary["methods"]
    console.print(_main_table(methods, summary["timing"]))
    console.print(_group_table(methods))
    console.print(_stage_table(methods))
    if any("calibration" in own for own in methods.values()):
        console.print(_calibration_table(methods))
    if summary["differences"]:
        console.print(_difference_table(summary["differences"]))


def name_of(method: str) -> str:
    """Return what a method is called."""
    for suffix, words in _WITHOUT.items():
        if method.endswith(suffix):
            bare = method.removesuffix(suffix)
            return f"{_METHODS.get(bare, bare)}（{words}）"
    return _METHODS.get(method, method)


def _main_table(methods: Mapping[str, Any], timing: Mapping[str, Any]) -> Table:
    table = _table(
        "各方法的排序质量（± 为标准误）", ("方法", *_MEASURES.values(), "训练秒", "微秒/对")
    )
    for name, own in methods.items():
        cells = [_with_error(own[measure]) for measure in _MEASURES]
        cost = timing[name]
        seconds = f"{cost['fit_seconds']:.1f}"
        table.add_row(name_of(name), *cells, seconds, f"{cost['microseconds_per_pair']:.2f}")
    return table


def _group_table(methods: Mapping[str, Any]) -> Table:
    table = _table(
        "分组：企业、机构、反向（为机构排需求）",
        (
            "方法",
            "新企业 NDCG@10",
            "老企业 NDCG@10",
            "见过的机构 Recall@50",
            "未见过的机构 Recall@50",
            "反向 NDCG@10",
            "反向 MRR",
        ),
    )
    for name, own in methods.items():
        firm, institution = own["ndcg_10_by_firm"], own["recall_50_by_institution"]
        figures = (
            firm["new"],
            firm["known"],
            institution["seen"],
            institution["unseen"],
            own["reverse"]["ndcg_10"],
            own["reverse"]["mrr"],
        )
        table.add_row(name_of(name), *map(_with_error, figures))
    return table


def _stage_table(methods: Mapping[str, Any]) -> Table:
    table = _table("按阶段的 NDCG@10", ("阶段", "需求", *map(name_of, methods)))
    first = next(iter(methods.values()))
    for stage, own in first["ndcg_10_by_stage"].items():
        means = [method["ndcg_10_by_stage"][stage]["mean"] for method in methods.values()]
        table.add_row(stage, str(own["count"]), *(f"{mean:.3f}" for mean in means))
    return table


def _calibration_table(methods: Mapping[str, Any]) -> Table:
    table = _table(
        "校准（验证窗口拟合，测试窗口的全部候选）",
        ("方法", "对数", "出资", "对数损失", "Brier", "平均偏差", "最高一档：预测 / 实际"),
    )
    for name, own in methods.items():
        if "calibration" in own:
            figures = own["calibration"]
            said, seen, _ = figures["bins"][-1]
            table.add_row(
                name_of(name),
                str(figures["pairs"]),
                str(figures["funded"]),
                f"{figures['log_loss']:.5f}",
                f"{figures['brier']:.5f}",
                f"{figures['error']:.4f}",
                f"{said:.3f} / {seen:.3f}",
            )
    return table


def _difference_table(differences: Sequence[Mapping[str, Any]]) -> Table:
    table = _table(
        "NDCG@10 之差（同一批需求配对，自助法 95% 区间）", ("比较", "差", "区间", "标准误倍数")
    )
    for own in differences:
        table.add_row(
            f"{name_of(own['first'])} − {name_of(own['second'])}",
            f"{own['mean']:+.4f}",
            f"[{own['low']:+.4f}, {own['high']:+.4f}]",
            f"{own['standard_errors']:+.1f}",
        )
    return table


def _table(title: str, columns: Sequence[str]) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for place, column in enumerate(columns):
        table.add_column(column, justify="left" if place == 0 else "right", overflow="fold")
    return table


def _with_error(figure: Mapping[str, Any]) -> str:
    if figure["mean"] is None:
        return "—"
    return f"{figure['mean']:.3f}±{figure['standard_error']:.3f}"
