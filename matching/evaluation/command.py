"""The command that evaluates rankings on a folder of financing history."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from matching.arguments import Parser, day, json_output, positive, seed
from matching.exchange.atomic import replacing

_METHODS_HELP: Final = (
    "要比较的方法（默认除 platform 外全部）："
    "popularity、popularity_recent、popularity_segment、naive_bayes、logistic、boosting、learned，"
    "后四种加 _no_amount 为不用金额，"
    "learned 加 _no_text 为不用名称与声明中的文字；platform 为平台所用模型，每周期重新训练，较慢"
)


class UnusableError(Exception):
    """The options or the history do not allow an evaluation; the text says why."""


def add_arguments(command: Parser) -> None:
    """Declare the arguments of ``kerong evaluate``."""
    add = command.named.add_argument
    add("folder", type=Path, metavar="DIR", help="数据文件夹：events、links、investors 三个 CSV")
    window: dict[str, Any] = {
        "nargs": 2,
        "type": day,
        "metavar": ("FROM", "TO"),
        "required": True,
    }
    add("--train", action="append", help="训练窗口（含首日，不含末日），可多次给出", **window)
    add("--valid", help="验证窗口：用于校准", **window)
    add("--test", help="测试窗口", **window)
    add("--period", choices=("month", "day"), default="month", help="状态重建的周期（默认按月）")
    add(
        "--min-deals", type=positive, default=1, metavar="N", help="候选机构此前至少 N 笔（默认 1）"
    )
    add(
        "--drop-stage",
        nargs="+",
        action="extend",
        default=[],
        metavar="NAME",
        help="不为这些阶段的融资排序",
    )
    add("--max-needs", type=positive, metavar="N", help="验证、测试各最多抽取 N 条需求")
    add("--seed", type=seed, default=0, metavar="S", help="随机种子（默认 0）")
    add("--methods", nargs="+", metavar="NAME", help=_METHODS_HELP)
    add("--out", type=json_output, metavar="OUT.json", help="同时写出 JSON，含每条需求的 NDCG")


def run(arguments: argparse.Namespace) -> int:
    """Evaluate, print the tables, and write the JSON if wanted.

    Raises
    ------
    InputError
        Where the folder is faulty.
    UnusableError
        Where windows or methods do not fit the history, or the file cannot be written.
    """
    from matching.evaluation.as_table import print_evaluation  # noqa: PLC0415 - start fast

    summary = _evaluate(arguments)
    print_evaluation(summary)
    out: Path | None = arguments.out
    if out is not None:
        _write(summary, out)
        print(f"已写入 {out}")
    return 0


def _evaluate(arguments: argparse.Namespace) -> dict[str, Any]:
    from matching.evaluation.backtest import (  # noqa: PLC0415 - start fast
        EvaluationConfig,
        evaluate,
    )
    from matching.evaluation.dataset import read_dataset  # noqa: PLC0415 - the same
    from matching.evaluation.splitting import Split, Window  # noqa: PLC0415 - the same
    from matching.evaluation.summary import summarise  # noqa: PLC0415 - the same

    methods = arguments.methods
    config = EvaluationConfig(
        kind=arguments.period,
        min_deals=arguments.min_deals,
        drop_stages=frozenset(arguments.drop_stage),
        max_needs=arguments.max_needs,
        seed=arguments.seed,
        methods=None if methods is None else tuple(dict.fromkeys(_split(methods))),
    )
    try:
        split = Split(
            tuple(Window(*window) for window in arguments.train),
            Window(*arguments.valid),
            Window(*arguments.test),
        )
        dataset = read_dataset(arguments.folder)
        return summarise(evaluate(dataset, split, config))
    except ValueError as error:
        raise UnusableError(str(error)) from error


def _split(methods: list[str]) -> list[str]:
    """Return methods that were given one by one or joined by commas."""
    return [name for word in methods for name in word.split(",") if name]


def _write(summary: Mapping[str, Any], out: Path) -> None:
    try:
        with replacing(out) as draft:
            text = json.dumps(summary, ensure_ascii=False, indent=1)
            draft.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise UnusableError(f"无法写入“{out}”：{error.strerror or error}") from error
