"""The rules on rows for papers of needs: a firm's own, and none for institutions."""

from django.db import migrations

RULES = {
    "kerong_firm": {"needs_needdocument": "need_id IN (SELECT id FROM needs_need)"},
    "kerong_institution": {"needs_needdocument": "false"},
}


def _forwards():
    yield "ALTER TABLE needs_needdocument ENABLE ROW LEVEL SECURITY;"
    for role, rules in RULES.items():
        for table, rule in rules.items():
            yield f"CREATE POLICY {role}_reads ON {table} FOR SELECT TO {role} USING ({rule});"


def _backwards():
    for role, rules in RULES.items():
        for table in rules:
            yield f"DROP POLICY {role}_reads ON {table};"
    yield "ALTER TABLE needs_needdocument DISABLE ROW LEVEL SECURITY;"


class Migration(migrations.Migration):
    dependencies = [("referrals", "0006_row_security"), ("needs", "0004_documents")]

    operations = [migrations.RunSQL("\n".join(_forwards()), "\n".join(_backwards()))]
