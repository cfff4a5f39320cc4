"""Coded values of outcomes that learning reads."""

from django.db import models


class OutcomeResult(models.TextChoices):
    """What became of a need at a product."""

    FUNDED = "funded", "获得融资"
    DECLINED = "declined", "不予支持"
    NO_ANSWER = "no_answer", "未答复"
