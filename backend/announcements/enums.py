"""Coded values of announcements."""

from django.db import models

from backend.organizations.enums import Role


class AnnouncementStatus(models.TextChoices):
    """How far an announcement is; what was withdrawn stays so."""

    DRAFT = "draft", "草稿"
    PUBLISHED = "published", "已发布"
    WITHDRAWN = "withdrawn", "已撤下"


# Whom an announcement can be meant for; those who keep accounts read what is meant for all.
AUDIENCES = {
    role.value: role.label
    for role in (Role.FIRM, Role.INCUBATOR, Role.INSTITUTION, Role.DEPARTMENT)
}
