"""Application configuration."""

from django.apps import AppConfig


class AnnouncementsConfig(AppConfig):
    """See the package's docstring."""

    name = "backend.announcements"
    label = "announcements"
    verbose_name = "通知公告"
