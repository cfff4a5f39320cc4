"""Application configuration."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """See the package's docstring."""

    name = "backend.api"
    label = "api"
    verbose_name = "接口"

    def ready(self) -> None:
        """Forget in time what keyed requests were answered."""
        from backend.api.idempotency import (  # noqa: PLC0415 - models are not loaded before
            purge_idempotent_requests,
        )
        from backend.common.retention import register_purge  # noqa: PLC0415 - the same

        register_purge("idempotent requests", purge_idempotent_requests)
