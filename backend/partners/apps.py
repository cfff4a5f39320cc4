"""Application configuration."""

from django.apps import AppConfig


class PartnersConfig(AppConfig):
    """See the package's docstring."""

    name = "backend.partners"
    label = "partners"
    verbose_name = "合作机构"
