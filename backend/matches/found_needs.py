"""One need that somebody may see, with everything that an answer about it follows from."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import Subquery
from django.db.models.functions import Coalesce

from backend.catalogue.models import CatalogueState
from backend.common import statements
from backend.common.statements import Statement
from backend.matches.answer_memory import Answer
from backend.matches.catalogue_memory import LoadedCatalogue, catalogues
from backend.needs.models import Need
from backend.needs.selectors import NeedRecord, read_record, record_columns
from backend.organizations import any_actor
from backend.organizations.actors import Actor
from backend.ranking.selectors import ACTIVE_NUMBER

# Read in the same statement as the need, so that one round trip tells whether all is known.
_CATALOGUE_VERSION = Coalesce(Subquery(CatalogueState.objects.values("version")[:1]), 0)


@dataclass(frozen=True, slots=True)
class FoundNeed:
    """A need and its firm as matching takes them on a day, and the catalogue of that moment."""

    record: NeedRecord
    catalogue: LoadedCatalogue
    state: tuple[int, ...]


def find_need(*, actor: Actor, need_id: UUID) -> FoundNeed | None:
    """Find one of the needs that the actor may know of; one query once the catalogue is known."""
    found = _read(actor, need_id, _need_with_state)
    if found is None:
        return None
    *state, columns = found
    return FoundNeed(
        record=read_record(columns),
        catalogue=catalogues.of_version(state[-2], state[-1]),
        state=tuple(state),
    )


def answer_about(
    *,
    actor: Actor,
    need_id: UUID,
    question: tuple[Hashable, ...],
    make: Callable[[FoundNeed], bytes],
) -> bytes | None:
    """Answer a question about a need, as before while nothing has changed; None without the need.

    An answer is remembered with all that it follows from: the catalogue's version, the ranking
    model in use, the revisions of need, firm and organization, and the day. Whoever changes one
    of them counts its revision, and every request reads them anew, so what is remembered is
    never stale.
    """
    whole_question = (need_id, actor.today, *question)
    known = catalogues.answers.find(whole_question)
    if known is not None:
        state = _read(actor, need_id, _state_of_need)
        if state is None:
            return None
        if state == known.state:
            return known.body
    found = find_need(actor=actor, need_id=need_id)
    if found is None:
        return None
    body = make(found)
    catalogues.answers.keep(whole_question, Answer(found.state, body))
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
        ACTIVE_NUMBER,
        *more,
    )
    return statements.write(columns, need=statements.ANY_UUID, **any_actor.MARKS)
