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
# Up to so many pairs counting who stands before whom beats moving them.
_FEW: Final = 24


@compiled_in_place
def is_worse(key: int, tie: int, other_key: int, other_tie: int) -> bool:
    """Say whether one pair stands behind another."""
    return key < other_key or (key == other_key and tie > other_tie)


@compiled_in_place
def worst_place(keys: Numbers, length: int) -> int:
    """Return where the worst of a list of some length stands."""
    return length - 1 if keys.shape[1] <= _SHORT else 0


@compiled_in_place
def _sink(
    keys: Numbers, ties: Numbers, row: int, start: int, length: int, key: int, tie: int
) -> None:
    """Put a pair in the place of the first of a heap at ``start``, and restore the heap."""
    place = 0
    while True:
        below = 2 * place + 1
        if below >= length:
            break
        left, right = start + below, start + below + 1
        if below + 1 < length and is_worse(
            keys[row, right], ties[row, right], keys[row, left], ties[row, left]
        ):
            below += 1
        here, there = start + place, start + below
        if not is_worse(keys[row, there], ties[row, there], key, tie):
            break
        keys[row, here], ties[row, here] = keys[row, there], ties[row, there]
        place = below
    keys[row, start + place], ties[row, start + place] = key, tie


@compiled_in_place
def offer(keys: Numbers, ties: Numbers, row: int, length: int, key: int, tie: int) -> int:
    """Offer a pair to the list in a row; return the list's new length."""
    room = keys.shape[1]
    if length == room:
        worst = worst_place(keys, length)
        if room == 0 or not is_worse(keys[row, worst], ties[row, worst], key, tie):
            return length
        if room > _SHORT:
            _sink(keys, ties, row, 0, room, key, tie)
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
def put_best(
    keys: Numbers,
    ties: Numbers,
    start: int,
    end: int,
    to_keys: Numbers,
    to_ties: Numbers,
    row: int,
    length: int,
) -> int:
    """Append the best of some pairs to the list in a row, best first; return its length.

    The pairs stand in the first row of ``keys`` and ``ties``, ascending by tie, and are put
    out of order.
    """
    room = to_keys.shape[1] - length
    if end - start <= _FEW:
        return _put_by_rank(keys, ties, start, end, to_keys, to_ties, row, length)
    if room <= _SHORT:
        own = length
        for place in range(start, end):
            length = _insert(to_keys, to_ties, row, own, length, keys[0, place], ties[0, place])
        return length
    return _put_sorted(keys, ties, start, end, to_keys, to_ties, row, length)


@compiled_in_place
def _put_by_rank(
    keys: Numbers,
    ties: Numbers,
    start: int,
    end: int,
    to_keys: Numbers,
    to_ties: Numbers,
    row: int,
    length: int,
) -> int:
    """Count for each of a few pairs how many stand before it: no branch to guess wrong."""
    for place in range(start, end):
        key = keys[0, place]
        before = 0
        for other in range(start, place):
            before += keys[0, other] >= key
        for other in range(place + 1, end):
            before += keys[0, other] > key
        if length + before < to_keys.shape[1]:
            to_keys[row, length + before] = key
            to_ties[row, length + before] = ties[0, place]
    return min(length + end - start, to_keys.shape[1])


@compiled_in_place
def _insert(
    keys: Numbers, ties: Numbers, row: int, first: int, length: int, key: int, tie: int
) -> int:
    """Insert a pair behind its equals into the part of a list from ``first`` on."""
    if length == keys.shape[1]:
        if length == first or keys[row, length - 1] >= key:
            return length
        length -= 1
    place = length
    while place > first and keys[row, place - 1] < key:
        keys[row, place], ties[row, place] = keys[row, place - 1], ties[row, place - 1]
        place -= 1
    keys[row, place], ties[row, place] = key, tie
    return length + 1


@compiled_in_place
def _put_sorted(
    keys: Numbers,
    ties: Numbers,
    start: int,
    end: int,
    to_keys: Numbers,
    to_ties: Numbers,
    row: int,
    length: int,
) -> int:
    """Keep the best in a heap at the beginning of the pairs, then take out the worst in turn."""
    kept = min(end - start, to_keys.shape[1] - length)
    size = 0
    for place in range(start, end):
        key, tie = keys[0, place], ties[0, place]
        if size < kept:
            size = _rise(keys, ties, start, size, key, tie)
        elif is_worse(keys[0, start], ties[0, start], key, tie):
            _sink(keys, ties, 0, start, size, key, tie)
    for last in range(size - 1, -1, -1):
        to_keys[row, length + last] = keys[0, start]
        to_ties[row, length + last] = ties[0, start]
        _sink(keys, ties, 0, start, last, keys[0, start + last], ties[0, start + last])
    return length + kept


@compiled_in_place
def _rise(keys: Numbers, ties: Numbers, start: int, size: int, key: int, tie: int) -> int:
    """Add a pair to a heap that begins at ``start`` of the first row; return its new size."""
    place = size
    while place > 0:
        above = (place - 1) >> 1
        if not is_worse(key, tie, keys[0, start + above], ties[0, start + above]):
            break
        keys[0, start + place], ties[0, start + place] = (
            keys[0, start + above],
            ties[0, start + above],
        )
        place = above
    keys[0, start + place], ties[0, start + place] = key, tie
    return size + 1
