"""Broken: a database that is away is an error of the platform."""

from tests.faults.builds.sound import *  # noqa: F403 - a build is the sound one but for one thing
from tests.faults.builds.sound import REST_FRAMEWORK as SOUND_REST_FRAMEWORK

ROOT_URLCONF = "tests.faults.builds.bare_urls"
REST_FRAMEWORK = {
    **SOUND_REST_FRAMEWORK,
    "EXCEPTION_HANDLER": "rest_framework.views.exception_handler",
}
