"""The second lock: PostgreSQL's own rules on rows, for what firms and institutions read.

Within `reading_as` the connection acts in a role that owns nothing and, of the confidential
tables, is shown the actor's rows alone, whatever a query forgets to filter. Without an actor it
is shown none. Writes, workers and commands act as the owner, whom the rules do not bind; a part
of a reading that writes says so with `as_platform`. See docs/decisions on row security.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction

from backend.organizations.actors import Actor
from backend.organizations.enums import Role

ROLES = {Role.FIRM: "kerong_firm", Role.INSTITUTION: "kerong_institution"}
_OWNER = "none"
_SET = "SELECT set_config('role', %s, true), set_config('kerong.organization', %s, true)"

# The role and organization that the connection acts in now; None for the platform itself.
_acting: ContextVar[tuple[str, str] | None] = ContextVar("acting", default=None)


def is_confined(actor: Actor) -> bool:
    """Tell whether there are rules for what such an actor reads."""
    return actor.role in ROLES


@contextmanager
def reading_as(actor: Actor) -> Iterator[None]:
    """Show nothing but the actor's rows until the block ends; one transaction."""
    with transaction.atomic(), _acting_as((ROLES[actor.role], str(actor.organization.pk))):
        yield


@contextmanager
def as_platform() -> Iterator[None]:
    """Act as the owner within a reading; costs nothing outside of one."""
    if _acting.get() is None:
        yield
        return
    with _acting_as(None):
        yield


@contextmanager
def _acting_as(wanted: tuple[str, str] | None) -> Iterator[None]:
    """Set role and context and, unless the block fails, set them back.

    They hold for the transaction: where the block fails, rolling it back restores them.
    """
    before = _acting.get()
    token = _acting.set(wanted)
    try:
        _set(wanted)
        yield
        _set(before)
    finally:
        _acting.reset(token)


def _set(acting: tuple[str, str] | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_SET, acting or (_OWNER, ""))
