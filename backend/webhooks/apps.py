"""Application configuration."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """See the package's docstring."""

    name = "backend.webhooks"
    label = "webhooks"
    verbose_name = "回调推送"

    def ready(self) -> None:
        """Send the self-check out, and what happens to referrals; forget deliveries in time."""
        from backend.common.retention import register_purge  # noqa: PLC0415 - models come first
        from backend.webhooks.pings import register_ping  # noqa: PLC0415 - models are not loaded
        from backend.webhooks.referral_events import (  # noqa: PLC0415 - the same
            register_referral_events,
        )
        from backend.webhooks.retention import purge_messages  # noqa: PLC0415 - the same

        register_purge("webhook messages", purge_messages)
        register_ping()
        register_referral_events()
