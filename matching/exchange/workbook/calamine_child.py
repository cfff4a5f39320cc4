"""Parses a workbook from standard input; run as a script, in a process of its own.

The parser is fast native code that may take any amount of memory, or end the process, on a
hostile file. Here that costs a child under limits and nothing else. The script imports
nothing of this project, so that it starts at once.
"""

import datetime as dt
import io
import json
import posixpath
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree as ET

import python_calamine

# A cell that holds an error, and the text of the first value after it.
_ERROR_CELL = re.compile(rb"<(?:\w+:)?c\s(?=[^<>]*\bt\s*=\s*[\"']e[\"'])[^<>]*>")
_PLACE = re.compile(rb"\br\s*=\s*[\"']([A-Z]{1,3})([0-9]{1,7})[\"']")
_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]{0,40})<")
_COMPLAINTS = (
    python_calamine.CalamineError,
    zipfile.BadZipFile,
    ET.ParseError,
    LookupError,  # a part or a cell that is named and not there
    ValueError,
    OSError,
)
_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"


def main(memory_bytes: int, cpu_seconds: int, max_characters: int) -> None:
    """Write the sheets as JSON to standard output, or the parser's complaint."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    data = sys.stdin.buffer.read()
    try:
        answer: dict[str, object] = {"sheets": read_sheets(data, max_characters)}
    except _COMPLAINTS as error:
        answer = {"error": f"{type(error).__name__}: {error}"[:200]}
    json.dump(answer, sys.stdout)


def read_sheets(data: bytes, max_characters: int) -> list[dict[str, object]]:
    """Return every worksheet with its rows from row 1 on and its merged ranges.

    Raises
    ------
    ValueError
        When the texts together are longer than a list of firms can be: a workbook may name
        one long shared text in every cell.
    """
    sheets: list[dict[str, object]] = []
    errors = dict(error_cells(data))
    characters = 0
    with python_calamine.load_workbook(io.BytesIO(data)) as workbook:
        for meta in workbook.sheets_metadata:
            if meta.typ != python_calamine.SheetTypeEnum.WorkSheet:
                continue
            sheet = workbook.get_sheet_by_name(meta.name)
            rows = []
            for row in sheet.to_python(skip_empty_area=False):
                cells = [plain(cell) for cell in row]
                characters += sum(len(cell) for cell in cells if isinstance(cell, str))
                if characters > max_characters:
                    raise ValueError("too much text")
                rows.append(cells)
            for row_at, column_at, text in errors.get(meta.name, ()):
                rows[row_at][column_at] = {"error": text}
            merged = [list(map(list, area)) for area in sheet.merged_cell_ranges or ()]
            sheets.append({"name": meta.name, "rows": rows, "merged": merged})
    return sheets


def error_cells(data: bytes) -> Iterator[tuple[str, list[tuple[int, int, str]]]]:
    """Yield the name of each sheet with cells whose formula failed, and what they show.

    The parser gives such a cell as an empty one, which would be a statement of its own.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name, part in worksheet_parts(archive):
            xml = archive.read(part)
            found = [error_cell(xml, match) for match in _ERROR_CELL.finditer(xml)]
            if found:
                yield name, found


def worksheet_parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Yield each sheet's name and the part of the archive that holds it."""
    relations = ET.fromstring(archive.read(_RELATIONS))  # noqa: S314 - DTDs are refused
    targets = {one.get("Id"): one.get("Target", "") for one in relations}
    present = set(archive.namelist())
    for element in ET.fromstring(archive.read(_WORKBOOK)).iter():  # noqa: S314 - as above
        if element.tag.rpartition("}")[2] == "sheet":
            key = next((v for k, v in element.attrib.items() if k.endswith("}id")), None)
            part = posixpath.normpath(posixpath.join("/xl", targets.get(key, ""))).lstrip("/")
            if part in present:
                yield element.get("name", ""), part


def error_cell(xml: bytes, match: re.Match[bytes]) -> tuple[int, int, str]:
    """Return row and column, from 0, of a cell that holds an error, and what it shows."""
    place = _PLACE.search(match.group())
    if place is None:
        raise ValueError("a cell with an error does not say where it stands")
    column = 0
    for letter in place[1]:
        column = column * 26 + letter - 64
    shown = _VALUE.search(xml, match.end(), match.end() + 10_000)
    return int(place[2]) - 1, column - 1, shown[1].decode() if shown else "#ERROR"


def plain(cell: object) -> object:
    """Return a cell as JSON holds it; days become ``{"day": ISO}``, other times their text."""
    if isinstance(cell, dt.datetime):
        is_day = cell.time() == dt.time()
        return {"day": cell.date().isoformat()} if is_day else cell.isoformat(" ")
    if isinstance(cell, dt.date):
        return {"day": cell.isoformat()}
    if isinstance(cell, dt.time | dt.timedelta):
        return str(cell)
    return None if cell == "" else cell


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
