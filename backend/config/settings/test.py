"""Tests: a real PostgreSQL, tasks run in place, fast hashes."""

from backend.config import database, env
from backend.config.settings.base import *  # noqa: F403 - settings modules build on each other
from backend.config.settings.base import REST_FRAMEWORK as BASE_REST_FRAMEWORK

SECRET_KEY = "only-for-tests"  # noqa: S105 - guards nothing
DATABASES = {"default": database.from_url(env.text("DATABASE_URL"), pool_max=0)}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
# Throttling has its own tests, which set the rates they need.
REST_FRAMEWORK = {
    **BASE_REST_FRAMEWORK,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "DEFAULT_THROTTLE_RATES": {"actor": None, "anonymous": None},
}
# Look files up when asked, instead of at the start of every test client.
WHITENOISE_AUTOREFRESH = True
