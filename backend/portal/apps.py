"""The portal."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Pages on the same services, selectors and policies as the API."""

    name = "backend.portal"
    label = "portal"
    verbose_name = "门户"
