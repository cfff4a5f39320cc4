"""Broken: what the broker loses, nobody looks for."""

from tests.faults.builds.sound import *  # noqa: F403 - a build is the sound one but for one thing

CELERY_BEAT_SCHEDULE: dict[str, dict[str, object]] = {}
