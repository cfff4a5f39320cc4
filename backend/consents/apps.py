"""Application configuration."""

from django.apps import AppConfig


class ConsentsConfig(AppConfig):
    """See the package's docstring."""

    name = "backend.consents"
    label = "consents"
    verbose_name = "授权与披露"
