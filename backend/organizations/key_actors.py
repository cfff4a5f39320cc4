"""Finds the actor of an API key in one query, written once per process.

Every request of a program passes here, so this query is not built anew each time: that would
cost several times what running it costs. The filters are still those of the querysets.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, models

from backend.accounts.models import User
from backend.organizations.actors import Actor
from backend.organizations.models import Membership, Organization

# Stand for the values of a request in the query that is written once.
_DIGEST = "digest of the key"
_NOW = datetime(1, 1, 2, tzinfo=UTC)
_ORGANIZATION = UUID(int=0)

# Model, and the way to it from the membership.
_PARTS: tuple[tuple[type[models.Model], str], ...] = (
    (Membership, ""),
    (User, "user__"),
    (Organization, "organization__"),
)


def find_actor_of_key(
    digest: str, *, now: datetime, today: date, organization_id: UUID | None
) -> Actor | None:
    """Return whoever a live key lets act; ``organization_id`` picks one of several places.

    None says only that there is no such actor, not what is missing.
    """
    sql, marks = _statement(with_organization=organization_id is not None)
    values = {_DIGEST: digest, _NOW: now, _ORGANIZATION: organization_id}
    with connection.cursor() as cursor:
        cursor.execute(sql, [values.get(mark, mark) for mark in marks])
        row = cursor.fetchone()
    return None if row is None else _actor(row, today)


@cache
def _statement(*, with_organization: bool) -> tuple[str, tuple[Any, ...]]:
    """Return the query's text and its parameters, with marks where a request's values go."""
    places = Membership.objects.active().filter(
        user__auth_token_set__digest=_DIGEST, user__auth_token_set__expiry__gt=_NOW
    )
    if with_organization:
        places = places.filter(organization__public_id=_ORGANIZATION)
    columns = [path + name for model, path in _PARTS for name in _columns(model)]
    return places.order_by("pk").values_list(*columns)[:1].query.sql_with_params()


@cache
def _columns(model: type[models.Model]) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields)


def _actor(row: tuple[Any, ...], today: date) -> Actor:
    values: Iterator[Any] = iter(row)
    membership, user, organization = (
        model.from_db(DEFAULT_DB_ALIAS, _columns(model), list(islice(values, len(_columns(model)))))
        for model, _ in _PARTS
    )
    membership.user, membership.organization = user, organization
    return Actor(user=user, membership=membership, today=today)
