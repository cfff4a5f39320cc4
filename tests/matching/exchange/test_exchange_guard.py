"""A workbook that could do harm is refused with its reason, and nothing crashes."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from matching.exchange import UnreadableError, check_exchange, limits
from matching.exchange.workbook.guard import check_zip, column_number
from matching.exchange.workbook.parser import parse_sheets
from matching.exchange.workbook.sheets_out import example_exchange, write_exchange_workbook

SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("guard") / "good.xlsx"
    write_exchange_workbook(example_exchange(), path)
    return path.read_bytes()


def changed(data: bytes, parts: Mapping[str, Callable[[bytes], bytes]]) -> bytes:
    """Return a workbook with some parts replaced, or added where they are new."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in {**dict.fromkeys(old.namelist()), **parts}:
            content = old.read(name) if name in old.namelist() else b""
            new.writestr(name, parts[name](content) if name in parts else content)
    return buffer.getvalue()


def refusal(data: bytes) -> str:
    with pytest.raises(UnreadableError) as caught:
        parse_sheets(data)
    [fault] = caught.value.faults
    assert fault.expected
    return fault.code


def with_row(row: bytes) -> Callable[[bytes], bytes]:
    return lambda xml: xml.replace(b"</sheetData>", row + b"</sheetData>")


def test_a_workbook_of_our_own_passes(good: bytes) -> None:
    check_zip(good)
    assert [sheet.name for sheet in parse_sheets(good)][:4] == ["机构", "产品", "企业", "需求"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not_a_workbook"),
        (b"PK\x03\x04", "not_a_workbook"),
        (b"code,name\n1,2\n", "not_a_workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "not_a_workbook"),
        (bytes(range(256)) * 50, "not_a_workbook"),
    ],
)
def test_bytes_that_are_no_workbook_are_refused(data: bytes, code: str) -> None:
    assert refusal(data) == code


def test_another_zip_than_a_workbook_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert refusal(buffer.getvalue()) == "not_a_workbook"


def test_a_large_file_is_refused(good: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_WORKBOOK_BYTES", len(good) - 1)
    assert refusal(good) == "file_too_large"


def test_a_bomb_is_refused_before_it_is_unpacked_whole(good: bytes) -> None:
    bomb = changed(good, {"xl/media/image1.bin": lambda _: bytes(200 * 1024**2)})
    assert len(bomb) < 1024**2
    assert refusal(bomb) == "archive_too_large"


def test_many_parts_that_are_large_together_are_refused(
    good: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_UNPACKED_BYTES", 200_000)
    noise = random.Random(1).randbytes(60_000)
    parts = {f"xl/media/image{number}.bin": lambda _: noise for number in range(4)}
    assert refusal(changed(good, parts)) == "archive_too_large"


def test_too_many_parts_are_refused(good: bytes) -> None:
    parts = {f"xl/media/{number}.bin": lambda _: b"" for number in range(1001)}
    assert refusal(changed(good, parts)) == "suspicious_archive"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("xl/vbaProject.bin", "macros"),
        ("xl/macrosheets/sheet1.xml", "macros"),
        ("xl/activeX/activeX1.bin", "macros"),
        ("xl/externalLinks/externalLink1.xml", "external_links"),
        ("xl/embeddings/oleObject1.bin", "external_links"),
        ("xl/connections.xml", "external_links"),
    ],
)
def test_parts_that_act_or_reach_out_are_refused(good: bytes, name: str, code: str) -> None:
    assert refusal(changed(good, {name: lambda _: b"x"})) == code


def test_a_macro_workbook_under_another_suffix_is_refused(good: bytes) -> None:
    def macro(xml: bytes) -> bytes:
        return xml.replace(b"sheet.main+xml", b"sheet.macroEnabled.main+xml")

    assert refusal(changed(good, {"[Content_Types].xml": macro})) == "macros"


@pytest.mark.parametrize(
    ("kind", "is_refused"), [(b"externalLinkPath", True), (b"image", True), (b"hyperlink", False)]
)
def test_only_hyperlinks_may_point_outside(good: bytes, kind: bytes, is_refused: bool) -> None:
    relation = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        b"relationships/" + kind + b'" Target="file:///etc/passwd" TargetMode="External"/>'
        b"</Relationships>"
    )
    data = changed(good, {"xl/worksheets/_rels/sheet1.xml.rels": lambda _: relation})
    if is_refused:
        assert refusal(data) == "external_links"
    else:
        check_zip(data)


