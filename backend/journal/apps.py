"""Application configuration."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    """See the package's docstring."""

    name = "backend.journal"
    label = "journal"
    verbose_name = "日志"
