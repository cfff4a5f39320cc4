"""Application configuration."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    """See the package's docstring."""

    name = "backend.journal"
    label = "journal"
    verbose_name = "日志"

    def ready(self) -> None:
        """Forget in time which events were relayed."""
        from backend.common.retention import register_purge  # noqa: PLC0415 - models come first
        from backend.journal.retention import purge_dispatches  # noqa: PLC0415 - the same

        register_purge("dispatches", purge_dispatches)
