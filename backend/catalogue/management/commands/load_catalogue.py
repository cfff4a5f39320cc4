"""Load the published products, institutions and policies that come with the platform."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from backend.catalogue.loading import LoadFaults, load_catalogue

LABELS = {
    "departments": "部门",
    "institutions": "机构",
    "products": "产品",
    "policies": "政策",
}
OUTCOMES = {
    "created": "新增",
    "changed": "更新",
    "unchanged": "未变",
    "kept": "保留机构自填",
}
SHOWN_FAULTS = 50


class Command(BaseCommand):
    """Bring the catalogue up to the file; loading it twice changes nothing."""

    help = "载入公开资料整理的机构、产品与优惠政策；机构自己修改过的不覆盖。"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take another file than the one that comes along."""
        parser.add_argument(
            "file",
            nargs="?",
            type=Path,
            default=settings.FIXTURES_DIR / "catalogue" / "catalogue.json",
            help="kerong-catalogue/1 文件，缺省为随平台提供的目录",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, load, and say what was done."""
        try:
            summary = load_catalogue(_read(options["file"]), now=timezone.now())
        except LoadFaults as error:
            shown = error.faults[:SHOWN_FAULTS]
            raise CommandError(
                f"目录文件有 {len(error.faults)} 处错误，未写入任何内容：\n" + "\n".join(shown),
                returncode=2,
            ) from error
        for name, outcomes in summary.items():
            counts = "，".join(
                f"{label} {outcomes[outcome]}"
                for outcome, label in OUTCOMES.items()
                if outcomes[outcome]
            )
            self.stdout.write(f"{LABELS[name]}：{counts or '无'}")


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(f"无法读取目录文件 {path}：{error}", returncode=2) from error
