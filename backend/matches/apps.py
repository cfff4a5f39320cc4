"""Application configuration."""

from django.apps import AppConfig


class MatchesConfig(AppConfig):
    """See the package's docstring."""

    name = "backend.matches"
    label = "matches"
    verbose_name = "匹配"

    def ready(self) -> None:
        """Follow what changes the catalogue from below."""
        from backend.journal.enums import EventType  # noqa: PLC0415 - apps are loaded only now
        from backend.journal.services import subscribe  # noqa: PLC0415 - the same
        from backend.matches.catalogue_memory import renew_names  # noqa: PLC0415 - the same

        subscribe(EventType.ORGANIZATION_CHANGED, renew_names)
