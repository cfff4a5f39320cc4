"""Application configuration."""

from django.apps import AppConfig


class FirmsConfig(AppConfig):
    """See the package's docstring."""

    name = "backend.firms"
    label = "firms"
    verbose_name = "企业"

    def ready(self) -> None:
        """Open a record for every firm's organization that is created elsewhere."""
        from backend.firms import subscribers  # noqa: PLC0415 - models are not loaded before
        from backend.journal.enums import EventType  # noqa: PLC0415 - the same
        from backend.journal.services import subscribe  # noqa: PLC0415 - the same

        subscribe(EventType.ORGANIZATION_CREATED, subscribers.open_record)
