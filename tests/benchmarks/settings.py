"""Settings of the benchmarks: those of one's own machine, with limits that nothing reaches.

Requests are counted all the same.
"""

from backend.config.settings.dev import *  # noqa: F403 - settings modules build on each other
from backend.config.settings.dev import REST_FRAMEWORK as DEV_REST_FRAMEWORK

ROOT_URLCONF = "tests.benchmarks.urls"
# Nobody signs in; people are made by the hundred.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["testserver"]
REST_FRAMEWORK = {
    **DEV_REST_FRAMEWORK,
    "DEFAULT_THROTTLE_RATES": {"actor": "1000000000/min", "anonymous": "1000000000/min"},
}
LOGGING = {"version": 1, "disable_existing_loggers": True}
