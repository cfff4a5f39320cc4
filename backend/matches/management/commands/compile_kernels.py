"""Compile what match runs compute with, before the first one waits for it."""

from typing import Any

from django.core.management.base import BaseCommand

from backend.matches import adapters


class Command(BaseCommand):
    """Compile the batch engine, or see that it is compiled."""

    help = "编译批量匹配所用的程序；已编译时不重复。"

    def handle(self, *args: Any, **options: Any) -> None:
        """Compile."""
        adapters.compile_kernels()
