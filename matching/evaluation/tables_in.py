"""Reads one table of a folder: a CSV file, compressed or not, with the columns that it needs."""

from __future__ import annotations

import csv
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from gzip import GzipFile
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Final, cast

from matching.exchange.faults import FaultLog

# A folder of this size fits into memory several times over.
MAX_ROWS: Final = 5_000_000


def read_table(
    folder: Path, name: str, columns: Sequence[str], log: FaultLog
) -> list[dict[str, str]]:
    """Return the rows of ``name.csv.gz`` or ``name.csv``; faults go to the log.

    Parameters
    ----------
    folder : Path
    name : str
    columns : sequence of str
        Those that must be there; others are read too.
    log : FaultLog
        A row with another number of cells than the header is a fault and is left out.
    """
    path = _find(folder, name)
    log.enter(name)
    if path is None:
        log.add("missing_file", f"文件夹中有 {name}.csv.gz 或 {name}.csv", str(folder))
        return []
    try:
        with ExitStack() as stack:
            return list(_rows(_open(path, stack), name, columns, log))
    except (OSError, EOFError, zlib.error) as error:
        log.add("unreadable", "完好的 gzip 压缩文件；请重新取得文件", str(error))
    except UnicodeDecodeError:
        log.add("not_utf8", "UTF-8 编码的 CSV 文件", path.name)
    except csv.Error as error:
        log.add("not_csv", "CSV 文件（逗号分隔，首行为列名）", str(error))
    return []


def _find(folder: Path, name: str) -> Path | None:
    for suffix in (".csv.gz", ".csv"):
        path = folder / f"{name}{suffix}"
        if path.is_file():
            return path
    return None


def _open(path: Path, stack: ExitStack) -> IO[str]:
    binary: IO[bytes] = stack.enter_context(path.open("rb"))
    if path.suffix == ".gz":
        binary = cast("IO[bytes]", stack.enter_context(GzipFile(fileobj=binary)))
    return stack.enter_context(TextIOWrapper(binary, encoding="utf-8-sig", newline=""))


def _rows(
    lines: IO[str], name: str, columns: Sequence[str], log: FaultLog
) -> Iterator[dict[str, str]]:
    reader = csv.DictReader(lines, strict=True)
    header = reader.fieldnames or ()
    for column in columns:
        if column not in header:
            log.add("missing_column", f"首行有列“{column}”", field=column)
    if log.faults:
        return
    for number, row in enumerate(reader, start=2):
        log.enter(name, number)
        if number > MAX_ROWS:
            log.add("too_many_rows", f"不超过 {MAX_ROWS} 行")
            return
        if None in row or None in row.values():
            log.add("wrong_width", f"与首行相同的 {len(header)} 列")
            continue
        yield row
