"""Application configuration."""

from django.apps import AppConfig


class FirmsConfig(AppConfig):
    """See the package's docstring."""

    name = "backend.firms"
    label = "firms"
    verbose_name = "企业"
