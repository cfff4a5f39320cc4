"""Broken: a write is acknowledged before it is in the database's log."""

from tests.faults.builds.sound import *  # noqa: F403 - a build is the sound one but for one thing
from tests.faults.builds.sound import DATABASES

DATABASES["default"]["OPTIONS"]["options"] += " -c synchronous_commit=off"
