"""The canonical form: equal content has equal bytes."""

from datetime import date
from decimal import Decimal

import pytest

from backend.referrals.canonical import DIGESTS, decimal_text, digest, write_canonical


def test_keys_are_sorted_and_nothing_is_escaped_or_padded():
    content = {"利率": Decimal("0.0450"), "b": [True, None, 3_000_000], "a": date(2026, 11, 28)}
    expected = '{"a":"2026-11-28","b":[true,null,3000000],"利率":"0.045"}'
    assert write_canonical(content) == expected.encode()


def test_the_order_of_keys_and_the_kind_of_number_change_no_byte():
    first = {"rate": 0.0385, "amount": 1, "list": ("x", "y")}
    second = {"list": ["x", "y"], "amount": 1, "rate": Decimal("0.03850")}
    assert write_canonical(first) == write_canonical(second)


@pytest.mark.parametrize(
    ("value", "text"), [(1e-07, "0.0000001"), (-0.0, "0"), (12.5, "12.5"), (Decimal("1E+2"), "100")]
)
def test_rates_are_decimals_without_exponents(value, text):
    assert decimal_text(value) == text


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), {1, 2}])
def test_what_has_no_canonical_form_is_refused(value):
    with pytest.raises(TypeError):
        write_canonical({"x": value})


def test_another_algorithm_is_another_entry(monkeypatch):
    monkeypatch.setitem(DIGESTS, "length", lambda content: f"{len(content):x}")
    assert digest(b"abc", "length") == "3"
    assert digest(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
