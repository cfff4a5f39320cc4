"""Limits how often somebody may ask the API; counters are shared by all processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle

from backend.web.windows import count_in_window

if TYPE_CHECKING:
    from rest_framework.views import APIView  # settings import this module before it

_PERIODS = {"s": 1, "sec": 1, "min": 60, "hour": 3600, "day": 86_400}


class WindowThrottle(BaseThrottle):
    """Count requests in fixed windows, for example ``600/min``."""

    scope = ""

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Count the request; False when the window's share is used up."""
        rate = api_settings.DEFAULT_THROTTLE_RATES.get(self.scope)
        ident = self.ident_of(request)
        if rate is None or ident is None:
            return True
        limit, period = parse_rate(rate)
        number, self._window_ends_in = count_in_window(f"{self.scope}:{ident}", seconds=period)
        return number <= limit

    def ident_of(self, request: Request) -> str | None:
        """Return who is counted, None when this throttle is not about them."""
        raise NotImplementedError

    def wait(self) -> float:
        """Return the seconds until the next window."""
        return self._window_ends_in


class ActorThrottle(WindowThrottle):
    """Count what a signed-in user asks."""

    scope = "actor"

    def ident_of(self, request: Request) -> str | None:
        """Return the user's id."""
        return str(request.user.pk) if request.user.is_authenticated else None


class AnonymousThrottle(WindowThrottle):
    """Count what an address asks without signing in."""

    scope = "anonymous"

    def ident_of(self, request: Request) -> str | None:
        """Return the caller's address; a proxy's is read only where NUM_PROXIES says so."""
        return None if request.user.is_authenticated else self.get_ident(request)


def parse_rate(rate: str) -> tuple[int, int]:
    """Read ``600/min`` as 600 requests in 60 seconds."""
    count, _, period = rate.partition("/")
    return int(count), _PERIODS[period]
