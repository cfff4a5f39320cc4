"""The rows of a run on their way into the database: one packed row per need."""

import hashlib
import struct
from collections.abc import Iterable
from typing import NamedTuple

from django.db import connection

from backend.matches.models import MatchRow


class PackedRow(NamedTuple):
    """What a run found for one need, in the order and with the names of the columns."""

    need_id: int
    need_revision: int
    eligible_count: int
    to_confirm_count: int
    product_version_ids: list[int]
    scores: list[float]


_COLUMNS = {"run_id": "int8", **dict.fromkeys(PackedRow._fields, "int4")} | {
    "need_id": "int8",
    "product_version_ids": "int8[]",
    "scores": "float8[]",
}


def store_rows(run_id: int, rows: Iterable[PackedRow]) -> None:
    """Store a run's rows by COPY, which checks them as an INSERT does at a tenth of its cost."""
    columns = ", ".join(_COLUMNS)
    statement = f"COPY {MatchRow._meta.db_table} ({columns}) FROM STDIN (FORMAT BINARY)"
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(statement) as stream,
    ):
        stream.set_types(list(_COLUMNS.values()))
        for row in rows:
            stream.write_row((run_id, *row))


def hash_rows(rows: Iterable[PackedRow]) -> str:
    """Return one hash over rows, to the last bit of every score."""
    digest = hashlib.sha256()
    for row in rows:
        length = len(row.scores)
        digest.update(
            struct.pack(
                f"<5q{length}q{length}d",
                row.need_id,
                row.need_revision,
                row.eligible_count,
                row.to_confirm_count,
                length,
                *row.product_version_ids,
                *row.scores,
            )
        )
    return digest.hexdigest()
