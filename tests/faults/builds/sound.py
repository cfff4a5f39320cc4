"""The platform as it is, with limits on requests that a test does not reach."""

from backend.config.settings.dev import *  # noqa: F403 - settings modules build on each other
from backend.config.settings.dev import REST_FRAMEWORK as DEV_REST_FRAMEWORK

# Nobody signs in; people are made by the hundred.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
REST_FRAMEWORK = {
    **DEV_REST_FRAMEWORK,
    "DEFAULT_THROTTLE_RATES": {"actor": "1000000000/min", "anonymous": "1000000000/min"},
}
