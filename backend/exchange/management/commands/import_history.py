"""Import outcomes from before the platform: ``manage.py import_history FILE --source NAME``."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from backend.common.errors import InvalidInput
from backend.exchange.past_results_import import import_past_results
from backend.exchange.past_results_template import write_template

SHOWN_FAULTS = 50


class Command(BaseCommand):
    """Import a table of outcomes, all of it or nothing; the same file again changes nothing."""

    help = "导入平台之前的对接结果（.xlsx 或 .csv），供排序模型学习；一处有误则全部不写入。"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file, where it comes from, and whether it is only tried."""
        parser.add_argument("file", type=Path, help=".xlsx 或 .csv；列名见 --template 写出的模板")
        parser.add_argument(
            "--source", default="", help="数据来源，如“长春市 2021—2025 年对接台账”"
        )
        parser.add_argument("--dry-run", action="store_true", help="只检查，不写入")
        parser.add_argument("--template", action="store_true", help="把空模板写到 FILE，不导入")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, import, and say what was done."""
        path: Path = options["file"]
        if options["template"]:
            self._write_template(path)
            return
        try:
            data = path.read_bytes()
        except OSError as error:
            text = f"无法读取 {path}：{error.strerror or error}"
            raise CommandError(text, returncode=2) from error
        try:
            result = import_past_results(
                actor=None,
                data=data,
                file_name=path.name,
                source=options["source"],
                is_dry_run=options["dry_run"],
                now=timezone.now(),
            )
        except InvalidInput as error:
            lines = [f"{one.field}：{one.message}" for one in error.problems[:SHOWN_FAULTS]]
            text = "\n".join([f"{error.message}未写入任何内容：", *lines])
            raise CommandError(text, returncode=2) from error
        done = "可导入" if options["dry_run"] else "已导入"
        self.stdout.write(
            f"{result.rows} 行，{done} {result.created} 条结果，{result.unchanged} 条此前已有；"
            f"需求 {result.needs} 个，企业 {result.firms} 户，获得融资 {result.funded} 条。"
        )

    def _write_template(self, path: Path) -> None:
        """Write the empty workbook, never over a file that somebody may have filled in."""
        try:
            with path.open("xb") as file:
                file.write(write_template())
        except OSError as error:
            text = f"无法写入 {path}：{error.strerror or error}"
            raise CommandError(text, returncode=2) from error
        self.stdout.write(f"已写出 {path}")
