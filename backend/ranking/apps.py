"""Application configuration."""

from django.apps import AppConfig


class RankingConfig(AppConfig):
    """See the package's docstring."""

    name = "backend.ranking"
    label = "ranking"
    verbose_name = "排序模型"
