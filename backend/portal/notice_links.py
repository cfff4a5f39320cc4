"""Which page shows what a message is about, for the role that reads it."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.urls import NoReverseMatch, reverse

from backend.notifications.enums import SubjectKind
from backend.notifications.reading import Read
from backend.notifications.subjects import need_of
from backend.organizations.actors import Actor
from backend.organizations.enums import Role

# Where a page is called otherwise than its subject.
_NAMES = {
    SubjectKind.LIST: "list",
    SubjectKind.DRAWDOWN: "referral",
    SubjectKind.ENDPOINT: "endpoint",
}


def page_about(text: Read, actor: Actor) -> str | None:
    """Return the address of the page, None where the reader's role has none.

    Pages are named `<role>_<subject>`; a firm follows everything about a need on the need's.
    """
    for name, key in _candidates(text, actor):
        try:
            return reverse(f"portal:{actor.role}_{name}", args=[key])
        except NoReverseMatch:
            continue
    return None


def _candidates(text: Read, actor: Actor) -> Iterator[tuple[str, UUID]]:
    subject: Any = text.subject
    if subject is None:
        return
    need = need_of(subject)
    if actor.role == Role.FIRM:
        if need is not None:
            yield "need", need.public_id
        return
    about = subject.referral if text.kind == SubjectKind.DRAWDOWN else subject
    yield _NAMES.get(SubjectKind(text.kind), text.kind), about.public_id
    if text.kind == SubjectKind.MATTER and about.referral is not None:
        yield "referral", about.referral.public_id
    if need is not None:
        yield "need", need.public_id
