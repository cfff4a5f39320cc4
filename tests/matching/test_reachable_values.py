"""Numbers that meet all terms of a product on one field."""

from __future__ import annotations

import pytest

from matching.eligibility.terms import nearest, reachable_values
from matching.schema import Term


def reached(field, current, *terms):
    group = frozenset(Term(field=field, op=op, value=value) for op, value in terms)
    return nearest(reachable_values(group), current)


@pytest.mark.parametrize(
    ("field", "current", "terms", "expected"),
    [
        ("employees", 5, [(">=", 20)], 20),
        ("employees", 5, [(">", 20)], 21),
        ("employees", 50, [("<", 20)], 19),
        ("employees", 5, [(">=", 10.5)], 11),
        ("employees", 5, [("!=", 5)], 6),
        ("employees", 0, [("!=", 0)], 1),
        ("employees", 6, [("not_in", (5, 6, 7))], 8),
        ("employees", 5, [("in", (3, 7))], 7),
        ("employees", 5, [("in", (3, 7)), ("<", 7)], 3),
        ("employees", 5, [("==", 9)], 9),
        ("employees", 5, [(">", 7), ("!=", 8), ("!=", 9)], 10),
        ("employees", 5, [(">", 7), ("<", 8)], None),
        ("employees", 5, [("<=", -1)], None),
        ("employees", 5, [("in", (2.5,))], None),
        ("net_profit_yuan", 5, [("<", 0)], -1),
        ("revenue_growth", 0.1, [("<", 0)], -0.0001),
        ("rd_ratio", 0.01, [(">", 0.03)], 0.0301),
        ("rd_ratio", 0.01, [(">=", 0.03)], 0.03),
        ("rd_ratio", 0.01, [(">=", 0.01234)], 0.01234),
        ("rd_ratio", 0.01, [(">", 0.01234)], 0.0124),
        ("debt_ratio", 0.9, [("<", 0.7)], 0.6999),
        ("rd_ratio", 0.3, [("<", 0.3), (">", 0.1 + 0.2)], None),
        ("innovation_points", 50, [(">", 60)], 61),
        ("innovation_points", 50, [(">=", 60.5)], 60.5),
        ("fiscal_year", 2023, [(">=", 2025)], 2025),
        ("revenue_yuan", 0, [(">", 9_999_999_999_999)], 10_000_000_000_000),
    ],
)
def test_the_nearest_value_meets_all_terms_at_once(field, current, terms, expected):
    found = reached(field, current, *terms)
    assert found == expected
    assert type(found) is type(expected)
