"""Application configuration."""

from django.apps import AppConfig


class MatchesConfig(AppConfig):
    """See the package's docstring."""

    name = "backend.matches"
    label = "matches"
    verbose_name = "匹配"
