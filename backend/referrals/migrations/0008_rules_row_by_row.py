"""The same rules on rows, asked row by row.

``column IN (SELECT …)`` makes PostgreSQL collect every visible row of the other table before it
looks at the first one. ``EXISTS`` lets it look the few rows of a page up by their indexes, and
still collect them where a whole table is read.
"""

import importlib
import re

from django.db import migrations

_STATED = ("0006_row_security", "0007_document_rows")
_AMONG = re.compile(r"(\w+) IN \(SELECT (\w+) FROM (\w+)\)")


def _stated():
    for name in _STATED:
        rules = importlib.import_module(f"backend.referrals.migrations.{name}").RULES
        for role, tables in rules.items():
            for table, rule in sorted(tables.items()):
                yield role, table, rule


def _by_row(table, rule):
    return _AMONG.sub(rf"EXISTS (SELECT FROM \3 other WHERE other.\2 = {table}.\1)", rule)


def _alter(role, table, rule):
    return f"ALTER POLICY {role}_reads ON {table} USING ({rule});"


class Migration(migrations.Migration):
    dependencies = [("referrals", "0007_document_rows")]

    operations = [
        migrations.RunSQL(
            "\n".join(_alter(role, table, _by_row(table, rule)) for role, table, rule in _stated()),
            "\n".join(_alter(role, table, rule) for role, table, rule in _stated()),
        )
    ]
