"""Dated parameters: each with unit and source, none that breaks the score."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date

import pytest

from matching import load_parameters
from matching.errors import ParameterError
from matching.parameters import COMPONENTS, entries
from matching.parameters.loader import Entry
from matching.parameters.records import build_parameters


def test_every_parameter_has_unit_source_and_a_first_day():
    assert len(entries()) > 30
    for entry in entries().values():
        assert entry.unit, entry.code
        assert entry.source, entry.code
        assert isinstance(entry.values[0][0], date), entry.code


def test_a_day_takes_the_value_that_holds_on_it():
    entry = Entry("x", "month", "平台设定", ((date(2026, 1, 1), 1), (date(2027, 1, 1), 2)))
    days = (date(2000, 1, 1), date(2026, 12, 31), date(2027, 1, 1), None)
    assert [entry.value_on(day) for day in days] == [1, 1, 2, 2]


def test_the_same_day_gives_the_same_object():
    assert load_parameters(date(2026, 11, 23)) is load_parameters(date(2026, 12, 1))


def test_weights_name_every_component_for_every_stage():
    parameters = load_parameters()
    assert {len(weights) for weights in parameters.weights.values()} == {len(COMPONENTS)}


@pytest.mark.parametrize(
    "broken",
    [
        {"weights": {}},
        {"weights": dict.fromkeys(("seed", "startup", "growth", "mature"), (0.1,) * 13)},
        {"region_closeness": (0.5, 0.4, 0.6, 1.0)},
        {"industry_focus": (0.0, 0.1, 0.2, 0.3, 1.1)},
        {"best_annual_rate": 0.12},
        {"worst_workdays": 1},
        {"requirements_half_at": 0},
        {"any_stage": 1.5},
        {"lending_neutral": -0.1},
    ],
    ids=lambda broken: next(iter(broken)),
)
def test_a_value_that_would_break_the_score_is_refused(broken):
    with pytest.raises(ParameterError):
        replace(load_parameters(), **broken)


def test_a_missing_parameter_is_named():
    values = {code: entry.value_on(None) for code, entry in entries().items()}
    del values["cost.assumed_spread"]
    with pytest.raises(ParameterError, match=r"cost\.assumed_spread"):
        build_parameters(values, version="test")


def test_every_parameter_file_entry_is_used():
    values = {code: entry.value_on(None) for code, entry in entries().items()}
    for code in values:
        rest = {other: value for other, value in values.items() if other != code}
        with pytest.raises(ParameterError):
            build_parameters(rest, version="test")


def test_parameters_cannot_be_changed_in_place():
    with pytest.raises(AttributeError):
        load_parameters().any_stage = 0.9
    assert {field.name for field in fields(load_parameters())} >= {"version", "weights"}
