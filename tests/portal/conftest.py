"""Browsers of the people who recur in tests: signed in, reading pages."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.test import Client

from backend import portal
from backend.organizations.actors import Actor
from backend.portal.middleware import ORGANIZATION_KEY

TEMPLATES = Path(portal.__file__).parent / "templates"


@pytest.fixture
def browse() -> Callable[[Actor | None], Client]:
    """Return a maker of browsers: signed in as an actor, anonymous for None."""

    def make(actor: Actor | None) -> Client:
        client = Client(headers={"accept": "text/html"})
        if actor is not None:
            # `force_login` tells the sign-in guard of a request that came from nowhere.
            session = client.session
            session[SESSION_KEY] = str(actor.user.pk)
            session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
            session[HASH_SESSION_KEY] = actor.user.get_session_auth_hash()
            session[ORGANIZATION_KEY] = str(actor.organization.public_id)
            session.save()
            client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
        return client

    return make


@pytest.fixture
def portal_templates() -> list[str]:
    """Return the names of all templates of the portal."""
    return [str(path.relative_to(TEMPLATES)) for path in sorted(TEMPLATES.rglob("*.html"))]
