"""Application configuration."""

from django.apps import AppConfig


class NeedsConfig(AppConfig):
    """See the package's docstring."""

    name = "backend.needs"
    label = "needs"
    verbose_name = "融资需求"
