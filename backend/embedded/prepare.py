"""Bring the database up to date: tables, codes, catalogue, demonstration data.

A process of its own, since it knows Django and its output (accounts with passwords that are
shown once) goes to the terminal and never into the log. Every step may run again at any start.
"""

import argparse
import os
import sys
import time
from dataclasses import dataclass

import django
from django.core.management import CommandError, call_command
from django.db import OperationalError
from rich.console import Console


@dataclass(frozen=True)
class Step:
    """A management command and what it does, in words."""

    command: str
    title: str


STEPS = (
    Step("migrate", "建立或更新数据表"),
    Step("load_reference", "装入地区、行业、资质等代码"),
    Step("load_catalogue", "装入机构与产品目录"),
)
DEMO = Step("load_demo", "装入演示企业与需求")
MATCHES = Step("show_matches", "计算并展示匹配结果")


def main() -> None:
    """Run the steps; the first that fails ends the process with its reason."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--show-matches", action="store_true")
    arguments = parser.parse_args()
    steps = list(STEPS)
    if os.environ.get("KERONG_DEMO") == "1":
        steps.append(DEMO)
        if arguments.show_matches:
            steps.append(MATCHES)
    django.setup()
    console = Console(highlight=False)
    for step in steps:
        try:
            _run(step, console)
        except (CommandError, OperationalError) as error:
            sys.exit(f"✗ {step.title}：{error}")


def _run(step: Step, console: Console) -> None:
    options = {"verbosity": 0, "interactive": False} if step.command == "migrate" else {}
    started = time.monotonic()
    with console.status(f"{step.title} ……"):
        call_command(step.command, **options)
    console.print(f"✓ {step.title}（{time.monotonic() - started:.1f} 秒）")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
