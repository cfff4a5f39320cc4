"""What a need finds in the current catalogue: computed when it is asked, never stored."""

import json
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Any

from backend.firms.selectors import list_firm_snapshots
from backend.matches import adapters, payloads
from backend.matches.catalogue_memory import LoadedCatalogue, catalogues
from backend.matches.reason_texts import DISCLAIMER
from backend.needs.models import Need
from backend.needs.selectors import list_need_records


class Part(StrEnum):
    """Which part of the answer is asked for."""

    MATCHES = "matches"
    NEAR_MISSES = "near_misses"
    QUESTIONS = "questions"


def answer_for_need(*, need: Need, part: Part, as_of: date, top: int, with_scores: bool) -> bytes:
    """Answer in JSON for a need whose firm and organization are loaded along.

    An answer is remembered under all that it follows from: the catalogue's version, the
    revisions of need, firm and organization, and the day. Whoever changes one of them counts
    its revision, so what is remembered is never stale.
    """
    catalogue = catalogues.current()
    firm = need.firm
    key = (
        part,
        need.pk,
        need.revision,
        firm.revision,
        firm.organization.revision,
        as_of,
        top,
        with_scores,
    )

    def compute() -> bytes:
        body = describe_need(
            catalogue, need, parts=[part], as_of=as_of, top=top, with_scores=with_scores
        )
        return encode(body)

    return catalogue.answers.get(key, compute)


def describe_need(
    catalogue: LoadedCatalogue,
    need: Need,
    *,
    parts: list[Part],
    as_of: date,
    top: int,
    with_scores: bool,
) -> dict[str, Any]:
    """Match one need and describe the parts asked for, with names and sentences.

    ``top`` cuts matches and near misses; questions are few and come whole.
    """
    record = list_need_records([need.pk])[need.pk]
    firm = list_firm_snapshots([record.firm_pk], as_of)[record.firm_pk]
    result = adapters.explain(
        catalogue.matcher,
        record.snapshot,
        firm,
        as_of=as_of,
        top=top,
        near_misses=Part.NEAR_MISSES in parts,
        questions=Part.QUESTIONS in parts,
    )
    describe: dict[Part, Callable[[], list[dict[str, Any]]]] = {
        Part.MATCHES: lambda: [
            payloads.match_payload(match, catalogue, with_scores=with_scores)
            for match in result.matches
        ],
        Part.NEAR_MISSES: lambda: [
            payloads.near_miss_payload(miss, catalogue) for miss in result.near_misses[:top]
        ],
        Part.QUESTIONS: lambda: [
            payloads.question_payload(question) for question in result.questions
        ],
    }
    return {
        "id": str(record.public_id),
        "code": record.snapshot.code,
        "firm_name": firm.name,
        "as_of": as_of,
        "stage": payloads.stage_payload(result),
        "versions": catalogue.versions,
        "disclaimer": DISCLAIMER,
        **{part.value: describe[part]() for part in parts},
    }


def encode(body: dict[str, Any]) -> bytes:
    """Write compact JSON; a number that JSON does not know is an error, not a silent NaN."""
    text = json.dumps(
        body, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=payloads.plain
    )
    return text.encode()
