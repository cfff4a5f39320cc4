"""The Celery application; tasks are found in each app's ``tasks`` module."""

import logging
import os
from typing import Any

from celery import Celery
from celery.signals import after_setup_logger, after_setup_task_logger

from backend.config.log_lines import DiscreetFormatter

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings.dev")

app = Celery("kerong")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@after_setup_logger.connect
@after_setup_task_logger.connect
def write_discreetly(logger: logging.Logger, **_: Any) -> None:
    """Let workers write lines as the web server does: without rows that the database refused."""
    for handler in logger.handlers:
        known = handler.formatter
        handler.setFormatter(DiscreetFormatter(known._fmt if known else None))
