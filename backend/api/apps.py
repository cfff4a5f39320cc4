"""Application configuration."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """See the package's docstring."""

    name = "backend.api"
    label = "api"
    verbose_name = "接口"
