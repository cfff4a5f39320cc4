"""A JSON file is read whatever its bytes; what is wrong with it is told."""

from __future__ import annotations

import json
import random
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.errors import InputError
from matching.exchange import UnreadableError, check_exchange, limits, parse_exchange, read_exchange
from matching.exchange.json_file import nesting_depth


def code_of(path: Path) -> str:
    with pytest.raises(UnreadableError) as caught:
        read_exchange(path)
    [fault] = caught.value.faults
    assert fault.expected
    return fault.code


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "invalid_json"),
        (b"\x00\xff\x00", "not_utf8"),
        (b'{"format": "kerong/1"', "invalid_json"),
        (b'{"format": "kerong/1",}', "invalid_json"),
        (b'{"a": "\xe5\x90"}', "not_utf8"),
        ('{"a": "吉"}'.encode("gb18030"), "not_utf8"),
        (b"[" * 100_000 + b"]" * 100_000, "nested_too_deep"),
        (b'{"a":' * 100_000, "nested_too_deep"),
        (b"[" * 100_000, "nested_too_deep"),
        (b'"' + b'\\"' * 100_000, "invalid_json"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "invalid_json"),
    ],
)
def test_bytes_that_are_no_exchange_file_are_refused(
    tmp_path: Path, data: bytes, code: str
) -> None:
    path = tmp_path / "input.json"
    path.write_bytes(data)
    assert code_of(path) == code


def test_a_file_beyond_the_limit_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "input.json"
    path.write_bytes(b" " * 1001)
    monkeypatch.setattr(limits, "MAX_JSON_BYTES", 1000)
    assert code_of(path) == "file_too_large"


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    assert code_of(tmp_path / "none.json") == "cannot_open"
    (tmp_path / "folder.json").mkdir()
    assert code_of(tmp_path / "folder.json") == "cannot_open"
    assert code_of(tmp_path / "nul\x00.json") == "cannot_open"


@pytest.mark.parametrize("name", ["input.csv", "input", "input.xls", "input.xlsm"])
def test_another_suffix_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"{}")
    assert code_of(tmp_path / name) == "unknown_suffix"


def test_a_byte_order_mark_does_no_harm(tmp_path: Path, valid: dict[str, Any]) -> None:
    path = tmp_path / "input.JSON"
    path.write_text(json.dumps(valid), encoding="utf-8-sig")
    assert check_exchange(path) == []


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400", "1" + "0" * 400])
def test_a_number_without_measure_is_a_fault_of_its_field(
    tmp_path: Path, valid: dict[str, Any], number: str
) -> None:
    valid["needs"][0]["amount_max_yuan"] = "NUMBER"
    path = tmp_path / "input.json"
    path.write_text(json.dumps(valid).replace('"NUMBER"', number))
    [fault] = check_exchange(path)
    assert (fault.where, fault.row, fault.field) == ("needs", 1, "amount_max_yuan")


def test_a_key_that_stands_twice_is_a_fault_of_its_record(
    tmp_path: Path, valid: dict[str, Any]
) -> None:
    text = json.dumps(valid)
    text = text.replace('"code": "N1"', '"code": "N1", "code": "N2"')
    text = text.replace('"op": ">="', '"op": ">=", "op": "<="')
    text = text.replace('"as_of"', '"as_of": null, "as_of"')
    path = tmp_path / "input.json"
    path.write_text(text)
    assert [(f.where, f.row, f.field, f.code) for f in check_exchange(path)] == [
        ("file", None, "as_of", "duplicate_key"),
        ("products", 1, "terms", "duplicate_key"),
        ("needs", 1, "code", "duplicate_key"),
    ]


@given(
    st.recursive(
        st.none() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_nesting_is_counted_outside_strings(value: object) -> None:
    def depth(one: object) -> int:
        if isinstance(one, dict):
            return 1 + max(map(depth, one.values()), default=0)
        return 1 + max(map(depth, one), default=0) if isinstance(one, list) else 0

    assert nesting_depth(json.dumps(value).encode()) == depth(value)


def test_damaged_files_never_crash_the_reader(tmp_path: Path, valid: dict[str, Any]) -> None:
    text = json.dumps(valid, ensure_ascii=False).encode()
    chance = random.Random(1)
    path = tmp_path / "input.json"
    for _ in range(300):
        data = bytearray(text[: chance.randrange(1, len(text) + 1)])
        for _ in range(chance.randrange(4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        path.write_bytes(bytes(data))
        assert all(fault.expected for fault in check_exchange(path))


def test_odd_values_in_place_of_records_never_crash_the_reader(valid: dict[str, Any]) -> None:
    odd: list[Any] = [None, 1, -1.5, True, "", "x", [], {}, [None], {"a": 1}, [[]], 10**30]
    for name in ("institutions", "products", "firms", "needs"):
        for field in list(valid[name][0]):
            for value in odd:
                changed = json.loads(json.dumps(valid))
                changed[name][0][field] = value
                with suppress(InputError):
                    parse_exchange(changed)


def test_a_thousand_of_each_are_read_in_a_moment(tmp_path: Path, valid: dict[str, Any]) -> None:
    from matching.uscc import uscc_check_character

    bodies = [f"91220101MA{number:07d}" for number in range(1000)]
    codes = [body + uscc_check_character(body) for body in bodies]
    valid["firms"] = [{**valid["firms"][0], "uscc": code} for code in codes]
    valid["needs"] = [
        {**valid["needs"][0], "code": f"N{number}", "firm": code}
        for number, code in enumerate(codes)
    ]
    valid["products"] = [{**valid["products"][0], "code": f"P{n}"} for n in range(1000)]
    path = tmp_path / "input.json"
    path.write_text(json.dumps(valid))
    started = time.process_time()
    exchange = read_exchange(path)
    assert len(exchange.needs) == 1000
    assert time.process_time() - started < 5  # a tenth of it is usual; this finds a square law
