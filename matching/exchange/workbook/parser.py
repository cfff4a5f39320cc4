"""Parses the bytes of a workbook into sheets of cells, in a child process under limits."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from matching.exchange import limits
from matching.exchange.faults import UnreadableError
from matching.exchange.workbook.guard import check_zip


@dataclass(frozen=True, slots=True)
class ErrorCell:
    """A cell whose formula failed; it shows what the spreadsheet shows, such as ``#DIV/0!``."""

    text: str

    def __str__(self) -> str:
        return self.text


Cell = str | int | float | bool | date | ErrorCell | None

_CHILD: Final = Path(__file__).with_name("calamine_child.py")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet: rows from row 1 on, and merged ranges as (first, last) cells from 0."""

    name: str
    rows: list[list[Cell]]
    merged: list[tuple[tuple[int, int], tuple[int, int]]]


def parse_sheets(data: bytes) -> list[Sheet]:
    """Return the worksheets of a workbook.

    Raises
    ------
    UnreadableError
        When the bytes are no workbook, a dangerous one, or one that the parser cannot take
        within its memory and time.
    """
    check_zip(data)
    answer = _run_child(data)
    if "error" in answer:
        text = "完整的 .xlsx 工作簿；内容无法解析，请用 Excel 或 WPS 另存一次"
        raise UnreadableError("not_a_workbook", text, value=answer["error"])
    for sheet in answer["sheets"]:
        _check_size(sheet)
    return [
        Sheet(
            sheet["name"],
            [[_cell(cell) for cell in row] for row in sheet["rows"]],
            [((a, b), (c, d)) for (a, b), (c, d) in sheet["merged"]],
        )
        for sheet in answer["sheets"]
    ]


def _check_size(sheet: dict[str, Any]) -> None:
    """Refuse a sheet by what it holds, too: cells need not say where they stand."""
    rows, columns = len(sheet["rows"]), max(map(len, sheet["rows"]), default=0)
    if rows > limits.MAX_SHEET_ROWS or columns > limits.MAX_SHEET_COLUMNS:
        text = f"每张工作表不超过 {limits.MAX_SHEET_ROWS} 行、{limits.MAX_SHEET_COLUMNS} 列"
        raise UnreadableError("sheet_too_large", text, value=f"{rows} 行 {columns} 列")


def _run_child(data: bytes) -> dict[str, Any]:
    arguments = (limits.PARSER_MEMORY_BYTES, limits.PARSER_SECONDS, limits.MAX_PARSED_CHARACTERS)
    command = [sys.executable, "-I", str(_CHILD), *map(str, arguments)]
    try:
        done = subprocess.run(  # noqa: S603 - our own script, fixed arguments, data by pipe
            command, input=data, capture_output=True, timeout=limits.PARSER_SECONDS, check=True
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.SubprocessError, BrokenPipeError, ValueError) as error:
        text = "内容规模合理的工作簿；解析时超出内存或时间上限，请删去多余的工作表、行和列"
        raise UnreadableError("parser_failed", text) from error
    return answer


def _cell(cell: Any) -> Cell:
    if isinstance(cell, dict):
        return ErrorCell(cell["error"]) if "error" in cell else date.fromisoformat(cell["day"])
    return cell  # type: ignore[no-any-return]
