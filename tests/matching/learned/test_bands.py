"""What may be told of how earlier needs fared, and that nobody can be read out of it."""

import random
from itertools import product as pairs_of

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.ranking.learned.bands import (
    LARGEST_PERCENT,
    LEAST_INSTITUTIONS,
    LEAST_OF_A_KIND,
    Answered,
    BandTable,
)
from matching.ranking.learned.history import Facts

LEAST_FIRMS = 10
COLUMNS = ("family", "stage", "section", "city")
SIZES = dict.fromkeys(COLUMNS, 4)
LIKE = {"stage": 0, "section": 0, "city": 0}


def answered(rows):
    """Take rows of unit, firm, funded, family, stage, section, city."""
    columns = np.array(rows, dtype=np.int64).reshape(-1, 7).T
    units, firms, funded, *values = columns
    facts = Facts(dict(zip(COLUMNS, values, strict=True)), SIZES)
    return Answered(units, firms, funded, facts)


def table(rows):
    return BandTable(answered(rows), min_firms=LEAST_FIRMS)


def row(firm, funded, *, unit=None, family=0, stage=0, section=0, city=0):
    return firm % 4 if unit is None else unit, firm, funded, family, stage, section, city


def eighteen(**more):
    return [row(firm, firm < 11, **more) for firm in range(18)]


def test_eighteen_alike_of_which_eleven_were_funded_are_told_with_an_interval():
    band = table(eighteen()).find(0, LIKE)
    assert (band.conditions, band.firms, band.funded) == (("stage", "industry", "region"), 18, 11)
    assert (band.low, band.high) == pytest.approx((0.386, 0.797), abs=1e-3)


def test_a_firm_with_several_answers_counts_once_as_funded_if_one_of_them_was():
    rows = [*eighteen(), row(0, 0, unit=1), row(0, 0, unit=2), row(17, 1, unit=3)]
    band = table(rows).find(0, LIKE)
    assert (band.firms, band.funded) == (18, 12)


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([row(firm, firm < 5) for firm in range(LEAST_FIRMS - 1)], "too few firms"),
        ([row(firm, firm < 11, unit=firm % 2) for firm in range(18)], "two institutions"),
        ([row(firm, firm < 11, unit=max(0, firm - 15)) for firm in range(18)], "a giant"),
        ([row(firm, firm < 9, unit=0 if firm < 9 else firm % 4) for firm in range(18)], "funders"),
        ([row(firm, firm < 9, unit=0 if firm > 8 else firm % 4) for firm in range(18)], "refusers"),
        ([row(firm, 1) for firm in range(18)], "all"),
        ([row(firm, firm < LEAST_OF_A_KIND - 1) for firm in range(18)], "nearly nobody"),
        ([row(firm, firm >= LEAST_OF_A_KIND - 1) for firm in range(18)], "nearly all"),
        ([], "no answers"),
    ],
)
def test_nothing_is_told_where_somebody_could_be_read_out(rows, why):
    assert table(rows).find(0, LIKE) is None, why


def test_other_families_stages_and_undisclosed_types_say_nothing_of_this_one():
    rows = eighteen(family=1) + [row(100 + firm, firm < 9, family=-1) for firm in range(18)]
    found = table(rows)
    assert found.find(0, LIKE) is None
    assert found.find(-1, LIKE) is None
    assert found.find(1, LIKE | {"stage": 2}) is None
    assert found.find(1, LIKE | {"stage": -1}) is None
    assert found.find(1, LIKE).firms == 18


def test_where_the_narrow_likeness_is_thin_the_wider_one_answers():
    rows = eighteen(section=1) + [row(100 + firm, firm < 2) for firm in range(4)]
    found = table([*rows, *(row(200 + firm, firm < 9, section=2) for firm in range(12))])
    assert found.find(0, LIKE).conditions == ("stage",)
    assert found.find(0, LIKE | {"section": -1}).conditions == ("stage",)


def test_one_firm_is_not_the_difference_of_two_counts():
    """Of 19 of a stage 18 are of one section: telling both would tell of the other one."""
    found = table([*eighteen(), row(100, 1, section=1)])
    assert found.find(0, LIKE).firms == 19
    assert found.find(0, LIKE).conditions == ("stage",)
    assert found.find(0, LIKE | {"section": 1}).firms == 19
    wide = table(eighteen() + [row(100 + firm, firm < 9, section=1) for firm in range(15)])
    assert {wide.find(0, LIKE | {"section": one}).firms for one in (0, 1)} == {18, 15}


ROWS = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.integers(0, 80),
        st.integers(0, 1),
        st.integers(-1, 1),
        *[st.integers(-1, 2)] * 3,
    ),
    min_size=20,
    max_size=260,
)


def _safe(rows):
    firms = {row[1] for row in rows}
    funded = {row[1] for row in rows if row[2]}
    if len(firms) < LEAST_FIRMS or min(len(funded), len(firms - funded)) < LEAST_OF_A_KIND:
        return False
    if len({row[0] for row in rows}) < LEAST_INSTITUTIONS:
        return False
    for own in (rows, [r for r in rows if r[2]], [r for r in rows if not r[2]]):
        seen = {(row[0], row[1]) for row in own}
        for unit in range(6):
            if 100 * sum(pair[0] == unit for pair in seen) > LARGEST_PERCENT * len(seen):
                return False
    return True


def _likes(rows, family, key):
    wanted = (family, *key)
    return [row for row in rows if row[3 : 3 + len(wanted)] == wanted]


@settings(max_examples=60, deadline=None)
@given(rows=ROWS)
def test_whatever_is_told_is_safe_alone_and_beside_what_else_is_told(rows):
    found = table(rows)
    told = {}
    for family, *values in pairs_of((0, 1), *[(-1, 0, 1, 2, 3)] * 3):
        band = found.find(family, dict(zip(("stage", "section", "city"), values, strict=True)))
        if band is not None:
            told[family, *values[: len(band.conditions)]] = band
    for key, band in told.items():
        own = _likes(rows, key[0], key[1:])
        assert _safe(own)
        assert band.firms == len({row[1] for row in own})
        assert band.funded == len({row[1] for row in own if row[2]})
        parts = [other for other in told if len(other) == len(key) + 1 and other[:-1] == key]
        rest = [row for row in own if (*key, row[3 + len(key)]) not in parts] if parts else []
        assert not rest or _safe(rest)


def test_the_order_of_answers_changes_nothing():
    rows = eighteen() + [row(100 + firm, firm < 9, section=firm % 2) for firm in range(40)]
    shuffled = rows[:]
    random.Random(3).shuffle(shuffled)
    for section in (0, 1, 2):
        need = LIKE | {"section": section}
        assert table(rows).find(0, need) == table(shuffled).find(0, need)
