"""Application configuration."""

from django.apps import AppConfig


class DataRequestsConfig(AppConfig):
    """See the package's docstring."""

    name = "backend.data_requests"
    label = "data_requests"
    verbose_name = "数据请求"
