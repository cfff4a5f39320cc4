"""Application configuration."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """See the package's docstring."""

    name = "backend.reports"
    label = "reports"
    verbose_name = "统计报告"
