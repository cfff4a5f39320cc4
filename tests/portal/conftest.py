"""Browsers of the people who recur in tests: signed in, reading pages."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from backend import portal
from backend.organizations.actors import Actor
from tests.browsing import browser_of

TEMPLATES = Path(portal.__file__).parent / "templates"


@pytest.fixture
def browse() -> Callable[[Actor | None], Client]:
    """Return a maker of browsers: signed in as an actor, anonymous for None."""
    return browser_of


@pytest.fixture
def portal_templates() -> list[str]:
    """Return the names of all templates of the portal."""
    return [str(path.relative_to(TEMPLATES)) for path in sorted(TEMPLATES.rglob("*.html"))]
