"""Finds the actor of an API key in one query, written once per process.

Every request of a program passes here, so this query is not built anew each time: that would
cost several times what running it costs. The filters are still those of the querysets.
"""

from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, models

from backend.accounts.models import User
from backend.common.statements import ANY_INSTANT, ANY_UUID, Row, Statement, write
from backend.organizations.actors import Actor
from backend.organizations.models import Membership, Organization

# Stands for a key's digest in the query that is written once.
_ANY_DIGEST = "digest of any key"

# Model, and the way to it from the membership.
_PARTS: tuple[tuple[type[models.Model], str], ...] = (
    (Membership, ""),
    (User, "user__"),
    (Organization, "organization__"),
)
# What requests read of them. Whoever reads more has it loaded then; nobody saves these objects,
# because services lock and read what they change.
_READ: dict[type[models.Model], frozenset[str]] = {
    Membership: frozenset(
        {
            "id",
            "public_id",
            "user_id",
            "organization_id",
            "role",
            "rank",
            "is_active",
            "authority_proved_at",
            "authority_valid_until",
        }
    ),
    User: frozenset({"id", "public_id", "username", "is_active", "display_name"}),
    Organization: frozenset(
        {"id", "public_id", "revision", "kind", "code", "name", "region_id", "parent_id"}
    ),
}


def find_actor_of_key(
    digest: str, *, now: datetime, today: date, organization_id: UUID | None
) -> Actor | None:
    """Return whoever a live key lets act; ``organization_id`` picks one of several places.

    None says only that there is no such actor, not what is missing.
    """
    statement = _statement(with_organization=organization_id is not None)
    row = statement.row(digest=digest, now=now, organization=organization_id)
    return None if row is None else _actor(row, today)


@cache
def _statement(*, with_organization: bool) -> Statement:
    places = Membership.objects.active().filter(
        user__auth_token_set__digest=_ANY_DIGEST, user__auth_token_set__expiry__gt=ANY_INSTANT
    )
    if with_organization:
        places = places.filter(organization__public_id=ANY_UUID)
    columns = [path + name for model, path in _PARTS for name in _columns(model)]
    return write(
        places.order_by("pk").values_list(*columns)[:1],
        digest=_ANY_DIGEST,
        now=ANY_INSTANT,
        organization=ANY_UUID,
    )


@cache
def _columns(model: type[models.Model]) -> tuple[str, ...]:
    """Return what is read of a model, in the order in which its objects take values."""
    names = (field.attname for field in model._meta.concrete_fields)
    return tuple(name for name in names if name in _READ[model])


def _actor(row: Row, today: date) -> Actor:
    values: Iterator[Any] = iter(row)
    membership, user, organization = (
        model.from_db(DEFAULT_DB_ALIAS, _columns(model), list(islice(values, len(_columns(model)))))
        for model, _ in _PARTS
    )
    membership.user, membership.organization = user, organization
    return Actor(user=user, membership=membership, today=today)
