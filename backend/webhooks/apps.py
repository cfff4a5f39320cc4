"""Application configuration."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """See the package's docstring."""

    name = "backend.webhooks"
    label = "webhooks"
    verbose_name = "回调推送"

    def ready(self) -> None:
        """Send the self-check out; other apps register what else goes out."""
        from backend.webhooks.pings import register_ping  # noqa: PLC0415 - models are not loaded

        register_ping()
