"""Folders of the open format: what is read, and how each fault is refused."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from matching.errors import InputError
from matching.evaluation.dataset import Dataset, read_dataset
from tests.matching.evaluation.histories import (
    EVENT,
    made_history,
    write_history,
    write_table,
)


def faults_of(folder: Path) -> list[tuple[str, int | None, str | None, str]]:
    with pytest.raises(InputError) as caught:
        read_dataset(folder)
    return [(one.where, one.row, one.field, one.code) for one in caught.value.faults]


def test_a_history_is_read_in_the_order_of_time(history: Dataset) -> None:
    assert len(history.events) == 480
    assert (np.diff(history.days) >= 0).all()
    assert history.values["region"] == ("R0", "R1", "R2", "R3")
    assert "unknown" not in history.values["stage"]
    assert "sector2" not in history.columns
    assert np.isnan(history.amounts).any()
    assert "country:C1" in history.declared[history.units.index("v1")]


def test_plain_files_are_read_as_well_as_compressed_ones(tmp_path: Path, history: Dataset) -> None:
    write_history(tmp_path, *made_history())
    for packed in tmp_path.glob("*.gz"):
        packed.with_suffix("").write_bytes(gzip.decompress(packed.read_bytes()))
        packed.unlink()
    assert read_dataset(tmp_path).events == history.events


def test_a_folder_that_is_absent_is_refused(tmp_path: Path) -> None:
    assert faults_of(tmp_path / "nowhere") == [("file", None, None, "missing_folder")]


def test_every_missing_file_is_named(tmp_path: Path) -> None:
    assert [(where, code) for where, _, _, code in faults_of(tmp_path)] == [
        ("events", "missing_file"),
        ("links", "missing_file"),
        ("investors", "missing_file"),
    ]


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    events, links, investors = made_history(days=2)
    write_history(tmp_path, events, links, investors)
    short = [{key: row[key] for key in EVENT if key != "date"} for row in events]
    write_table(tmp_path / "events.csv.gz", tuple(short[0]), short)
    assert faults_of(tmp_path) == [("events", None, "date", "missing_column")]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("date", "2012-02-30", "bad_date"),
        ("date", "", "bad_date"),
        ("date", "2012/01/02", "bad_date"),
        ("date", "20120102", "bad_date"),
        ("amount_cny", "a lot", "bad_number"),
        ("amount_cny", "-5", "bad_number"),
        ("amount_cny", "nan", "bad_number"),
        ("event_id", "", "missing_value"),
    ],
)
def test_a_value_that_cannot_be_is_named_with_its_row(
    tmp_path: Path, field: str, value: str, code: str
) -> None:
    events, links, investors = made_history(days=2)
    spare = events[0] | {"event_id": "spare"} | {field: value}
    write_history(tmp_path, [*events, spare], links, investors)
    assert faults_of(tmp_path) == [("events", len(events) + 2, field, code)]


def test_one_identifier_for_two_things_is_a_contradiction(tmp_path: Path) -> None:
    events, links, investors = made_history(days=2)
    other_event = events[0] | {"date": "2012-12-24"}
    other_investor = investors[0] | {"name": "Somebody else"}
    write_history(tmp_path, [*events, other_event], links, [*investors, other_investor])
    assert faults_of(tmp_path) == [
        ("events", len(events) + 2, "event_id", "contradiction"),
        ("investors", len(investors) + 2, "investor_id", "contradiction"),
    ]


def test_equal_rows_count_once_and_are_noted(tmp_path: Path) -> None:
    events, links, investors = made_history(days=30)
    once = read_dataset(write_history(tmp_path / "once", events, links, investors))
    twice = read_dataset(
        write_history(tmp_path / "twice", events + events[:2], links + links[:3], investors)
    )
    assert twice.link_units.tolist() == once.link_units.tolist()
    assert twice.notes == (
        "events：2 行与前面完全相同，只计一次",
        "links：3 行重复，只计一次",
    )


def test_links_to_what_does_not_exist_are_named(tmp_path: Path) -> None:
    events, links, investors = made_history(days=2)
    astray = [
        {"event_id": "e0", "investor_id": "nobody", "lead": ""},
        {"event_id": "nothing", "investor_id": "v0", "lead": ""},
    ]
    write_history(tmp_path, events, links + astray, investors)
    assert faults_of(tmp_path) == [
        ("links", len(links) + 2, "investor_id", "unknown_id"),
        ("links", len(links) + 3, "event_id", "unknown_id"),
    ]


def test_a_history_without_links_is_refused(tmp_path: Path) -> None:
    events, _, investors = made_history(days=2)
    assert faults_of(write_history(tmp_path, events, [], investors)) == [
        ("links", None, None, "no_links")
    ]


def test_a_row_of_another_width_is_named(tmp_path: Path) -> None:
    write_history(tmp_path, *made_history(days=2))
    with gzip.open(tmp_path / "links.csv.gz", "at") as lines:
        lines.write("e0,v0\n")
    (fault,) = faults_of(tmp_path)
    assert fault[0] == "links"
    assert fault[3] == "wrong_width"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"no gzip at all", "unreadable"),
        (gzip.compress(b"event_id,investor_id\ne0,v0\n", mtime=0)[:-9], "unreadable"),
        (gzip.compress("event_id,investor_id\né,v0\n".encode("latin-1"), mtime=0), "not_utf8"),
    ],
)
def test_a_damaged_file_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    write_history(tmp_path, *made_history(days=2))
    (tmp_path / "links.csv.gz").write_bytes(content)
    assert [(where, found) for where, _, _, found in faults_of(tmp_path)] == [("links", code)]
