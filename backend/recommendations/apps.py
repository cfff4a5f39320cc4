"""Application configuration."""

from django.apps import AppConfig


class RecommendationsConfig(AppConfig):
    """See the package's docstring."""

    name = "backend.recommendations"
    label = "recommendations"
    verbose_name = "需求推荐"

    def ready(self) -> None:
        """Follow what happens to recommended needs."""
        from backend.journal.enums import EventType  # noqa: PLC0415 - models must be loaded
        from backend.journal.services import subscribe  # noqa: PLC0415
        from backend.recommendations.subscribers import follow_need  # noqa: PLC0415

        for ending in (EventType.NEED_RETURNED, EventType.NEED_WITHDRAWN, EventType.NEED_EXPIRED):
            subscribe(ending, follow_need)