@pytest.mark.parametrize("padding", [0, 256 * 1024 - 60])
def test_a_document_type_is_refused_wherever_it_stands(good: bytes, padding: int) -> None:
    declaration = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>'

    def declare(xml: bytes) -> bytes:
        return b"<?xml version='1.0'?>" + b" " * padding + declaration + xml

    assert refusal(changed(good, {SHEET: declare})) == "document_type"


def test_another_encoding_cannot_hide_a_document_type(good: bytes) -> None:
    data = changed(good, {SHEET: lambda xml: xml.decode().encode("utf-16")})
    assert refusal(data) == "document_type"


@pytest.mark.parametrize(
    "row",
    [
        b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>',
        b'<row r="20001"/>',
        b'<row r="9"><c s="0" r="XFD9"><v>1</v></c></row>',
        b'<row r="9"><c r="CW9"><v>1</v></c></row>',
        b'<row r="99999999999999999999"/>',
    ],
)
def test_a_far_cell_is_refused_before_the_parser_sees_it(good: bytes, row: bytes) -> None:
    with pytest.raises(UnreadableError) as caught:
        check_zip(changed(good, {SHEET: with_row(row)}))
    assert caught.value.faults[0].code == "sheet_too_large"


def test_cells_that_do_not_say_where_they_stand_are_counted(good: bytes) -> None:
    rows = b"<row><c><v>1</v></c></row>" * 20_001
    assert refusal(changed(good, {SHEET: with_row(rows)})) == "sheet_too_large"


def test_a_far_cell_that_slips_through_costs_only_the_child(
    good: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_SHEET_ROWS", 10**9)
    monkeypatch.setattr(limits, "MAX_SHEET_COLUMNS", 10**9)
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    assert refusal(changed(good, {SHEET: with_row(far)})) == "parser_failed"


def test_one_long_text_named_by_every_cell_is_refused(good: bytes) -> None:
    strings = b'<si><t xml:space="preserve">' + b"x" * 32_000 + b"</t></si>"
    cells = b"".join(b"<row>" + b'<c t="s"><v>0</v></c>' * 50 + b"</row>" for _ in range(200))
    data = changed(
        good,
        {
            SHEET: with_row(cells),
            "xl/sharedStrings.xml": lambda _: (
                b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
                + strings
                + b"</sst>"
            ),
            "xl/_rels/workbook.xml.rels": lambda xml: xml.replace(
                b"</Relationships>",
                b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/'
                b'2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
            ),
        },
    )
    assert refusal(data) == "not_a_workbook"


def test_a_slow_parse_ends(good: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PARSER_SECONDS", 0.001)
    assert refusal(good) == "parser_failed"


def test_damaged_workbooks_never_crash_the_guard(good: bytes) -> None:
    chance = random.Random(7)
    refused = 0
    for _ in range(400):
        data = bytearray(good)
        for _ in range(chance.randrange(1, 8)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        cut = bytes(data[: chance.randrange(len(data))]) if chance.random() < 0.3 else bytes(data)
        try:
            check_zip(cut)
        except UnreadableError:
            refused += 1
    assert refused > 200


def test_damaged_parts_in_a_sound_zip_never_crash_the_reader(good: bytes, tmp_path: Path) -> None:
    chance = random.Random(11)
    names = [name for name in zipfile.ZipFile(io.BytesIO(good)).namelist() if "xl/" in name]
    path = tmp_path / "input.xlsx"

    def damage(content: bytes) -> bytes:
        data = bytearray(content)
        for _ in range(chance.randrange(1, 6)):
            start = chance.randrange(len(data))
            data[start : start + chance.randrange(3)] = chance.randbytes(chance.randrange(3))
        return bytes(data)

    for _ in range(12):
        path.write_bytes(changed(good, {chance.choice(names): damage}))
        assert all(fault.expected for fault in check_exchange(path))


@pytest.mark.parametrize(
    ("letters", "number"), [(b"A", 1), (b"Z", 26), (b"AA", 27), (b"XFD", 16384)]
)
def test_columns_are_numbered(letters: bytes, number: int) -> None:
    assert column_number(letters) == number
