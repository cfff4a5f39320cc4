"""Read the dated parameter files and pick the values that hold on a day."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import yaml

from matching.errors import ParameterError

FILES: Final = ("scoring.yaml", "stages.yaml")
_FOLDER: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Entry:
    """One parameter with its whole history.

    Attributes
    ----------
    code : str
        Name within its group, for example ``cost.best_annual_rate``.
    unit, source : str
        What the value counts, and who set it (in Chinese; officers read it).
    values : tuple of (date, object)
        Each value with the first day on which it holds, ascending.
    """

    code: str
    unit: str
    source: str
    values: tuple[tuple[date, Any], ...]

    def value_on(self, on: date | None) -> Any:
        """Return the value of a day; before the first day, the first value holds.

        What is ranked for a day before the platform existed has no other parameters.
        ``None`` asks for the latest value.
        """
        chosen = self.values[-1 if on is None else 0][1]
        for valid_from, value in self.values:
            if on is not None and valid_from <= on:
                chosen = value
        return chosen


@cache
def entries() -> Mapping[str, Entry]:
    """Return every parameter of the library by code.

    Raises
    ------
    ParameterError
        When an entry lacks its unit, source or values, or its dates do not ascend.
    """
    found: dict[str, Entry] = {}
    for name in FILES:
        content = yaml.safe_load((_FOLDER / name).read_text(encoding="utf-8"))
        for code, record in content["parameters"].items():
            if code in found:
                raise ParameterError(f"{name}: {code} stands twice")
            found[code] = _entry(name, code, record)
    return found


def _entry(name: str, code: str, record: Mapping[str, Any]) -> Entry:
    missing = [key for key in ("unit", "source", "values") if not record.get(key)]
    if missing:
        raise ParameterError(f"{name}: {code} lacks {', '.join(missing)}")
    values = tuple((item["valid_from"], item["value"]) for item in record["values"])
    days = [day for day, _ in values]
    if any(later <= earlier for earlier, later in pairwise(days)):
        raise ParameterError(f"{name}: the dates of {code} do not ascend: {days}")
    return Entry(code=code, unit=record["unit"], source=record["source"], values=values)


@cache
def files_version() -> str:
    """Return a short fingerprint of the parameter files, all dates included."""
    content = b"\0".join((_FOLDER / name).read_bytes() for name in FILES)
    return hashlib.sha256(content).hexdigest()[:12]


@cache
def change_days() -> tuple[date, ...]:
    """Return the days on which any parameter changes, ascending."""
    return tuple(sorted({day for entry in entries().values() for day, _ in entry.values}))
