"""Application configuration."""

from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    """Organizations and the people who act for them."""

    name = "backend.organizations"
    label = "organizations"
    verbose_name = "机构与人员"
