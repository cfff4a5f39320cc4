"""Codes that the world gives: credit codes, regions, industries."""

from __future__ import annotations

import csv
import gzip
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as stdnum_uscc

from matching.exchange.records.industries import DIVISIONS, SECTIONS, is_industry
from matching.exchange.records.regions import is_region, region_codes, region_names
from matching.exchange.workbook.spelling import plain_text
from matching.uscc import is_uscc, uscc_check_character

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@pytest.fixture(scope="module")
def codes_folder() -> Path:
    default = Path(__file__).resolve().parents[4] / "shared" / "data"
    folder = Path(os.environ.get("KERONG_SHARED_DATA", default)) / "codes"
    if not folder.is_dir():
        pytest.skip(f"no national code tables in {folder}; set KERONG_SHARED_DATA")
    return folder


@given(
    st.text(ALPHABET, min_size=2, max_size=2),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(ALPHABET, min_size=9, max_size=9),
    st.sampled_from(ALPHABET),
)
def test_the_check_character_agrees_with_an_independent_implementation(
    head: str, region: str, body: str, last: str
) -> None:
    code = head + region + body
    assert uscc_check_character(code) == stdnum_uscc.calc_check_digit(code)
    assert is_uscc(code + last) == (last == stdnum_uscc.calc_check_digit(code))


@pytest.mark.parametrize(
    "text", ["", "91220101MA0DEMX01", "91220101ma0demx01d", " 91220101MA0DEMX01D", "9" * 19]
)
def test_a_credit_code_of_another_shape_is_none(text: str) -> None:
    assert not is_uscc(text)


def test_a_registration_department_may_be_a_letter() -> None:
    body = "N2220101MF0000001"
    assert is_uscc(body + uscc_check_character(body))


def test_there_are_twenty_sections_and_ninety_seven_divisions() -> None:
    assert len(SECTIONS) == 20
    assert len(DIVISIONS) == 97


@pytest.mark.parametrize("code", ["C", "C39", "C397", "C3976", "T97", "A01"])
def test_known_industries_are_accepted(code: str) -> None:
    assert is_industry(code)


@pytest.mark.parametrize("code", ["", "U", "c39", "A39", "C3", "C39761", "39", "C3９", "C39\n"])
def test_unknown_industries_are_refused(code: str) -> None:
    assert not is_industry(code)


def test_the_divisions_are_those_of_the_national_table(codes_folder: Path) -> None:
    with gzip.open(codes_folder / "gbt4754_2017.csv.gz", "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["code"] for row in rows if row["level"] == "大类"} == DIVISIONS
    assert all(is_industry(row["code"]) for row in rows)


def test_every_county_of_the_national_table_is_known(codes_folder: Path) -> None:
    with (codes_folder / "areas.csv").open(encoding="utf-8") as file:
        areas = [row["code"] for row in csv.DictReader(file)]
    assert sum(code.startswith("22") for code in areas) == 69
    assert [code for code in areas if not is_region(code)] == []


def test_provinces_and_cities_of_the_national_table_are_known(codes_folder: Path) -> None:
    codes = []
    for name in ("provinces.csv", "cities.csv"):
        with (codes_folder / name).open(encoding="utf-8") as file:
            codes += [row["code"].ljust(6, "0") for row in csv.DictReader(file)]
    assert len(codes) == 373
    assert [code for code in codes if not is_region(code)] == []


@pytest.mark.parametrize(
    "code", ["220184", "222400", "110100", "429000", "710000", "220172", "500112", "130171"]
)
def test_known_regions_are_accepted(code: str) -> None:
    assert is_region(code)


@pytest.mark.parametrize(
    "code", ["", "22", "2201", "220199", "229900", "990000", "2201021", "220175", "139971"]
)
def test_unknown_regions_are_refused(code: str) -> None:
    assert not is_region(code)


def test_a_full_name_stands_for_one_region() -> None:
    for code, name in region_names().items():
        assert plain_text(name) == name
        assert code in region_codes(name)
    assert region_codes("吉林省长春市南关区") == ("220102",)
    assert region_codes("公主岭市") == ("220184",)
    assert len(region_codes("朝阳区")) > 1
