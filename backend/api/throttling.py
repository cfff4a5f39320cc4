"""Limits how often somebody may ask; counters are shared by all processes.

One counter per person (or address) and minute lives in the broker's memory store when that is
a Redis or Valkey, otherwise in each process. A store that is away lets requests pass: losing
the limit for a while is better than losing the platform.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from django.core.cache import BaseCache, caches
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle

from backend.api.counters import RedisCounters

if TYPE_CHECKING:
    from rest_framework.views import APIView  # settings import this module before it

logger = logging.getLogger(__name__)

CACHE = "throttle"
_PERIODS = {"s": 1, "sec": 1, "min": 60, "hour": 3600, "day": 86_400}
_PAUSE_SECONDS = 5.0


class WindowThrottle(BaseThrottle):
    """Count requests in fixed windows, for example ``600/min``."""

    scope = ""
    # Until when this process leaves a store alone that did not answer.
    _store_away_until = 0.0

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Count the request; False when the window's share is used up."""
        rate = api_settings.DEFAULT_THROTTLE_RATES.get(self.scope)
        ident = self.ident_of(request)
        if rate is None or ident is None:
            return True
        limit, period = parse_rate(rate)
        now = time.time()
        window = int(now // period)
        self._window_ends_in = (window + 1) * period - now
        return self._count(f"{self.scope}:{ident}:{window}", period) <= limit

    def ident_of(self, request: Request) -> str | None:
        """Return who is counted, None when this throttle is not about them."""
        raise NotImplementedError

    def wait(self) -> float:
        """Return the seconds until the next window."""
        return self._window_ends_in

    def _count(self, key: str, period: int) -> int:
        if time.monotonic() < WindowThrottle._store_away_until:
            return 0
        try:
            return _increment(caches[CACHE], key, timeout=period + 1)
        except (RedisError, OSError) as error:
            logger.warning("requests are not being counted, the store is away: %s", error)
            WindowThrottle._store_away_until = time.monotonic() + _PAUSE_SECONDS
            return 0


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


def _increment(store: BaseCache, key: str, *, timeout: int) -> int:
    """Count one more; the first of a window starts the counter."""
    if isinstance(store, RedisCounters):
        return store.count(key, timeout=timeout)
    try:
        return store.incr(key)
    except ValueError:
        return 1 if store.add(key, 1, timeout=timeout) else store.incr(key)


def parse_rate(rate: str) -> tuple[int, int]:
    """Read ``600/min`` as 600 requests in 60 seconds."""
    count, _, period = rate.partition("/")
    return int(count), _PERIODS[period]
