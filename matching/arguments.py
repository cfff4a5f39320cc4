"""Reads the arguments of the commands, and says in Chinese what is wrong with them."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final, NoReturn

from matching.exchange.reader import SUFFIXES

UNUSABLE: Final = 2  # exit status: the input or the arguments cannot be used

_ISO_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

# What argparse says of wrong arguments, and how it reads here.
_COMPLAINTS: Final = (
    (r"the following arguments are required: (.*)", r"缺少 \1"),
    (r"unrecognized arguments: (.*)", r"不认识 \1"),
    (r"argument (.*?): invalid choice: (.*) \(choose from (.*)\)", r"\1 的值 \2 应为 \3 之一"),
    (r"argument (.*?): expected one argument", r"\1 后面缺少值"),
    (r"argument (.*?): expected (\d+) arguments", r"\1 后面应有 \2 个值"),
    (r"argument (.*?): expected at least one argument", r"\1 后面缺少值"),
    (r"argument (.*?): (.*)", r"\1：\2"),
)


class _Formatter(argparse.HelpFormatter):
    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """A parser whose help and complaints are in Chinese; ``named`` takes the arguments."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, add_help=False, formatter_class=_Formatter)
        self.named = self.add_argument_group("参数")
        self.named.add_argument("-h", "--help", action="help", help="显示本说明")

    def error(self, message: str) -> NoReturn:
        for pattern, reading in _COMPLAINTS:
            message, count = re.subn(f"^{pattern}$", reading, message, flags=re.DOTALL)
            if count:
                break
        self.exit(UNUSABLE, f"参数有误：{message}\n用法见：{self.prog} --help\n")


def day(text: str) -> date:
    """Return a day given as ``2026-11-23``."""
    try:
        if _ISO_DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass  # falls through to the one complaint
    raise argparse.ArgumentTypeError(f"“{text}”不是存在的日期；应写成 2026-11-23")


def positive(text: str) -> int:
    """Return a whole number from 1 to 999 999 999."""
    if text.isascii() and text.isdigit() and len(text) < 10 and int(text) > 0:
        return int(text)
    raise argparse.ArgumentTypeError(f"“{text}”应为不小于 1 的整数")


def seed(text: str) -> int:
    """Return a whole number from 0 to 999 999 999."""
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    raise argparse.ArgumentTypeError(f"“{text}”应为不小于 0 的整数")


def json_output(text: str) -> Path:
    """Return where a JSON file is to be written."""
    return _path_ending(text, (".json",))


def output(text: str) -> Path:
    """Return where a result is to be written; its suffix says in which form."""
    return _path_ending(text, SUFFIXES)


def workbook(text: str) -> Path:
    """Return where a workbook is to be written."""
    return _path_ending(text, (".xlsx",))


def _path_ending(text: str, suffixes: Sequence[str]) -> Path:
    path = Path(text)
    if path.suffix.lower() not in suffixes:
        raise argparse.ArgumentTypeError(f"“{text}”的后缀应为 {' 或 '.join(suffixes)}")
    if not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"文件夹“{path.parent}”不存在；请先建立")
    if path.is_dir():
        raise argparse.ArgumentTypeError(f"“{text}”是文件夹；应为文件名")
    return path
