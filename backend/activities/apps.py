"""Application configuration."""

from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    """See the package's docstring."""

    name = "backend.activities"
    label = "activities"
    verbose_name = "对接活动"
