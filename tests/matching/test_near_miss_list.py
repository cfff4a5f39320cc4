"""The list of a need's near misses, which builds each when it is asked for."""

from __future__ import annotations

import pickle

import pytest

from matching.schema import Change, NearMiss, NearMissList

SMALLER = Change("amount", "adjust", "amount_max_yuan", 5_000_000, 3_000_000)
SHORTER = Change("term", "adjust", "term_max_months", 36, 12)
FIRST = NearMiss("P2", "B1", (SHORTER,), 0.5)
SECOND = NearMiss("P1", "B1", (SMALLER, SHORTER), 0.25)
THIRD = NearMiss("P3", "B2", (SMALLER,), 0.75)


@pytest.fixture
def misses() -> NearMissList:
    return NearMissList(
        products=["P2", "P1", "P3"],
        institution_of={"P1": "B1", "P2": "B1", "P3": "B2"},
        scores=[0.5, 0.25, 0.75],
        changes=[SMALLER, SHORTER],
        numbers=[1, 0, 1, 0],
        ends=[1, 3, 4],
    )


def test_each_has_its_own_changes_in_order(misses: NearMissList) -> None:
    assert list(misses) == [FIRST, SECOND, THIRD]
    assert [misses[0], misses[1], misses[-1]] == [FIRST, SECOND, THIRD]


def test_a_slice_is_a_tuple_of_near_misses(misses: NearMissList) -> None:
    assert misses[:2] == (FIRST, SECOND)
    assert misses[::-1] == (THIRD, SECOND, FIRST)
    assert misses[5:] == ()


def test_there_is_nothing_beyond_the_end(misses: NearMissList) -> None:
    assert len(misses) == 3
    with pytest.raises(IndexError):
        misses[3]


def test_it_equals_the_tuple_of_its_near_misses_and_nothing_else(misses: NearMissList) -> None:
    whole = (FIRST, SECOND, THIRD)
    assert misses == whole
    assert whole == misses
    assert misses == pickle.loads(pickle.dumps(misses))  # noqa: S301 - our own bytes
    assert hash(misses) == hash(whole)
    assert repr(misses) == repr(whole)
    assert misses != (FIRST, SECOND)
    assert misses != [FIRST, SECOND, THIRD]
    assert NearMissList() == ()
