"""Refuse changes of firms' history, and show none of it to firms and institutions."""

from django.db import migrations

_ROLES = ("kerong_firm", "kerong_institution")

FORWARD = """
CREATE FUNCTION firms_traits_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'traits of firms are append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER firms_traits_append_only BEFORE UPDATE ON firms_firmtraits
    FOR EACH ROW EXECUTE FUNCTION firms_traits_are_append_only();
ALTER TABLE firms_firmtraits ENABLE ROW LEVEL SECURITY;
"""
BACKWARD = """
ALTER TABLE firms_firmtraits DISABLE ROW LEVEL SECURITY;
DROP TRIGGER firms_traits_append_only ON firms_firmtraits;
DROP FUNCTION firms_traits_are_append_only();
"""
# Departments alone draw figures by what firms were.
RULES = {role: {"firms_firmtraits": "false"} for role in _ROLES}


def _policies():
    for role, rules in RULES.items():
        for table, rule in rules.items():
            yield (
                f"CREATE POLICY {role}_reads ON {table} FOR SELECT TO {role} USING ({rule});",
                f"DROP POLICY {role}_reads ON {table};",
            )


class Migration(migrations.Migration):
    dependencies = [
        ("firms", "0004_traits"),
        # It makes the roles.
        ("referrals", "0006_row_security"),
    ]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        *(migrations.RunSQL(made, dropped) for made, dropped in _policies()),
    ]
