"""A memory of what was made for the last few days."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from typing import Generic, TypeVar

# Today, and the days that runs at work look at.
KEPT_DAYS = 3

Kept = TypeVar("Kept")


class DayMemory(Generic[Kept]):
    """What belongs to each of a few days; the day least recently asked for is forgotten first."""

    def __init__(self, make: Callable[[date], Kept], size: int = KEPT_DAYS) -> None:
        self._make = make
        self._size = size
        self._kept: OrderedDict[date, Kept] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, day: date) -> Kept:
        """Return what belongs to a day; one thread makes it, the others wait for it."""
        with self._lock:
            if day not in self._kept:
                self._kept[day] = self._make(day)
                if len(self._kept) > self._size:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(day)
            return self._kept[day]
