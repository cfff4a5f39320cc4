"""Browsers of people who are signed in, for tests and measurements of pages."""

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.test import Client

from backend.organizations.actors import Actor
from backend.portal.middleware import ORGANIZATION_KEY


def browser_of(actor: Actor | None) -> Client:
    """Return a browser signed in as an actor, anonymous for None."""
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
