"""The way in: a file or a decoded object becomes a checked exchange, or a list of faults."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from matching.errors import Fault, InputError
from matching.exchange import limits
from matching.exchange.build import build_exchange
from matching.exchange.faults import FaultLog, UnreadableError
from matching.exchange.json_file import decode_json, document_of_object
from matching.schema import Exchange

SUFFIXES = (".json", ".xlsx")
_REASONS: Mapping[type[Exception], str] = {
    FileNotFoundError: "没有这个文件",
    PermissionError: "没有读取权限",
    IsADirectoryError: "这是文件夹",
}


def read_exchange(path: str | Path, *, as_of: date | None = None) -> Exchange:
    """Read an exchange file, JSON or workbook by its suffix.

    Parameters
    ----------
    path : str or Path
        File ending in ``.json`` or ``.xlsx``.
    as_of : date, optional
        Overrides the date of the file, also for what counts as future.

    Returns
    -------
    Exchange
        Its ``as_of`` is the date in force: the argument, else the file's, else None.

    Raises
    ------
    UnreadableError
        When the file cannot be opened as an exchange file at all.
    InputError
        When it can, with every fault found in it.
    """
    path = Path(path)
    if path.suffix.lower() not in SUFFIXES:
        expected = "后缀为 .json 或 .xlsx 的文件"
        raise UnreadableError("unknown_suffix", expected, value=path.name)
    is_workbook = path.suffix.lower() == ".xlsx"
    data = _read_bytes(path, limits.MAX_WORKBOOK_BYTES if is_workbook else limits.MAX_JSON_BYTES)
    if is_workbook:
        return parse_workbook(data, as_of=as_of)
    return parse_exchange(decode_json(data), as_of=as_of)


def parse_exchange(raw: object, *, as_of: date | None = None) -> Exchange:
    """Check an exchange object that was decoded from JSON already.

    Raises
    ------
    InputError
        With every fault.
    """
    log = FaultLog()
    return build_exchange(document_of_object(raw, log), log, as_of=as_of)


def parse_workbook(data: bytes, *, as_of: date | None = None) -> Exchange:
    """Check the bytes of a workbook.

    Raises
    ------
    UnreadableError
        When they are no workbook, or one that is dangerous to open.
    InputError
        With every fault.
    """
    from matching.exchange.workbook.parser import parse_sheets  # noqa: PLC0415 - the same
    from matching.exchange.workbook.sheets_in import document_of_sheets  # noqa: PLC0415 - JSON needs none

    log = FaultLog(people=True)
    return build_exchange(document_of_sheets(parse_sheets(data), log), log, as_of=as_of)


def check_exchange(path: str | Path, *, as_of: date | None = None) -> list[Fault]:
    """Return every fault of an exchange file; an empty list when it can be used."""
    try:
        read_exchange(path, as_of=as_of)
    except InputError as error:
        return error.faults
    return []


def _read_bytes(path: Path, limit: int) -> bytes:
    """Read a file, one byte beyond the limit at most."""
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL character in the path
        reason = _REASONS.get(type(error), str(getattr(error, "strerror", error)))
        expected = f"可读取的文件（{reason}）；请核对路径和权限"
        raise UnreadableError("cannot_open", expected, value=str(path)) from error
    if len(data) > limit:
        expected = f"不超过 {limit // 1024**2} MiB 的文件；请分成几个文件"
        raise UnreadableError("file_too_large", expected, value=path.name)
    return data
