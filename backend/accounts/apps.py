"""Application configuration."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """See the package's docstring."""

    name = "backend.accounts"
    label = "accounts"
    verbose_name = "账号"

    def ready(self) -> None:
        """Forget sessions and sign-ins in time."""
        from backend.accounts import retention  # noqa: PLC0415 - models are not loaded before
        from backend.common.retention import register_purge  # noqa: PLC0415 - the same

        register_purge("sessions", retention.purge_sessions)
        register_purge("sign-ins", retention.purge_sign_ins)
        register_purge("keys", retention.purge_keys)
