"""Broken: a request waits until the broker takes its wake-up."""

from tests.faults.builds.sound import *  # noqa: F403 - a build is the sound one but for one thing

CELERY_TASK_PUBLISH_RETRY = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 100, "interval_step": 0.2, "interval_max": 1}
