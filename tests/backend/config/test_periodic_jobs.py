"""What the scheduler wakes up exists."""

from backend.config.celery import app
from backend.config.schedule import BEAT_SCHEDULE


def test_every_periodic_job_is_a_task_of_an_app():
    app.loader.import_default_modules()

    assert {job["task"] for job in BEAT_SCHEDULE.values()} <= app.tasks.keys()
