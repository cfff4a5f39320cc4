"""Settings, addresses and the scheduler: the only place that knows every app."""

from backend.config.celery import app as celery_app

__all__ = ["celery_app"]
