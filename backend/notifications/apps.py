"""Application configuration."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """See the package's docstring."""

    name = "backend.notifications"
    label = "notifications"
    verbose_name = "消息"

    def ready(self) -> None:
        """Tell people of the events that stand in the table of messages."""
        from backend.journal.services import subscribe  # noqa: PLC0415 - models are not loaded
        from backend.notifications import registry  # noqa: PLC0415 - the same
        from backend.notifications.messages import ALL_MESSAGES  # noqa: PLC0415 - the same
        from backend.notifications.subscribers import (  # noqa: PLC0415 - the same
            write_notifications,
        )

        registry.register(ALL_MESSAGES)
        for event_type in registry.told_events():
            subscribe(event_type, write_notifications)
