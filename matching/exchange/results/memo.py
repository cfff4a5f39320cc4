"""Makes the text of a recurring object once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

Part = TypeVar("Part")


class Memo(Generic[Part]):
    """A function of objects that recur, applied once to each.

    A large answer names the same few thousand criteria, components and changes millions of
    times. Objects are known by identity, which is faster than by value; holding them keeps
    their identities their own.

    Parameters
    ----------
    make : callable
        Returns the text of an object, never empty.

    Examples
    --------
    >>> double = Memo[str](lambda text: text * 2)
    >>> double("ab")
    'abab'
    """

    def __init__(self, make: Callable[[Part], str]) -> None:
        self._make = make
        self._texts: dict[int, str] = {}
        self._held: list[Part] = []

    def __call__(self, part: Part) -> str:
        text = self._texts.get(id(part))
        if text is None:
            text = self._texts[id(part)] = self._make(part)
            self._held.append(part)
        return text

    def join(self, parts: Iterable[Part]) -> str:
        """Return the texts of some objects, separated by commas."""
        known = self._texts.get
        return ",".join([known(id(part)) or self(part) for part in parts])
