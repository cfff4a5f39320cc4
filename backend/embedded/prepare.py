"""Bring the database up to date: tables, codes, catalogue, demonstration data.

A process of its own, since it knows Django and its output (accounts with passwords that are
shown once) goes to the terminal and never into the log. Every step may run again at any start.
"""

import argparse
import os
import shutil
import sys
import time
from dataclasses import dataclass
from io import StringIO
from typing import Any

import django
from django.core.management import CommandError, call_command
from django.db import OperationalError
from rich.console import Console


@dataclass(frozen=True)
class Step:
    """A management command and what it does, in words."""

    command: str
    title: str
    options: tuple[str, ...] = ()


STEPS = (
    Step("migrate", "建立或更新数据表", ("--verbosity=0", "--no-input")),
    Step("load_reference", "装入地区、行业、资质等代码"),
    Step("load_catalogue", "装入机构与产品目录"),
    Step("compile_kernels", "编译批量匹配程序"),
    Step("load_consent_texts", "装入授权文本"),
    Step("load_indicators", "装入部门已公布的指标"),
)
DEMO = Step("load_demo", "装入演示企业与需求")
DEMO_ACTIVITIES = Step("load_demo_activities", "装入演示活动与项目", ("--verbosity=0",))
MATCHES = Step("show_matches", "计算并展示匹配结果")


def main() -> None:
    """Run the steps; the first that fails ends the process with its reason."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--show-matches", action="store_true")
    arguments = parser.parse_args()
    # What is kept for later is laid out for this terminal, too.
    os.environ.setdefault("COLUMNS", str(shutil.get_terminal_size().columns))
    django.setup()
    runner = _Runner()
    for step in STEPS:
        runner.run(step)
    if os.environ.get("KERONG_DEMO") == "1":
        _load_demonstration(runner, show_matches=arguments.show_matches)


def _load_demonstration(runner: "_Runner", *, show_matches: bool) -> None:
    """Load it and print its accounts last, next to the addresses where they are needed."""
    accounts = StringIO()
    try:
        runner.run(DEMO, stdout=accounts)
        runner.run(DEMO_ACTIVITIES)
        if show_matches:
            runner.run(MATCHES)
    finally:
        sys.stdout.write(accounts.getvalue())


class _Runner:
    """Runs steps and shows how each went."""

    def __init__(self) -> None:
        self._console = Console(highlight=False)

    def run(self, step: Step, **options: Any) -> None:
        """Run one step; a failure that has a reason ends the process with it."""
        started = time.monotonic()
        try:
            with self._console.status(f"{step.title} ……"):
                call_command(step.command, *step.options, **options)
        except (CommandError, OperationalError) as error:
            sys.exit(f"✗ {step.title}：{error}")
        self._console.print(f"✓ {step.title}（{time.monotonic() - started:.1f} 秒）")


if __name__ == "__main__":
    main()
