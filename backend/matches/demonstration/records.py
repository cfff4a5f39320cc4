"""Reads the demonstration file; the services check what it says."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

Record = dict[str, Any]
DEMO_PREFIX = "demo-"
SOURCE = "演示数据"


@dataclass(frozen=True, slots=True)
class DemoRecords:
    """The made-up part of the file, and by how many days its wishes move to stay ahead."""

    institutions: list[Record]
    products: list[Record]
    firms: list[Record]
    needs: list[Record]
    as_of: date
    shift: timedelta


def read_records(path: Path, *, today: date) -> DemoRecords:
    """Read the file; real institutions and products in it come from the catalogue's own file.

    Needs move into the future with ``today``, so that the demonstration does not age.
    """
    content = json.loads(path.read_text(encoding="utf-8"))
    as_of = date.fromisoformat(content["as_of"])
    return DemoRecords(
        institutions=_made_up(content["institutions"]),
        products=_made_up(content["products"]),
        firms=content["firms"],
        needs=content["needs"],
        as_of=as_of,
        shift=max(today - as_of, timedelta(0)),
    )


def day(text: str | None) -> date | None:
    """Read a date of the file."""
    return None if text is None else date.fromisoformat(text)


def _made_up(records: list[Record]) -> list[Record]:
    return [record for record in records if record["code"].startswith(DEMO_PREFIX)]
