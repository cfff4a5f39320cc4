"""Application configuration."""

from django.apps import AppConfig


class ReferenceConfig(AppConfig):
    """See the package's docstring."""

    name = "backend.reference"
    label = "reference"
    verbose_name = "基础代码"
