"""Application configuration."""

from django.apps import AppConfig

from backend.journal.enums import EventType


class CatalogueConfig(AppConfig):
    """See the package's docstring."""

    name = "backend.catalogue"
    label = "catalogue"
    verbose_name = "产品与政策"

    def ready(self) -> None:
        """Follow renamed institutions."""
        from backend.catalogue.subscribers import renew_institution_names  # noqa: PLC0415 - models
        from backend.journal.services import subscribe  # noqa: PLC0415 - models

        subscribe(EventType.ORGANIZATION_CHANGED, renew_institution_names)
