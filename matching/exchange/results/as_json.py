"""The answer as JSON, format ``kerong-rank/1``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from matching.exchange.atomic import replacing
from matching.exchange.results.memo import Memo
from matching.exchange.results.ranking import Ranking
from matching.schema import Change, Component, Criterion, Match, NearMiss, NeedResult

Part = Component | Criterion | Change

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
    yield f'{encode(head)[:-1]},"{_LISTS[ranking.by]}":['
    separator = "\n"
    texts = Memo[Part](_part)
    for entry in _entries(ranking, texts):
        yield separator + entry
        separator = ",\n"
    yield "\n]}\n"


def _entries(ranking: Ranking, texts: Memo[Part]) -> Iterator[str]:
    for result in ranking.needs:
        yield _need(result, texts)
    for code, group in ranking.groups.items():
        matches = ",".join(_match(one, texts, names_need=True) for one in group)
        yield f'{{"code":{encode(code)},"matches":[{matches}]}}'


def _need(result: NeedResult, texts: Memo[Part]) -> str:
    matches = ",".join(_match(one, texts) for one in result.matches)
    misses = ",".join(_near_miss(one, texts) for one in result.near_misses)
    questions = encode(
        [
            {"field": one.field, "asks": one.asks, "products": one.products}
            for one in result.questions
        ]
    )
    stage = {"stage": result.stage.stage, "basis": result.stage.basis, "rule": result.stage.rule}
    return (
        f'{{"code":{encode(result.code)},"matches":[{matches}],'
        f'"near_misses":[{misses}],"questions":{questions},"stage":{encode(stage)}}}'
    )


def _match(match: Match, texts: Memo[Part], *, names_need: bool = False) -> str:
    need = f'"need":{encode(match.need)},' if names_need else ""
    return (
        f'{{"rank":{match.rank},{need}"product":{encode(match.product)},'
        f'"institution":{encode(match.institution)},"verdict":"{match.verdict}",'
        f'"score":{encode(match.score)},"components":[{",".join(map(texts, match.components))}],'
        f'"criteria":[{",".join(map(texts, match.criteria))}]}}'
    )


def _near_miss(miss: NearMiss, texts: Memo[Part]) -> str:
    return f'{{"product":{encode(miss.product)},"changes":[{",".join(map(texts, miss.changes))}]}}'


def _part(part: Part) -> str:
    return encode(_plain_part(part))


def _plain_part(part: Part) -> dict[str, Any]:
    if isinstance(part, Component):
        return {
            "code": part.code,
            "value": part.value,
            "weight": part.weight,
            "contribution": part.contribution,
        }
    if isinstance(part, Criterion):
        return {
            "code": part.code,
            "outcome": part.outcome,
            "required": part.required,
            "actual": part.actual,
        }
    return {
        "criterion": part.criterion,
        "kind": part.kind,
        "field": part.field,
        "from": part.from_value,
        "to": part.to_value,
    }


def _plain(value: object) -> object:
    """Return a value that JSON has no word for in the form of the contract."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset | set):
        return sorted(value)
    raise TypeError(f"{value!r} has no place in an answer")


encode = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain
).encode
