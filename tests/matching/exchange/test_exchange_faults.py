"""Each way in which an exchange object can be wrong is refused, saying where and why."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from matching.errors import Fault, InputError
from matching.exchange import parse_exchange
from matching.vocabulary import CRITERIA

Raw = dict[str, Any]


def faults_of(raw: object, as_of: date | None = None) -> list[Fault]:
    try:
        parse_exchange(raw, as_of=as_of)
    except InputError as error:
        return error.faults
    return []


def test_a_valid_object_has_no_fault(valid: Raw) -> None:
    assert faults_of(valid) == []


def test_null_and_absent_are_unknown_and_an_empty_list_is_kept(valid: Raw) -> None:
    valid["needs"][0].update(purposes=[], collateral=None)
    need = parse_exchange(valid).needs[0]
    assert need.purposes == ()
    assert need.collateral is None
    assert need.financing_types is None


def test_null_switches_take_their_defaults(valid: Raw) -> None:
    valid["products"][0]["published"] = None
    valid["needs"][0]["open_to_others"] = None
    exchange = parse_exchange(valid)
    assert exchange.products[0].published is True
    assert exchange.needs[0].open_to_others is True


def test_a_whole_number_may_be_written_with_a_decimal_point(valid: Raw) -> None:
    valid["needs"][0]["amount_max_yuan"] = 3e6
    amount = parse_exchange(valid).needs[0].amount_max_yuan
    assert (amount, type(amount)) == (3_000_000, int)


def test_a_code_that_stands_twice_in_a_list_counts_once(valid: Raw) -> None:
    valid["products"][0]["stages"] = ["growth", "seed", "growth"]
    assert parse_exchange(valid).products[0].stages == ("growth", "seed")


def test_conditions_may_stand_beside_further_ones_that_are_undisclosed(valid: Raw) -> None:
    valid["products"][0]["undisclosed"] = ["terms"]
    assert faults_of(valid) == []


def test_a_type_may_be_absent_when_it_is_undisclosed(valid: Raw) -> None:
    valid["products"][0].update(financing_type=None, undisclosed=["financing_type"])
    assert parse_exchange(valid).products[0].financing_type is None


def test_the_date_given_overrides_that_of_the_file(valid: Raw) -> None:
    assert parse_exchange(valid, as_of=date(2027, 1, 1)).as_of == date(2027, 1, 1)
    faults = faults_of(valid, as_of=date(2021, 5, 17))
    assert {(fault.field, fault.code) for fault in faults} == {
        ("founded_on", "future_date"),
        ("fiscal_year", "future_date"),
    }


# record, field, value, code of the fault
FIELD_FAULTS = [
    ("institutions", "code", None, "missing"),
    ("institutions", "code", "  ", "blank"),
    ("institutions", "code", " B1", "surrounding_space"),
    ("institutions", "code", 7, "wrong_type"),
    ("institutions", "code", "B" * 101, "too_long"),
    ("institutions", "name", "", "blank"),
    ("institutions", "name", "名" * 201, "too_long"),
    ("institutions", "name", "吉\x00林", "forbidden_character"),
    ("institutions", "name", "\ud800", "forbidden_character"),
    ("institutions", "kind", "shop", "unknown_code"),
    ("institutions", "kind", ["bank"], "wrong_type"),
    ("institutions", "region", "220199", "unknown_code"),
    ("institutions", "region", 220100, "wrong_type"),
    ("institutions", "parent", "B9", "unknown_reference"),
    ("institutions", "capacity", -1, "negative"),
    ("institutions", "capacity", True, "wrong_type"),
    ("products", "institution", "B9", "unknown_reference"),
    ("products", "variant_of", "P9", "unknown_reference"),
    ("products", "variant_of", "P1", "circular_reference"),
    ("products", "financing_type", None, "missing"),
    ("products", "financing_type", "loan", "unknown_code"),
    ("products", "stages", "growth", "wrong_type"),
    ("products", "stages", ["growth", "old"], "unknown_code"),
    ("products", "stage_focus", [None], "wrong_type"),
    ("products", "amount_min_yuan", 5_000_001, "min_above_max"),
    ("products", "amount_max_yuan", -1, "negative"),
    ("products", "amount_max_yuan", 10**13 + 1, "out_of_range"),
    ("products", "amount_max_yuan", 10**400, "out_of_range"),
    ("products", "amount_max_yuan", 1000000.5, "not_whole"),
    ("products", "amount_max_yuan", "5000000", "wrong_type"),
    ("products", "amount_max_yuan", True, "wrong_type"),
    ("products", "amount_max_yuan", math.inf, "not_finite"),
    ("products", "amount_max_yuan", math.nan, "not_finite"),
    ("products", "firm_age_min_months", -12, "negative"),
    ("products", "annual_rate_min", 3.85, "out_of_range"),
    ("products", "annual_rate_min", -0.01, "negative"),
    ("products", "annual_rate_max", 0.03, "min_above_max"),
    ("products", "regions", ["22"], "unknown_code"),
    ("products", "industries", ["Z"], "unknown_code"),
    ("products", "industries_excluded", ["A39"], "unknown_code"),
    ("products", "tech_fields", ["magic"], "unknown_code"),
    ("products", "purposes", ["holiday"], "unknown_code"),
    ("products", "qualifications_all", [{"code": "srdi"}], "wrong_type"),
    ("products", "qualifications_any", ["iso9001"], "unknown_code"),
    ("products", "collateral", ["gold"], "unknown_code"),
    ("products", "green_quota", "yes", "wrong_type"),
    ("products", "green_quota", 1, "wrong_type"),
    ("products", "approval_days", 2.5, "not_whole"),
    ("products", "undisclosed", ["price"], "unknown_code"),
    ("products", "published", "true", "wrong_type"),
    ("products", "valid_from", "2026-02-30", "bad_date"),
    ("products", "valid_from", "20260101", "bad_date"),
    ("products", "valid_from", "2026-W01-1", "bad_date"),
    ("products", "valid_from", 2026, "wrong_type"),
    ("products", "valid_from", "1066-10-14", "out_of_range"),
    ("products", "description", "长" * 4001, "too_long"),
    ("products", "terms", {}, "wrong_type"),
    ("firms", "uscc", None, "missing"),
    ("firms", "uscc", "91220101MA0DEMX01A", "bad_check_character"),
    ("firms", "uscc", "91220101MA0DEMX01d", "bad_uscc"),
    ("firms", "uscc", "91220101MA0DEMX0", "bad_uscc"),
    ("firms", "founded_on", "2026-11-24", "future_date"),
    ("firms", "fiscal_year", 2027, "future_date"),
    ("firms", "fiscal_year", 25, "out_of_range"),
    ("firms", "stage", "early", "unknown_code"),
    ("firms", "qualifications", ["iso9001"], "unknown_code"),
    ("firms", "qualifications", [{"code": "srdi", "level": 1}], "unknown_key"),
    ("firms", "qualifications", [{"valid_from": "2026-01-01"}], "wrong_type"),
    (
        "firms",
        "qualifications",
        [{"code": "srdi", "valid_from": "2026-01-01", "valid_until": "2026-01-01"}],
        "period_reversed",
    ),
    ("firms", "revenue_yuan", -1, "negative"),
    ("firms", "revenue_growth", -1.5, "out_of_range"),
    ("firms", "debt_ratio", 55.3, "out_of_range"),
    ("firms", "rd_staff_ratio", 1.2, "out_of_range"),
    ("firms", "innovation_points", -1, "negative"),
    ("firms", "employees", 12.5, "not_whole"),
    ("firms", "taxpayer_rating", "E", "unknown_code"),
    ("firms", "incubator", "", "blank"),
    ("needs", "firm", "91110000600037341L", "unknown_reference"),
    ("needs", "financing_types", ["loan"], "unknown_code"),
    ("needs", "amount_min_yuan", 3_000_001, "min_above_max"),
    ("needs", "term_min_months", 1201, "out_of_range"),
    ("needs", "max_annual_rate", 4.5, "out_of_range"),
    ("needs", "needed_by", "明年", "bad_date"),
    ("needs", "preferred_institutions", ["B9"], "unknown_reference"),
    ("needs", "excluded_institutions", ["B9"], "unknown_reference"),
    ("needs", "open_to_others", "否", "wrong_type"),
]


@pytest.mark.parametrize(("record", "field", "value", "code"), FIELD_FAULTS)
def test_a_wrong_value_is_refused_at_its_place(
    valid: Raw, record: str, field: str, value: object, code: str
) -> None:
    valid[record][0][field] = value
    places = {(f.where, f.row, f.code) for f in faults_of(valid)}
    assert (record, 1, code) in places


# what is done to the object, then list, row, field, code of the fault
RECORD_FAULTS: list[tuple[Callable[[Raw], object], str, int | None, str | None, str]] = [
    (lambda raw: raw.pop("format"), "file", None, "format", "missing"),
    (lambda raw: raw.update(format="kerong/2"), "file", None, "format", "unknown_format"),
    (lambda raw: raw.update(as_of="yesterday"), "file", None, "as_of", "bad_date"),
    (lambda raw: raw.update(banks=[]), "file", None, "banks", "unknown_key"),
    (lambda raw: raw.update(needs={}), "file", None, "needs", "wrong_type"),
    (lambda raw: raw["needs"].append("N2"), "needs", 2, None, "wrong_type"),
    (lambda raw: raw["firms"][0].update(tel="1"), "firms", 1, "tel", "unknown_key"),
    (lambda raw: raw["needs"].append(raw["needs"][0]), "needs", 2, "code", "duplicate_code"),
    (lambda raw: raw["firms"].append(raw["firms"][0]), "firms", 2, "uscc", "duplicate_code"),
    (
        lambda raw: raw["institutions"][0].update(parent="B2"),
        "institutions",
        2,
        "parent",
        "circular_reference",
    ),
    (
        lambda raw: raw["needs"][0].update(excluded_institutions=["B1"]),
        "needs",
        1,
        "preferred_institutions",
        "preferred_and_excluded",
    ),
    (
        lambda raw: raw["products"][0].update(valid_from="2026-05-01", valid_until="2026-05-01"),
        "products",
        1,
        "valid_until",
        "period_reversed",
    ),
]


@pytest.mark.parametrize(("spoil", "where", "row", "field", "code"), RECORD_FAULTS)
def test_a_contradiction_is_refused_at_its_place(
    valid: Raw,
    spoil: Callable[[Raw], object],
    where: str,
    row: int | None,
    field: str | None,
    code: str,
) -> None:
    spoil(valid)
    assert (where, row, field, code) in {
        (fault.where, fault.row, fault.field, fault.code) for fault in faults_of(valid)
    }


STATED = {
    "financing_type": {"financing_type": "leasing"},
    "stage": {"stages": ["seed"]},
    "amount": {"amount_max_yuan": 1},
    "term": {"term_min_months": 1},
    "rate": {"annual_rate_min": 0.04},
    "region": {"regions": ["220000"]},
    "industry": {"industries": ["C"]},
    "industry_excluded": {"industries_excluded": ["K"]},
    "tech_field": {"tech_fields": ["energy"]},
    "purpose": {"purposes": ["research"]},
    "qualifications_all": {"qualifications_all": ["srdi"]},
    "qualifications_any": {"qualifications_any": ["srdi"]},
    "firm_age": {"firm_age_max_months": 60},
    "collateral": {"collateral": ["patent"]},
}


def test_every_criterion_but_terms_can_contradict_itself() -> None:
    assert STATED.keys() == CRITERIA.keys() - {"terms"}


@pytest.mark.parametrize("criterion", STATED)
def test_a_condition_is_stated_or_undisclosed_but_not_both(valid: Raw, criterion: str) -> None:
    product = valid["products"][1]
    product.update(STATED[criterion])
    assert faults_of(valid) == []
    product["undisclosed"] = [criterion]
    assert {fault.code for fault in faults_of(valid)} == {"stated_and_undisclosed"}


def test_an_empty_list_states_nothing(valid: Raw) -> None:
    valid["products"][1].update(stages=[], undisclosed=["stage"])
    assert faults_of(valid) == []


GOOD_TERMS = [
    {"field": "revenue_yuan", "op": ">", "value": 0},
    {"field": "revenue_growth", "op": ">=", "value": -0.5},
    {"field": "employees", "op": "in", "value": [1, 2]},
    {"field": "debt_ratio", "op": "<", "value": 0.7},
    {"field": "taxpayer_rating", "op": "not_in", "value": ["C", "D"]},
    {"field": "incubator", "op": "==", "value": "演示孵化器"},
    {"field": "fiscal_year", "op": "!=", "value": 2020},
]
BAD_TERMS = [
    ("revenue", "wrong_type"),
    ({"field": "turnover", "op": ">=", "value": 1}, "bad_term_field"),
    ({"field": ["revenue_yuan"], "op": ">=", "value": 1}, "bad_term_field"),
    ({"field": "industry", "op": "==", "value": "C"}, "bad_term_field"),
    ({"field": "revenue_yuan", "op": "=>", "value": 1}, "bad_term_operator"),
    ({"field": "revenue_yuan", "value": 1}, "bad_term_operator"),
    ({"field": "revenue_yuan", "op": [], "value": 1}, "bad_term_operator"),
    ({"field": "taxpayer_rating", "op": ">=", "value": "B"}, "bad_term_operator"),
    ({"field": "revenue_yuan", "op": ">="}, "wrong_type"),
    ({"field": "revenue_yuan", "op": ">=", "value": "500"}, "wrong_type"),
    ({"field": "revenue_yuan", "op": ">=", "value": True}, "wrong_type"),
    ({"field": "revenue_yuan", "op": ">=", "value": [1]}, "wrong_type"),
    ({"field": "revenue_yuan", "op": ">=", "value": math.nan}, "not_finite"),
    ({"field": "revenue_yuan", "op": ">=", "value": 10**14}, "out_of_range"),
    ({"field": "debt_ratio", "op": "<=", "value": 70}, "out_of_range"),
    ({"field": "revenue_yuan", "op": "in", "value": 1}, "bad_term_value"),
    ({"field": "revenue_yuan", "op": "in", "value": []}, "bad_term_value"),
    ({"field": "taxpayer_rating", "op": "in", "value": ["A", "E"]}, "unknown_code"),
    ({"field": "incubator", "op": "==", "value": 5}, "wrong_type"),
    ({"field": "revenue_yuan", "op": ">=", "value": 1, "unit": "元"}, "unknown_key"),
]


@pytest.mark.parametrize("term", GOOD_TERMS)
def test_a_further_condition_of_the_contract_is_accepted(valid: Raw, term: Raw) -> None:
    valid["products"][0]["terms"] = [term]
    assert faults_of(valid) == []


@pytest.mark.parametrize(("term", "code"), BAD_TERMS)
def test_another_further_condition_is_refused(valid: Raw, term: object, code: str) -> None:
    valid["products"][0]["terms"] = [term]
    assert [(f.where, f.row, f.field, f.code) for f in faults_of(valid)] == [
        ("products", 1, "terms", code)
    ]


def test_all_faults_are_told_at_once(valid: Raw) -> None:
    valid["products"][0].update(annual_rate_min=3.85, stages=["old"])
    valid["firms"][0]["uscc"] = "91220101MA0DEMX01A"
    codes = [fault.code for fault in faults_of(valid)]
    assert sorted(codes) == [
        "bad_check_character",
        "out_of_range",
        "unknown_code",
        "unknown_reference",
    ]


def test_a_fault_shows_what_was_found_and_what_is_right(valid: Raw) -> None:
    valid["products"][0]["annual_rate_min"] = 3.85
    [fault] = faults_of(valid)
    assert fault.value == "3.85"
    assert "0.0385" in fault.expected


def test_what_is_shown_of_a_value_is_short_and_printable(valid: Raw) -> None:
    valid["institutions"][0]["name"] = "\x00" * 5000
    [fault] = faults_of(valid)
    assert fault.value is not None
    assert len(fault.value) <= 80
    assert fault.value.isprintable()


def test_endless_faults_are_cut_and_the_cut_is_said(valid: Raw) -> None:
    valid["needs"] = [None] * 20_000
    faults = faults_of(valid)
    assert len(faults) == 10_001
    assert faults[-1].code == "too_many_faults"


@pytest.mark.parametrize("raw", [None, 1, "kerong/1", [], [[]]])
def test_another_thing_than_an_object_is_refused(raw: object) -> None:
    assert [fault.code for fault in faults_of(raw)] == ["wrong_type"]
