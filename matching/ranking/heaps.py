"""Bounded lists of pairs in the rows of arrays; the worst goes when a better one comes.

A pair is a *key*, larger being better, and a *tie*, of equal keys the smaller being better.
Short lists are kept in order, best first; a long list is a heap whose first is its worst,
until it is put in order.
"""

from __future__ import annotations

from typing import Any, Final

from numpy.typing import NDArray

from matching.ranking.compiled import compiled_in_place

Numbers = NDArray[Any]

# Up to this room moving the worse ones along costs less than a heap's jumps.
_SHORT: Final = 48


@compiled_in_place
def is_worse(key: int, tie: int, other_key: int, other_tie: int) -> bool:
    """Say whether one pair stands behind another."""
    return key < other_key or (key == other_key and tie > other_tie)


@compiled_in_place
def worst_place(keys: Numbers, length: int) -> int:
    """Return where the worst of a list of some length stands."""
    return length - 1 if keys.shape[1] <= _SHORT else 0


@compiled_in_place
def _sink(keys: Numbers, ties: Numbers, row: int, length: int, key: int, tie: int) -> None:
    """Put a pair in the place of a heap's first, and restore the heap."""
    place = 0
    while True:
        below = 2 * place + 1
        if below >= length:
            break
        if below + 1 < length and is_worse(
            keys[row, below + 1], ties[row, below + 1], keys[row, below], ties[row, below]
        ):
            below += 1
        if not is_worse(keys[row, below], ties[row, below], key, tie):
            break
        keys[row, place], ties[row, place] = keys[row, below], ties[row, below]
        place = below
    keys[row, place], ties[row, place] = key, tie


@compiled_in_place
def offer(keys: Numbers, ties: Numbers, row: int, length: int, key: int, tie: int) -> int:
    """Offer a pair to the list in a row; return the list's new length."""
    room = keys.shape[1]
    if length == room:
        worst = worst_place(keys, length)
        if room == 0 or not is_worse(keys[row, worst], ties[row, worst], key, tie):
            return length
        if room > _SHORT:
            _sink(keys, ties, row, room, key, tie)
            return length
        length -= 1
    place = length
    while place > 0:
        above = place - 1 if room <= _SHORT else (place - 1) >> 1
        if room <= _SHORT:
            if not is_worse(keys[row, above], ties[row, above], key, tie):
                break
        elif not is_worse(key, tie, keys[row, above], ties[row, above]):
            break
        keys[row, place], ties[row, place] = keys[row, above], ties[row, above]
        place = above
    keys[row, place], ties[row, place] = key, tie
    return length + 1


@compiled_in_place
def put_in_order(keys: Numbers, ties: Numbers, row: int, length: int) -> None:
    """Turn a long list's heap into a list, best first."""
    if keys.shape[1] <= _SHORT:
        return
    for last in range(length - 1, 0, -1):
        key, tie = keys[row, last], ties[row, last]
        keys[row, last], ties[row, last] = keys[row, 0], ties[row, 0]
        _sink(keys, ties, row, last, key, tie)
