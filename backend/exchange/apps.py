"""Application configuration."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """See the package's docstring."""

    name = "backend.exchange"
    label = "exchange"
    verbose_name = "文件交换"
