"""Application configuration."""

from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    """See the package's docstring."""

    name = "backend.referrals"
    label = "referrals"
    verbose_name = "推送对接"
