"""Write thousands of rows at once, at a fraction of what the ORM's inserts cost."""

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from itertools import islice
from typing import Any, TypeVar

from django.db import connection, models, transaction
from django.utils import timezone

Row = TypeVar("Row", bound=models.Model)

# The rows of one COPY: it is one statement, which has to end within the statement timeout
# however slowly a busy machine writes it.
_COPIED_AT_ONCE = 1_000


def copy_rows(model: type[Row], rows: Iterable[Row]) -> list[Row]:
    """Insert new rows by COPY and return them with their keys; triggers and constraints hold.

    For ten thousand rows five times as fast as ``bulk_create``, which it stands for: no
    ``save``, no signals. For models with one table and a key that the database counts.
    """
    new = list(rows)
    if not new:
        return new
    fields = model._meta.local_concrete_fields
    with transaction.atomic():
        for row, key in zip(new, _take_keys(model, len(new)), strict=True):
            row.pk = key
        _copy(
            model,
            [_prepare(field, [field.pre_save(row, add=True) for row in new]) for field in fields],
        )
    for row in new:
        row._state.adding = False
        row._state.db = connection.alias
    return new


def copy_values(
    model: type[models.Model], rows: Iterable[Mapping[str, Any]], **shared: Any
) -> list[int]:
    """Insert rows as ``copy_rows`` does, without making an object of each; return their keys.

    A row gives values by column name (``need_id``), ``shared`` those that all rows have. What
    neither gives has the field's default; fields that note the time have the present one.
    """
    given = list(rows)
    if not given:
        return []
    with transaction.atomic():
        keys = _take_keys(model, len(given))
        _copy(
            model,
            [
                keys if field.primary_key else _column(field, given, shared)
                for field in model._meta.local_concrete_fields
            ],
        )
    return keys


def _column(
    field: models.Field, rows: Sequence[Mapping[str, Any]], shared: Mapping[str, Any]
) -> Sequence[Any]:
    name = field.attname
    if name in shared:
        return [_value(field, shared[name])] * len(rows)
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return [timezone.now()] * len(rows)
    if name not in rows[0]:
        return _prepare(field, [field.get_default() for _ in rows])
    return _prepare(field, [row[name] for row in rows])


def _take_keys(model: type[models.Model], count: int) -> list[int]:
    """Take as many numbers of the table's own sequence as there are rows."""
    options = model._meta
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [options.db_table, options.pk.column, count],
        )
        return [number for (number,) in cursor.fetchall()]


def _copy(model: type[models.Model], values: Sequence[Sequence[Any]]) -> None:
    """Write columns of prepared values, in the order of the model's fields."""
    quote = connection.ops.quote_name
    names = ", ".join(quote(field.column) for field in model._meta.local_concrete_fields)
    statement = f"COPY {quote(model._meta.db_table)} ({names}) FROM STDIN"
    lines = zip(*values, strict=True)
    with connection.cursor() as cursor, connection.wrap_database_errors:
        while chunk := list(islice(lines, _COPIED_AT_ONCE)):
            with cursor.copy(statement) as copy:
                for line in chunk:
                    copy.write_row(line)


def _prepare(field: models.Field, values: Iterable[Any]) -> list[Any]:
    """Return a field's values as the database takes them.

    Most columns of a batch hold few distinct values, and each is prepared once. Values that are
    equal are equal in one column too, whatever Python calls them.
    """
    known: dict[Any, Any] = {}
    found = []
    for value in values:
        key = tuple(value) if isinstance(value, list) else value
        try:
            if key not in known:
                known[key] = _value(field, value)
            found.append(known[key])
        except TypeError:  # it cannot be told apart by hash: a mapping, for one
            found.append(_value(field, value))
    return found


def _value(field: models.Field, value: Any) -> Any:
    prepared = field.get_db_prep_save(value, connection)
    return prepared.value if isinstance(prepared, Enum) else prepared
