"""`manage.py load_indicators`."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from backend.common.errors import InvalidInput, StateConflict
from backend.filings.loading import load_indicators


class Command(BaseCommand):
    """Load the indicators that the department has published."""

    help = "装入部门已公布的指标及其来源；已装入的不会改变。"

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and say how many were new."""
        folder = settings.FIXTURES_DIR / "filings"
        try:
            written = sum(
                load_indicators(path=path, now=timezone.now())
                for path in sorted(folder.glob("*.json"))
            )
        except (InvalidInput, StateConflict) as error:
            raise CommandError(error.message) from error
        if options["verbosity"] > 0:
            self.stdout.write(f"指标：新装入 {written}")
