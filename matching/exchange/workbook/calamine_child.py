"""Parses a workbook from standard input; run as a script, in a process of its own.

The parser is fast native code that may take any amount of memory, or end the process, on a
hostile file. Here that costs a child under limits and nothing else. The script imports
nothing of this project, so that it starts at once.
"""

import datetime as dt
import io
import json
import resource
import sys

import python_calamine


def main(memory_bytes: int, cpu_seconds: int, max_characters: int) -> None:
    """Write the sheets as JSON to standard output, or the parser's complaint."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    data = sys.stdin.buffer.read()
    try:
        answer: dict[str, object] = {"sheets": read_sheets(data, max_characters)}
    except (python_calamine.CalamineError, ValueError, OSError) as error:
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
            merged = [list(map(list, area)) for area in sheet.merged_cell_ranges or ()]
            sheets.append({"name": meta.name, "rows": rows, "merged": merged})
    return sheets


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
