"""Bounded heaps of pairs in arrays: the first is the worst, so that it goes when another comes.

A pair is a *key*, larger being better, and a *tie*, of equal keys the smaller being better.
"""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from matching.ranking.compiled import compiled

Numbers = NDArray[Any]


@compiled  # type: ignore[untyped-decorator]
def is_worse(key: int, tie: int, other_key: int, other_tie: int) -> bool:
    """Say whether one pair stands behind another."""
    return key < other_key or (key == other_key and tie > other_tie)


@compiled  # type: ignore[untyped-decorator]
def _sink(keys: Numbers, ties: Numbers, length: int, key: int, tie: int) -> None:
    """Put a pair in the place of a heap's first, and restore the heap."""
    place = 0
    while True:
        below = 2 * place + 1
        if below >= length:
            break
        if below + 1 < length and is_worse(
            keys[below + 1], ties[below + 1], keys[below], ties[below]
        ):
            below += 1
        if not is_worse(keys[below], ties[below], key, tie):
            break
        keys[place], ties[place] = keys[below], ties[below]
        place = below
    keys[place], ties[place] = key, tie


@compiled  # type: ignore[untyped-decorator]
def offer(keys: Numbers, ties: Numbers, length: int, key: int, tie: int) -> int:
    """Offer a pair to a heap with room for ``len(keys)``; return the heap's new length."""
    room = len(keys)
    if length < room:
        place = length
        while place > 0:
            above = (place - 1) >> 1
            if not is_worse(key, tie, keys[above], ties[above]):
                break
            keys[place], ties[place] = keys[above], ties[above]
            place = above
        keys[place], ties[place] = key, tie
        return length + 1
    if room > 0 and is_worse(keys[0], ties[0], key, tie):
        _sink(keys, ties, room, key, tie)
    return length


@compiled  # type: ignore[untyped-decorator]
def put_in_order(keys: Numbers, ties: Numbers, length: int) -> None:
    """Turn a heap into a list, best first."""
    for last in range(length - 1, 0, -1):
        key, tie = keys[last], ties[last]
        keys[last], ties[last] = keys[0], ties[0]
        _sink(keys, ties, last, key, tie)
