"""Settings of the benchmarks: those of one's own machine, without limits on requests."""

from backend.config.settings.dev import *  # noqa: F403 - settings modules build on each other
from backend.config.settings.dev import REST_FRAMEWORK as DEV_REST_FRAMEWORK

ROOT_URLCONF = "tests.benchmarks.urls"
ALLOWED_HOSTS = ["testserver"]
REST_FRAMEWORK = {
    **DEV_REST_FRAMEWORK,
    "DEFAULT_THROTTLE_RATES": {"actor": None, "anonymous": None},
}
LOGGING = {"version": 1, "disable_existing_loggers": True}
