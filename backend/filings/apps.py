"""Application configuration."""

from django.apps import AppConfig


class FilingsConfig(AppConfig):
    """See the package's docstring."""

    name = "backend.filings"
    label = "filings"
    verbose_name = "统计报送"
