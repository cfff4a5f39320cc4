"""The answer as JSON, format ``kerong-allocation/1``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from matching.exchange.allocations.answer import AllocationAnswer
from matching.exchange.atomic import replacing
from matching.exchange.results.as_json import encode

FORMAT: Final = "kerong-allocation/1"


def write_json(answer: AllocationAnswer, path: Path) -> None:
    """Write the answer to a file, one referral or need left out a line.

    The same answer gives the same bytes.

    Raises
    ------
    OSError
        When the file cannot be written; what stood there before is left as it was.
    """
    with replacing(path) as draft, draft.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(json_chunks(answer))


def json_chunks(answer: AllocationAnswer) -> Iterator[str]:
    """Yield the text piece by piece."""
    allocation, objective = answer.allocation, answer.allocation.objective
    head = {
        "format": FORMAT,
        "as_of": answer.as_of.isoformat(),
        "versions": dict(answer.versions),
        "per_need": allocation.per_need,
    }
    yield f'{encode(head)[:-1]},"referrals":['
    yield from _lines(
        {
            "need": one.need,
            "institution": one.institution,
            "product": one.product,
            "score": one.score,
            "verdict": one.verdict,
            "first_choice": one.first_choice,
        }
        for one in allocation.referrals
    )
    yield '],"unplaced":['
    yield from _lines(
        {"need": one.need, "reason": one.reason, "institutions": one.institutions}
        for one in allocation.unplaced
    )
    reached = {
        "covered": objective.covered,
        "first_choices": objective.first_choices,
        "score": objective.score,
    }
    yield f'],"objective":{encode(reached)}}}\n'


def _lines(entries: Iterable[object]) -> Iterator[str]:
    separator = "\n"
    for entry in entries:
        yield separator + encode(entry)
        separator = ",\n"
    yield "\n"
