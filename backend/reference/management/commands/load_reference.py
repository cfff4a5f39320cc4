"""`manage.py load_reference`."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from backend.common.errors import InvalidInput
from backend.reference.services import load_reference

LABELS = {
    "region": "行政区划",
    "reportingunit": "单独报送的单位",
    "industry": "行业",
    "qualification": "资质",
    "stage": "阶段",
}


class Command(BaseCommand):
    """Load regions, reporting units, industries, qualifications and stages."""

    help = "装入或更新地区、行业、资质、阶段等代码；没有变化时什么也不做。"

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and say what was written."""
        try:
            written = load_reference(folder=settings.FIXTURES_DIR / "reference", now=timezone.now())
        except InvalidInput as error:
            raise CommandError(error.message) from error
        if options["verbosity"] > 0:
            for name, rows in written.items():
                self.stdout.write(f"{LABELS[name]}：写入 {rows}")
