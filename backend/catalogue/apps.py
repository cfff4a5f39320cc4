"""Application configuration."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """See the package's docstring."""

    name = "backend.catalogue"
    label = "catalogue"
    verbose_name = "产品与政策"
