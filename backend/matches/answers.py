"""What a need finds in the current catalogue: computed when it is asked, never stored."""

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import Subquery
from django.db.models.functions import Coalesce

from backend.catalogue.models import CatalogueState
from backend.common import statements
from backend.common.statements import Statement
from backend.matches import adapters, payloads, policies
from backend.matches.answer_memory import Answer
from backend.matches.catalogue_memory import LoadedCatalogue, catalogues
from backend.matches.fragments import Fragments, encode
from backend.needs.models import Need
from backend.needs.selectors import NeedRecord, list_need_records, read_record, record_columns
from backend.organizations import any_actor
from backend.organizations.actors import Actor

# Read in the same statement as the need, so that one round trip tells whether all is known.
_CATALOGUE_VERSION = Coalesce(Subquery(CatalogueState.objects.values("version")[:1]), 0)


class Part(StrEnum):
    """Which part of the answer is asked for."""

    MATCHES = "matches"
    NEAR_MISSES = "near_misses"
    QUESTIONS = "questions"


def answer_for_need(*, actor: Actor, need_id: UUID, part: Part, top: int) -> bytes | None:
    """Answer in JSON for one of the needs that the actor may know of; None when it is not there.

    An answer is remembered with all that it follows from: the catalogue's version, the
    revisions of need, firm and organization, and the day. Whoever changes one of them counts
    its revision, and every request reads them anew, so what is remembered is never stale.
    """
    with_scores = policies.can_see_scores(actor)
    question = (need_id, part, actor.today, top, with_scores)
    known = catalogues.answers.find(question)
    if known is not None:
        state = _read(actor, need_id, _state_of_need)
        if state is None:
            return None
        if state == known.state:
            return known.body
    found = _read(actor, need_id, _need_with_state)
    if found is None:
        return None
    *state, columns = found
    catalogue = catalogues.of_version(state[-1])
    record = read_record(columns)
    result = _match(catalogue, record, parts=[part], as_of=actor.today, top=top)
    fragments = Fragments(catalogue)
    entries = _entries(fragments, result, part=part, top=top, with_scores=with_scores)
    body = fragments.around(_head(record, result, as_of=actor.today), part.value, entries)
    catalogues.answers.keep(question, Answer(tuple(state), body))
    return body


def _read(
    actor: Actor, need_id: UUID, statement: Callable[[str, str], Statement]
) -> tuple[Any, ...] | None:
    of_role = statement(actor.membership.role, actor.membership.rank)
    return of_role.row(need=need_id, **any_actor.values_of(actor))


@cache
def _state_of_need(role: str, rank: str) -> Statement:
    return _statement(role, rank)


@cache
def _need_with_state(role: str, rank: str) -> Statement:
    return _statement(role, rank, record_columns(any_actor.TODAY))


def _statement(role: str, rank: str, *more: Any) -> Statement:
    """Write the query for one need that actors of a role see, and for all that dates an answer."""
    needs = Need.objects.visible_to(any_actor.any_actor(role, rank))
    found = needs.filter(public_id=statements.ANY_UUID).order_by()
    columns = found.values_list(
        "pk",
        "revision",
        "firm__revision",
        "firm__organization__revision",
        _CATALOGUE_VERSION,
        *more,
    )
    return statements.write(columns, need=statements.ANY_UUID, **any_actor.MARKS)


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
        body["matches"] = [
            payloads.match_payload(match, catalogue, with_scores=with_scores)
            for match in result.matches
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
    )


def _head(record: NeedRecord, result: adapters.NeedResult, *, as_of: date) -> dict[str, Any]:
    return {
        "id": str(record.public_id),
        "code": record.need.code,
        "firm_name": record.firm.name,
        "as_of": as_of,
        "stage": payloads.stage_payload(result),
    }


def _entries(
    fragments: Fragments,
    result: adapters.NeedResult,
    *,
    part: Part,
    top: int,
    with_scores: bool,
) -> list[bytes]:
    """Encode the entries that ``describe_need`` describes, from pieces encoded before."""
    match part:
        case Part.MATCHES:
            return fragments.matches(result.matches, with_scores=with_scores)
        case Part.NEAR_MISSES:
            return fragments.near_misses(result.near_misses[:top])
        case Part.QUESTIONS:
            return [encode(payloads.question_payload(question)) for question in result.questions]
