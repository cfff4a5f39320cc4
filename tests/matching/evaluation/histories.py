"""Small histories of financing with a pattern that can be learned, as folders."""

import csv
import gzip
import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

EVENT = (
    "event_id",
    "firm_id",
    "firm_name",
    "firm_fullname",
    "date",
    "stage",
    "sector1",
    "sector2",
    "sector3",
    "region",
    "city",
    "amount_text",
    "amount_cny",
    "n_investors",
)
LINK = ("event_id", "investor_id", "lead")
INVESTOR = ("investor_id", "name", "n", "country")

Rows = list[dict[str, str]]


def made_history(
    *, days: int = 240, per_day: int = 2, investors: int = 24, seed: int = 3
) -> tuple[Rows, Rows, Rows]:
    """Return events, links and investors; who finances whom hangs on sector and region."""
    chance = random.Random(seed)
    regions, sectors = [f"R{n}" for n in range(4)], [f"S{n}" for n in range(5)]
    stages = ["seed", "series-a", "unknown"]
    events: Rows = []
    links: Rows = []
    for number in range(days * per_day):
        region, sector = chance.choice(regions), chance.choice(sectors)
        firm = f"f{chance.randrange(days * per_day // 2)}"
        event = dict.fromkeys(EVENT, "")
        event |= {
            "event_id": f"e{number}",
            "firm_id": firm,
            "firm_name": f"Firm {firm}",
            "date": (date(2012, 1, 1) + timedelta(days=number // per_day)).isoformat(),
            "stage": chance.choice(stages),
            "sector1": sector,
            "region": region,
            "city": f"{region}-{chance.randrange(2)}",
            "amount_cny": chance.choice(["", "100000", "650000.0", "3000000"]),
        }
        events.append(event)
        fitting = [
            unit
            for unit in range(investors)
            if regions[unit % 4] == region and sectors[unit % 5] == sector
        ]
        chosen = set(chance.sample(range(investors), 1))
        if fitting and chance.random() < 0.8:
            chosen = {chance.choice(fitting)} | (chosen if chance.random() < 0.3 else set())
        links += [
            {"event_id": event["event_id"], "investor_id": f"v{unit}", "lead": "0"}
            for unit in sorted(chosen)
        ]
    return events, links, made_investors(investors)


def made_investors(count: int) -> Rows:
    """Return investors with names and countries."""
    return [
        {
            "investor_id": f"v{unit}",
            "name": f"Capital Region{'ABCD'[unit % 4]} Partners",
            "n": "999",
            "country": f"C{unit % 4}",
        }
        for unit in range(count)
    ]


def write_history(folder: Path, events: Rows, links: Rows, investors: Rows) -> Path:
    """Write a folder of the open format and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    write_table(folder / "events.csv.gz", EVENT, events)
    write_table(folder / "links.csv.gz", LINK, links)
    write_table(folder / "investors.csv.gz", INVESTOR, investors)
    return folder


def write_table(path: Path, columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> None:
    """Write one compressed table."""
    with gzip.open(path, "wt", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, columns)
        writer.writeheader()
        writer.writerows(rows)
