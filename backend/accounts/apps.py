"""Application configuration."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """See the package's docstring."""

    name = "backend.accounts"
    label = "accounts"
    verbose_name = "账号"
