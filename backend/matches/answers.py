"""What a need finds in the current catalogue: computed when it is asked, never stored."""

from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from backend.matches import adapters, payloads, policies
from backend.matches.bands import tell_bands
from backend.matches.catalogue_memory import LoadedCatalogue
from backend.matches.found_needs import FoundNeed, answer_about
from backend.matches.fragments import Fragments, encode
from backend.matches.impressions import note_shown
from backend.needs.selectors import NeedRecord, list_need_records
from backend.organizations.actors import Actor


class Part(StrEnum):
    """Which part of the answer is asked for."""

    MATCHES = "matches"
    NEAR_MISSES = "near_misses"
    QUESTIONS = "questions"


def answer_for_need(*, actor: Actor, need_id: UUID, part: Part, top: int) -> bytes | None:
    """Answer in JSON for one of the needs that the actor may know of; None when it is not there.

    Remembered for as long as nothing that it follows from has changed. What the firm's side is
    shown of matches is kept for learning.
    """
    with_scores = policies.can_see_scores(actor)
    # Computed anew once per process, day and versions, so remembered answers note nothing twice.
    is_shown_to_firm = part is Part.MATCHES and not actor.is_department

    def make(found: FoundNeed) -> bytes:
        catalogue, record = found.catalogue, found.record
        result = _match(catalogue, record, parts=[part], as_of=actor.today, top=top)
        if is_shown_to_firm:
            note_shown(catalogue, record, result, as_of=actor.today)
        fragments = Fragments(catalogue)
        if part is Part.MATCHES:
            bands = (
                tell_bands(catalogue, record, result, as_of=actor.today) if with_scores else None
            )
            seen = {"with_scores": with_scores, "bands": bands}
            lists = {"matches": fragments.matches(result.matches, **seen)}
            if catalogue.exploration is not None:
                lists["explore"] = fragments.explored(result.explored, **seen)
        else:
            lists = {part.value: _entries(fragments, result, part=part, top=top)}
        return fragments.around(_head(record, result, as_of=actor.today), lists)

    question = (part, top, with_scores, is_shown_to_firm)
    return answer_about(actor=actor, need_id=need_id, question=question, make=make)


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
    (record,) = list_need_records([need_pk], as_of)
    result = _match(catalogue, record, parts=parts, as_of=as_of, top=top)
    body = _head(record, result, as_of=as_of) | payloads.common_payload(catalogue)
    if Part.MATCHES in parts:
        bands = tell_bands(catalogue, record, result, as_of=as_of) if with_scores else None
        seen = {"with_scores": with_scores, "bands": bands}
        body["matches"] = [
            payloads.match_payload(match, catalogue, **seen) for match in result.matches
        ]
        if catalogue.exploration is not None:
            body["explore"] = [
                payloads.explored_payload(one, catalogue, **seen) for one in result.explored
            ]
    if Part.NEAR_MISSES in parts:
        body["near_misses"] = [
            payloads.near_miss_payload(miss, catalogue) for miss in result.near_misses[:top]
        ]
    if Part.QUESTIONS in parts:
        body["questions"] = [payloads.question_payload(question) for question in result.questions]
    return body


def _match(
    catalogue: LoadedCatalogue, record: NeedRecord, *, parts: list[Part], as_of: date, top: int
) -> adapters.NeedResult:
    return adapters.explain(
        catalogue.matcher,
        record.need,
        record.firm,
        as_of=as_of,
        top=top if Part.MATCHES in parts else 0,  # explaining matches that nobody asked for costs
        near_misses=Part.NEAR_MISSES in parts,
        questions=Part.QUESTIONS in parts,
        exploration=catalogue.exploration if Part.MATCHES in parts else None,
    )


def _head(record: NeedRecord, result: adapters.NeedResult, *, as_of: date) -> dict[str, Any]:
    return payloads.need_payload(record, as_of) | {"stage": payloads.stage_payload(result)}


def _entries(
    fragments: Fragments, result: adapters.NeedResult, *, part: Part, top: int
) -> list[bytes]:
    """Encode the entries that ``describe_need`` describes, from pieces encoded before."""
    if part is Part.NEAR_MISSES:
        return fragments.near_misses(result.near_misses[:top])
    return [encode(payloads.question_payload(question)) for question in result.questions]
