"""Queries that are written once per process and prepared once per connection.

Django writes a query anew each time it is asked, and PostgreSQL plans it anew: for a question
that every request asks, that costs ten times what the answer costs. A statement is the text of
a queryset, with marks where the values of each call go; the filters stay those of the querysets.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import BigIntegerField, BooleanField, F, Func, QuerySet, Value
from django.db.models.functions import JSONArray
from psycopg import Cursor, sql

Row = tuple[Any, ...]

# Stand in a queryset for the values of a call; nothing that is stored equals one of them.
ANY_DAY = date(1, 1, 2)
ANY_INSTANT = datetime(1, 1, 3, tzinfo=UTC)
ANY_UUID = UUID(int=0)
ANY_KEY = -(2**62)
ANY_KEYS = [ANY_KEY]
_PLACE = re.compile(r"%[s%]")


def one_of(path: str, keys: list[int]) -> Func:
    """Say "one of these keys" to a filter, in one parameter however many there are."""
    return Func(
        F(path),
        Value(keys, ArrayField(BigIntegerField())),
        template="%(expressions)s)",
        arg_joiner=" = ANY(",
        output_field=BooleanField(),
    )


def json_rows(queryset: QuerySet, *columns: str) -> ArraySubquery:
    """Select, beside a row, a list of other rows, each a JSON list of its columns."""
    return ArraySubquery(queryset.values_list(JSONArray(*columns)))


def read_day(text: str | None) -> date | None:
    """Read a date that came in JSON."""
    return None if text is None else date.fromisoformat(text)


@dataclass(frozen=True, slots=True)
class Statement:
    """A query's text, and the names of the values in the order of their places.

    Without a text it asks for nothing: that no row can be found was clear from the outset.
    """

    text: str
    names: tuple[str, ...]

    def rows(self, **values: Any) -> list[Row]:
        """Run with the values of a call; names that the query does not ask for are ignored."""
        if not self.text:
            return []
        parameters = [values[name] for name in self.names]
        database = connections[DEFAULT_DB_ALIAS]
        if database.execute_wrappers or database.queries_logged:
            # Somebody watches Django's queries; this one is to be seen too.
            with database.cursor() as watched:
                watched.execute(self.text, parameters)
                return watched.fetchall()
        database.close_if_health_check_failed()
        database.ensure_connection()
        database.validate_no_broken_transaction()
        with database.wrap_database_errors:
            prepared = Cursor(database.connection)
            return prepared.execute(self.text, parameters, prepare=True).fetchall()

    def row(self, **values: Any) -> Row | None:
        """Run and return the first row, None when there is none."""
        return next(iter(self.rows(**values)), None)


def write(queryset: QuerySet, **marks: Any) -> Statement:
    """Write the statement of a queryset of plain rows in which marks stand for named values.

    What is no mark becomes part of the text: it is the same in every call.
    """
    try:
        text, parameters = queryset.query.sql_with_params()
    except EmptyResultSet:
        return Statement("", ())
    remaining = iter(parameters)
    names: list[str] = []

    def place(found: re.Match[str]) -> str:
        if found.group() == "%%":
            return "%%"
        value = next(remaining)
        name = _name_of(value, marks)
        if name is None:
            return sql.Literal(value).as_string(None).replace("%", "%%")
        names.append(name)
        return "%s"

    return Statement(_PLACE.sub(place, text), tuple(names))


def _name_of(value: Any, marks: Mapping[str, Any]) -> str | None:
    same = (name for name, mark in marks.items() if isinstance(value, type(mark)) and value == mark)
    return next(same, None)
