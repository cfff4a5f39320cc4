"""The answer as JSON, format ``kerong-rank/1``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from matching.exchange.atomic import replacing
from matching.exchange.results.ranking import Ranking
from matching.schema import Match, NearMiss, NeedResult

FORMAT: Final = "kerong-rank/1"

_LISTS: Final[Mapping[str, str]] = {
    "need": "needs",
    "product": "products",
    "institution": "institutions",
}


def write_json(ranking: Ranking, path: Path) -> None:
    """Write the answer to a file, one need, product or institution a line.

    The same answer gives the same bytes. Numbers are written in the shortest form that reads
    back as the same double, so nothing of a score is lost.

    Raises
    ------
    OSError
        When the file cannot be written; what stood there before is left as it was.
    """
    with replacing(path) as draft, draft.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(json_chunks(ranking))


def json_chunks(ranking: Ranking) -> Iterator[str]:
    """Yield the text piece by piece, so that a large answer is never held as one text."""
    head = {
        "format": FORMAT,
        "as_of": ranking.as_of.isoformat(),
        "versions": dict(ranking.versions),
    }
    yield f'{_encode(head)[:-1]},"{_LISTS[ranking.by]}":['
    separator = "\n"
    for entry in _entries(ranking):
        yield separator + _encode(entry)
        separator = ",\n"
    yield "\n]}\n"


def _entries(ranking: Ranking) -> Iterator[dict[str, Any]]:
    if ranking.by == "need":
        yield from map(_need, ranking.needs)
        return
    for code, matches in ranking.groups.items():
        yield {"code": code, "matches": [_match(one, need=True) for one in matches]}


def _need(result: NeedResult) -> dict[str, Any]:
    return {
        "code": result.code,
        "matches": [_match(one) for one in result.matches],
        "near_misses": [_near_miss(one) for one in result.near_misses],
        "questions": [
            {"field": one.field, "asks": one.asks, "products": one.products}
            for one in result.questions
        ],
    }


def _match(match: Match, *, need: bool = False) -> dict[str, Any]:
    named: dict[str, Any] = {"rank": match.rank}
    if need:
        named["need"] = match.need
    return {
        **named,
        "product": match.product,
        "institution": match.institution,
        "verdict": match.verdict,
        "score": match.score,
        "components": [
            {
                "code": one.code,
                "value": one.value,
                "weight": one.weight,
                "contribution": one.contribution,
            }
            for one in match.components
        ],
        "criteria": [
            {
                "code": one.code,
                "outcome": one.outcome,
                "required": one.required,
                "actual": one.actual,
            }
            for one in match.criteria
        ],
    }


def _near_miss(miss: NearMiss) -> dict[str, Any]:
    return {
        "product": miss.product,
        "changes": [
            {
                "criterion": change.criterion,
                "kind": change.kind,
                "field": change.field,
                "from": change.from_value,
                "to": change.to_value,
            }
            for change in miss.changes
        ],
    }


def _plain(value: object) -> object:
    """Return a value that JSON has no word for in the form of the contract."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset | set):
        return sorted(value)
    raise TypeError(f"{value!r} has no place in an answer")


_encode = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain
).encode
