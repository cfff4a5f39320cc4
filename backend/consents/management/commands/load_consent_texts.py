"""`manage.py load_consent_texts`."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from backend.common.errors import InvalidInput
from backend.consents.texts import load_texts


class Command(BaseCommand):
    """Load the wordings of consents."""

    help = "装入授权文本；已装入的版本不会改变。"

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and say how many were new."""
        try:
            written = load_texts(folder=settings.FIXTURES_DIR / "consents")
        except InvalidInput as error:
            raise CommandError(error.message) from error
        if options["verbosity"] > 0:
            self.stdout.write(f"授权文本：新装入 {written}")
