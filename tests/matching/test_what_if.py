"""What if: the verdicts of the changed need, and the values at which something changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise
from math import inf, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Matcher, what_if
from matching.errors import InputError
from matching.explanation.alternatives import NUMERIC_FIELDS, apply_alternative
from matching.schema import Firm, Need, Product, Qualification
from tests.matching.strategies import (
    AS_OF,
    COLLATERAL,
    FIRMS,
    PURPOSES,
    QUALIFICATIONS,
    TYPES,
    catalogues,
    codes,
    needs,
)
from tests.matching.verdicts import MATCHING, as_lists, differences, verdicts

FIRM = Firm(uscc="F1", name="演示企业", qualifications=())
_AMOUNTS = st.integers(0, 14).map(lambda number: number * 500_000 + number % 2)
VALUES = {
    "amount_min_yuan": st.none() | _AMOUNTS,
    "amount_max_yuan": st.none() | _AMOUNTS,
    "term_min_months": st.none() | st.integers(0, 31),
    "term_max_months": st.none() | st.integers(0, 31),
    "max_annual_rate": st.sampled_from((None, 0, 0.0299, 0.03, 0.0385, 0.04, 0.2, 1.0)),
    "financing_types": st.none() | codes(TYPES),
    "purposes": st.none() | codes(PURPOSES),
    "collateral": st.none() | codes(COLLATERAL),
    "qualifications": codes(QUALIFICATIONS),
}
FIELDS = st.sampled_from(tuple(VALUES))


def product(code, **values):
    return Product(
        **{"institution": "B1", "name": "科创贷", "financing_type": "credit_loan"} | values,
        code=code,
    )


def ask(catalogue, need, field, values=(), firm=FIRM):
    return what_if(Matcher(catalogue), need, firm, as_of=AS_OF, field=field, values=values)


def need(**values):
    return Need(code="N1", firm="F1", **values)


def counts(found):
    listed = list(found.values())
    return listed.count("eligible"), listed.count("to_confirm")


@settings(max_examples=200)
@given(catalogue=catalogues(), firm=FIRMS, wish=needs(), field=FIELDS, data=st.data())
def test_every_alternative_has_the_verdicts_of_the_changed_need(catalogue, firm, wish, field, data):
    if field == "qualifications" and firm.qualifications is None:
        firm = replace(firm, qualifications=())
    values = data.draw(st.lists(VALUES[field], max_size=3))
    found = ask(catalogue, wish, field, values, firm)
    now = verdicts(catalogue, firm, wish, AS_OF)
    assert (found.eligible, found.to_confirm) == counts(now)
    assert [entry.value for entry in found.alternatives] == values
    for entry in found.alternatives:
        wish_then, firm_then = apply_alternative(wish, firm, field, entry.value)
        then = verdicts(catalogue, firm_then, wish_then, AS_OF)
        assert (entry.eligible, entry.to_confirm) == counts(then)
        assert as_lists(entry.shift) == differences(now, then)
        assert entry.shift == ask(catalogue, wish, field, [entry.value], firm).alternatives[0].shift


@settings(max_examples=200)
@given(
    catalogue=catalogues(),
    firm=FIRMS,
    wish=needs(),
    field=st.sampled_from(NUMERIC_FIELDS),
)
def test_the_set_of_matches_changes_at_the_steps_and_nowhere_else(catalogue, firm, wish, field):
    steps = ask(catalogue, wish, field, (), firm).steps
    starts = [step.start for step in steps]
    assert starts[0] == 0
    assert starts == sorted(set(starts))
    tried = sorted(set(starts) | _all_limits(catalogue, wish, field))
    matched = {}
    for value in tried:
        changed, _ = apply_alternative(wish, firm, field, value)
        then = verdicts(catalogue, firm, changed, AS_OF)
        matched[value] = {code for code, verdict in then.items() if verdict in MATCHING}
        step = [step for step in steps if step.start <= value][-1]
        assert (step.eligible, step.to_confirm) == counts(then)
    turns = [value for last, value in pairwise(tried) if matched[last] != matched[value]]
    assert turns == starts[1:]


def _all_limits(catalogue, wish, field):
    """Return every number at which the rules might turn, and its neighbours."""
    if field == "max_annual_rate":
        rates = {item.annual_rate_min for item in catalogue} - {None}
        return rates | {rate + 1e-6 for rate in rates} | {0, 9.0}
    stem = field.split("_")[0]
    fields = [name for name in NUMERIC_FIELDS if name.startswith(stem)]
    limits = {getattr(record, name) for record in (*catalogue, wish) for name in fields} - {None}
    near = {limit + step for limit in limits for step in (-1, 0, 1)}
    return {limit for limit in near if limit >= 0} | {0, 10**9}


def test_a_smaller_amount_gains_the_product_that_lends_less():
    small, large = product("S", amount_max_yuan=1_000_000), product("L", amount_min_yuan=2_000_000)
    found = ask([small, large], need(amount_max_yuan=3_000_000), "amount_max_yuan", [800_000])
    assert (found.eligible, found.to_confirm) == (1, 0)
    (entry,) = found.alternatives
    assert as_lists(entry.shift) == {
        "gained": [("S", "ineligible", "eligible")],
        "lost": [("L", "eligible", "ineligible")],
        "moved": [],
    }
    assert entry.shift.gained[0].because == ("amount",)
    assert [(step.start, step.eligible) for step in found.steps] == [
        (0, 1),
        (1_000_001, 0),
        (2_000_000, 1),
    ]


def test_an_end_that_passes_the_other_takes_it_along():
    wish = need(amount_min_yuan=3_000_000, amount_max_yuan=9_000_000)
    small = product("S", amount_max_yuan=2_000_000)
    lower, upper, within = (
        ask([small], wish, field, [value]).alternatives[0]
        for field, value in (
            ("amount_min_yuan", 10_000_000),
            ("amount_max_yuan", 2_000_000),
            ("amount_max_yuan", 5_000_000),
        )
    )
    assert lower.sets == (("amount_min_yuan", 10_000_000), ("amount_max_yuan", 10_000_000))
    assert upper.sets == (("amount_max_yuan", 2_000_000), ("amount_min_yuan", 2_000_000))
    assert within.sets == (("amount_max_yuan", 5_000_000),)
    assert (lower.eligible, upper.eligible, within.eligible) == (0, 1, 0)


def test_a_need_without_an_amount_is_tried_with_one_number_for_both_ends():
    medium = product("M", amount_min_yuan=1_000_000, amount_max_yuan=2_000_000)
    found = ask([medium], need(), "amount_max_yuan", [1_500_000, 3_000_000, None])
    assert (found.eligible, found.to_confirm) == (0, 1)
    fits, exceeds, unknown = found.alternatives
    assert [(change.before, change.after) for change in fits.shift.moved] == [
        ("to_confirm", "eligible")
    ]
    assert [change.after for change in exceeds.shift.lost] == ["ineligible"]
    assert not unknown.shift
    assert [(step.start, step.eligible) for step in found.steps] == [
        (0, 0),
        (1_000_000, 1),
        (2_000_001, 0),
    ]


def test_one_more_qualification_adds_to_those_held_and_revives_a_lapsed_one():
    firm = replace(
        FIRM,
        qualifications=(
            Qualification(code="tech_sme"),
            Qualification(code="srdi", valid_until=AS_OF),
        ),
    )
    both = product("A", qualifications_all=("tech_sme", "high_tech"))
    lapsed = product("B", qualifications_any=("srdi",))
    found = ask([both, lapsed], need(), "qualifications", [("high_tech",), ("srdi",)], firm)
    assert found.current == ("tech_sme",)
    assert found.steps == ()
    first, second = found.alternatives
    assert first.sets == (("qualifications", ("high_tech", "tech_sme")),)
    assert [change.product for change in first.shift.gained] == ["A"]
    assert first.shift.gained[0].because == ("qualifications_all",)
    assert [change.product for change in second.shift.gained] == ["B"]


def test_without_a_cap_every_rate_will_do():
    dear = product("D", annual_rate_min=0.09)
    found = ask([dear], need(max_annual_rate=0.05), "max_annual_rate", [None, 0.09, 0.0899])
    assert [entry.eligible for entry in found.alternatives] == [1, 1, 0]
    assert [(step.start, step.eligible) for step in found.steps] == [(0.0, 0), (0.09, 1)]


def test_a_value_that_nothing_matches_loses_everything():
    found = ask([product("P", amount_max_yuan=5)], need(amount_max_yuan=5), "amount_max_yuan", [6])
    assert [change.product for change in found.alternatives[0].shift.lost] == ["P"]
    assert found.alternatives[0].eligible == 0


def test_numbers_beyond_every_limit_are_compared_without_overflow():
    wish = need(amount_min_yuan=10**30)
    open_end = product("P", amount_min_yuan=1)
    found = ask([open_end], wish, "amount_max_yuan", [10**40, 0])
    assert [entry.eligible for entry in found.alternatives] == [1, 0]


def test_an_empty_catalogue_has_one_step_and_no_matches():
    found = ask([], need(), "term_max_months", [12])
    assert [(step.start, step.eligible, step.to_confirm) for step in found.steps] == [(0, 0, 0)]
    assert found.alternatives[0].eligible == 0


def test_an_empty_slider_still_answers_with_the_steps():
    found = ask([product("P", term_max_months=12)], need(), "term_max_months")
    assert found.alternatives == ()
    assert [step.start for step in found.steps] == [0, 13]


def test_the_day_counts_for_what_is_open():
    later = product("P", valid_from=date(2027, 1, 1))
    assert ask([later], need(), "amount_max_yuan", [1]).alternatives[0].eligible == 0


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("amount_max_yuan", nan, "有限数"),
        ("amount_max_yuan", inf, "有限数"),
        ("max_annual_rate", nan, "有限数"),
        ("max_annual_rate", -inf, "有限数"),
        ("max_annual_rate", -0.01, "不小于 0"),
        ("term_min_months", -1, "不小于 0"),
        ("term_min_months", 1.5, "整数"),
        ("amount_min_yuan", True, "数字"),
        ("amount_min_yuan", "100", "数字"),
        ("purposes", "research", "列表"),
        ("purposes", ("gambling",), "working_capital"),
        ("qualifications", None, "列表"),
    ],
)
def test_a_value_that_the_field_cannot_have_is_named(field, value, expected):
    good = ("high_tech",) if field == "qualifications" else None
    values = [value] if field == "qualifications" else [good, value]
    with pytest.raises(InputError) as refusal:
        ask([], need(), field, values)
    (fault,) = refusal.value.faults
    assert (fault.field, fault.row, fault.code) == (field, len(values), "wrong_value")
    assert expected in fault.expected


def test_a_field_that_cannot_be_varied_is_refused_with_those_that_can():
    with pytest.raises(InputError) as refusal:
        ask([], need(), "needed_by", [date(2027, 1, 1)])
    (fault,) = refusal.value.faults
    assert (fault.field, fault.value, fault.code) == ("field", "needed_by", "unknown_field")
    assert "amount_max_yuan" in fault.expected


def test_qualifications_that_are_not_known_cannot_be_added_to():
    with pytest.raises(InputError) as refusal:
        ask([], need(), "qualifications", [("srdi",)], replace(FIRM, qualifications=None))
    assert refusal.value.faults[0].code == "unknown_fact"
