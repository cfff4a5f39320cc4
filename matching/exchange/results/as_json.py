"""The answer as JSON, format ``kerong-rank/1``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from math import isfinite
from pathlib import Path
from typing import Final

from matching.exchange.atomic import replacing
from matching.exchange.results.memo import Memo
from matching.exchange.results.ranking import Ranking
from matching.schema import (
    Change,
    Component,
    Criterion,
    Match,
    NearMissList,
    NeedResult,
)

FORMAT: Final = "kerong-rank/1"

_CLOSING: Final = "]},"

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
    texts = _Texts()
    for entry in _entries(ranking, texts):
        yield separator
        yield entry
        separator = ",\n"
    yield "\n]}\n"


class _Texts:
    """The text of everything that recurs in an answer, made once each."""

    def __init__(self) -> None:
        self.code = _Codes()
        self.heads = _Heads()
        self.component = Memo[Component](_component)
        self.criterion = Memo[Criterion](self._criterion)
        self._lists = Memo[tuple[object, ...]](encode)

    def change(self, change: Change) -> str:
        return (
            f'{{"criterion":"{change.criterion}","kind":"{change.kind}","field":"{change.field}",'
            f'"from":{self._value(change.from_value)},"to":{self._value(change.to_value)}}}'
        )

    def _criterion(self, criterion: Criterion) -> str:
        return (
            f'{{"code":"{criterion.code}","outcome":"{criterion.outcome}",'
            f'"required":{self._value(criterion.required)},'
            f'"actual":{self._value(criterion.actual)}}}'
        )

    def _value(self, value: object) -> str:
        if type(value) is tuple:
            return self._lists(value)
        if type(value) is int:  # most values that are no lists: amounts and terms
            return str(value)
        return encode(value)


def _entries(ranking: Ranking, texts: _Texts) -> Iterator[str]:
    for result in ranking.needs:
        yield _need(result, texts)
    for code, group in ranking.groups.items():
        matches = ",".join(_match(one, texts, names_need=True) for one in group)
        yield f'{{"code":{encode(code)},"matches":[{matches}]}}'


def _need(result: NeedResult, texts: _Texts) -> str:
    matches = ",".join(_match(one, texts) for one in result.matches)
    questions = ",".join(
        f'{{"field":"{one.field}","asks":"{one.asks}","products":{one.products}}}'
        for one in result.questions
    )
    stage = {"stage": result.stage.stage, "basis": result.stage.basis, "rule": result.stage.rule}
    return (
        f'{{"code":{encode(result.code)},"matches":[{matches}],'
        f'"near_misses":[{_near_misses(result.near_misses, texts)}],'
        f'"questions":[{questions}],"stage":{encode(stage)}}}'
    )


def _match(match: Match, texts: _Texts, *, names_need: bool = False) -> str:
    if not isfinite(match.score):
        raise ValueError(f"{match.product} has the score {match.score}, which JSON cannot say")
    code = texts.code
    need = f'"need":{code[match.need]},' if names_need else ""
    return (
        f'{{"rank":{match.rank},{need}"product":{code[match.product]},'
        f'"institution":{code[match.institution]},"verdict":"{match.verdict}",'
        f'"score":{_number(match.score)},'
        f'"components":[{texts.component.join(match.components)}],'
        f'"criteria":[{texts.criterion.join(match.criteria)}]}}'
    )


def _near_misses(misses: NearMissList, texts: _Texts) -> str:
    """Write the columns of the list, without building a record for each of its entries.

    Every near miss has a change. Its first one follows the head, which also closes the near
    miss before; so the text is put together in one step.
    """
    if not misses.changes:
        return ""
    first = list(map(texts.change, misses.changes))
    further = [f",{text}" for text in first]
    numbers = misses.numbers
    pieces = [further[number] for number in numbers]
    for product, start in zip(misses.products, [0, *misses.ends[:-1]], strict=True):
        pieces[start] = texts.heads[product] + first[numbers[start]]
    return "".join(pieces)[len(_CLOSING) :] + _CLOSING[:-1]


class _Codes(dict[str, str]):
    """A code as JSON has it."""

    def __missing__(self, code: str) -> str:
        text = self[code] = encode(code)
        return text


class _Heads(dict[str, str]):
    """The text between the changes of one near miss and those of the next, by product."""

    def __missing__(self, product: str) -> str:
        head = self[product] = f'{_CLOSING}{{"product":{encode(product)},"changes":['
        return head


def _component(component: Component) -> str:
    return (
        f'{{"code":"{component.code}","value":{_number(component.value)},'
        f'"weight":{_number(component.weight)},'
        f'"contribution":{_number(component.contribution)}}}'
    )


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

_number: Final = float.__repr__  # as the encoder writes a finite one
