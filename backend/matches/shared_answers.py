"""Answers over many open needs: long to make, so made once and remembered."""

import threading
from collections.abc import Callable, Hashable
from hashlib import sha256

from backend.matches.answer_memory import Answer
from backend.matches.catalogue_memory import LoadedCatalogue, catalogues
from backend.needs.models import Need
from backend.organizations.actors import Actor

# Whoever sees no answer yet asks again: the same answer is not made twice at once.
_making = threading.Lock()


def answer_over_needs(
    *,
    actor: Actor,
    question: tuple[Hashable, ...],
    make: Callable[[LoadedCatalogue, list[int]], bytes],
    region: str | None = None,
) -> bytes:
    """Answer a question over the open needs that a department sees, or those of a region of it.

    ``make`` takes the catalogue and the needs' primary keys. Its answer is remembered for as
    long as neither the catalogue nor one of these needs, their firms and organizations
    changes, and for the day. What changes while it is made counts for the next question.
    """
    catalogue = catalogues.current()
    needs = Need.objects.visible_to(actor).open().order_by("pk")
    if region is not None:
        needs = needs.inside(region)
    states = list(
        needs.values_list("pk", "revision", "firm__revision", "firm__organization__revision")
    )
    whole_question = (*question, actor.region, region, actor.today)
    state = (catalogue.version, catalogue.model, sha256(repr(states).encode()).digest())
    known = catalogues.answers.find(whole_question)
    if known is not None and known.state == state:
        return known.body
    with _making:
        known = catalogues.answers.find(whole_question)
        if known is None or known.state != state:
            known = Answer(state, make(catalogue, [pk for pk, *_ in states]))
            catalogues.answers.keep(whole_question, known)
    return known.body
