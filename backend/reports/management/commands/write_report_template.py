"""`manage.py write_report_template`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.reports.documents.word_template import build_template


class Command(BaseCommand):
    """Write the Word template, to be edited and named by KERONG_REPORT_TEMPLATE."""

    help = "写出报告的 Word 模板；在 Word 中修改后用 KERONG_REPORT_TEMPLATE 指定。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file to write."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it, never over a file that somebody may have edited."""
        path: Path = options["file"]
        try:
            with path.open("xb") as file:
                file.write(build_template())
        except OSError as error:
            raise CommandError(f"无法写入 {path}：{error.strerror}。") from error
        self.stdout.write(f"已写出 {path}")
