"""Who is asking, for pages: the session's user as an `Actor`."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from backend.organizations.actors import Actor, resolve_actor

ORGANIZATION_KEY = "acting_for"


class ActorMiddleware:
    """Put ``page_actor`` on the request: found when first asked for, None without a place.

    The organization acted for is chosen once and kept in the session.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.page_actor = SimpleLazyObject(lambda: _actor_of(request))
        return self.get_response(request)


def _actor_of(request: HttpRequest) -> Actor | None:
    if not request.user.is_authenticated:
        return None
    today = timezone.localdate()
    wanted = request.session.get(ORGANIZATION_KEY)
    if wanted:
        actor = resolve_actor(request.user, today=today, organization_id=UUID(wanted))
        if actor is not None:
            return actor
    return resolve_actor(request.user, today=today)
