"""Counts presses and requests in fixed windows of time, over all processes.

The counters live in the broker's memory store when that is a Redis or Valkey, otherwise in
each process. A store that is away lets everything pass: losing a limit for a while is better
than losing the platform.
"""

import logging
import time

from django.core.cache import BaseCache, caches
from redis.exceptions import RedisError

from backend.web.counters import RedisCounters

logger = logging.getLogger(__name__)

CACHE = "throttle"
PAUSE_SECONDS = 5.0


class Store:
    """The store of counters, left alone for a while after it did not answer."""

    away_until = 0.0

    @classmethod
    def count(cls, key: str, period: int) -> int:
        """Count one more under a key that ends after the period; 0 while the store is away."""
        if time.monotonic() < cls.away_until:
            return 0
        try:
            return increment(caches[CACHE], key, timeout=period + 1)
        except (RedisError, OSError) as error:
            logger.warning("requests are not being counted, the store is away: %s", error)
            cls.away_until = time.monotonic() + PAUSE_SECONDS
            return 0


def count_in_window(name: str, *, seconds: int) -> tuple[int, float]:
    """Count one more of ``name``; returns how many this window has and how long it lasts yet."""
    now = time.time()
    window = int(now // seconds)
    return Store.count(f"{name}:{window}", seconds), (window + 1) * seconds - now


def increment(store: BaseCache, key: str, *, timeout: int) -> int:
    """Count one more; the first of a window starts the counter."""
    if isinstance(store, RedisCounters):
        return store.count(key, timeout=timeout)
    try:
        return store.incr(key)
    except ValueError:
        return 1 if store.add(key, 1, timeout=timeout) else store.incr(key)
