"""Coded values of products and preferential policies."""

from django.db import models


class ProductStatus(models.TextChoices):
    """Where a product stands; only published ones are offered."""

    DRAFT = "draft", "草稿"
    PUBLISHED = "published", "已发布"
    CLOSED = "closed", "已下架"


class PolicyStatus(models.TextChoices):
    """Where a preferential policy stands."""

    DRAFT = "draft", "草稿"
    PUBLISHED = "published", "已发布"
    WITHDRAWN = "withdrawn", "已撤下"


class VersionOrigin(models.TextChoices):
    """Who wrote a version: the institution itself, or whoever compiled public sources."""

    INSTITUTION = "institution", "机构填报"
    CATALOGUE = "catalogue", "公开资料整理"


class ProvenanceStatus(models.TextChoices):
    """How well a single value is founded."""

    PUBLISHED = "published", "已公布"
    SECONDARY = "secondary", "二手资料"
    INFERRED = "inferred", "推断"
    TO_BE_FILLED = "to_be_filled", "待机构填报"
