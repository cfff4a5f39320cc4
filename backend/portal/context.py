"""What the frame around every page shows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from backend.announcements.selectors import list_for_first_page
from backend.notifications.reading import count_unread
from backend.organizations.permissions import Permission
from backend.portal import once
from backend.portal.navigation import current_entry, home_of, menu_of


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return menu, home and the form's token; without a place in an organization, little of it."""
    match = request.resolver_match
    values = {
        "is_demonstration": settings.KERONG_DEMO,
        "press_token": once.new_token(),
    }
    actor = getattr(request, "page_actor", None)
    if not actor:
        return values
    menu = menu_of(actor)
    return values | {
        "frame_actor": actor,
        # Parts of pages have no bar: whoever shows none asks nothing.
        "unread": SimpleLazyObject(lambda: count_unread(actor))
        if actor.has(Permission.NOTIFICATION_VIEW)
        else None,
        "menu": menu,
        # What departments make known stands on the first page of everybody, above all else.
        "announced": list_for_first_page(actor)
        if match and match.view_name == home_of(actor)
        else (),
        "menu_entry": current_entry(menu, match.view_name if match else ""),
    }
