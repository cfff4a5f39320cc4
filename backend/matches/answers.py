"""What a need finds in the current catalogue: computed when it is asked, never stored."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Subquery
from django.db.models.functions import Coalesce

from backend.catalogue.models import CatalogueState
from backend.firms.selectors import FirmSnapshot, list_firm_snapshots
from backend.matches import adapters, payloads
from backend.matches.catalogue_memory import LoadedCatalogue, catalogues
from backend.needs.models import Need
from backend.needs.selectors import NeedRecord, list_need_records
from matching.vocabulary import DISCLAIMER

# Read in the same statement as the need, so that one round trip tells whether all is known.
_CATALOGUE_VERSION = Coalesce(Subquery(CatalogueState.objects.values("version")[:1]), 0)


class Part(StrEnum):
    """Which part of the answer is asked for."""

    MATCHES = "matches"
    NEAR_MISSES = "near_misses"
    QUESTIONS = "questions"


def answer_for_need(
    *, needs: QuerySet[Need], need_id: UUID, part: Part, as_of: date, top: int, with_scores: bool
) -> bytes | None:
    """Answer in JSON for one of the needs that somebody may see; None when it is not there.

    An answer is remembered under all that it follows from: the catalogue's version, the
    revisions of need, firm and organization, and the day. Whoever changes one of them counts
    its revision, so what is remembered is never stale.
    """
    found = find_need(needs=needs, need_id=need_id)
    if found is None:
        return None
    catalogue = found.catalogue

    def compute() -> bytes:
        body = describe_need(
            catalogue, found.pk, parts=[part], as_of=as_of, top=top, with_scores=with_scores
        )
        return encode(body)

    return catalogue.answers.get((part, *found.state, as_of, top, with_scores), compute)


@dataclass(frozen=True, slots=True)
class FoundNeed:
    """A need that somebody may see, and everything that an answer about it follows from."""

    pk: int
    state: tuple[int, ...]
    catalogue: LoadedCatalogue


def find_need(*, needs: QuerySet[Need], need_id: UUID) -> FoundNeed | None:
    """Find one of some needs, with the catalogue as it is at that moment; one query."""
    found = (
        needs.filter(public_id=need_id)
        .values_list(
            "pk", "revision", "firm__revision", "firm__organization__revision", _CATALOGUE_VERSION
        )
        .first()
    )
    if found is None:
        return None
    *state, version = found
    return FoundNeed(pk=state[0], state=tuple(state), catalogue=catalogues.of_version(version))


def load_pair(need_pk: int, as_of: date) -> tuple[NeedRecord, FirmSnapshot]:
    """Read a need and its firm as matching takes them."""
    record = list_need_records([need_pk])[need_pk]
    return record, list_firm_snapshots([record.firm_pk], as_of)[record.firm_pk]


def heading(
    catalogue: LoadedCatalogue, record: NeedRecord, firm: FirmSnapshot, as_of: date
) -> dict[str, Any]:
    """Say what every answer about a need begins with."""
    return {
        "id": str(record.public_id),
        "code": record.snapshot.code,
        "firm_name": firm.name,
        "as_of": as_of,
        "versions": catalogue.versions,
        "disclaimer": DISCLAIMER,
    }


def describe_need(
    catalogue: LoadedCatalogue,
    need_pk: int,
    *,
    parts: list[Part],
    as_of: date,
    top: int,
    with_scores: bool,
) -> dict[str, Any]:
    """Match one need and describe the parts asked for, with names and sentences.

    ``top`` cuts matches and near misses; questions are few and come whole.
    """
    record, firm = load_pair(need_pk, as_of)
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
        **heading(catalogue, record, firm, as_of),
        "stage": payloads.stage_payload(result),
        **{part.value: describe[part]() for part in parts},
    }


def encode(body: dict[str, Any]) -> bytes:
    """Write compact JSON; a number that JSON does not know is an error, not a silent NaN."""
    text = json.dumps(
        body, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=payloads.plain
    )
    return text.encode()
