"""Application configuration."""

from django.apps import AppConfig


class LearningConfig(AppConfig):
    """See the package's docstring."""

    name = "backend.learning"
    label = "learning"
    verbose_name = "排序学习"
