"""Refuse changes of figures in the database itself; a correction is a newer figure."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION firms_fact_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'facts of firms are append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER firms_fact_append_only BEFORE UPDATE ON firms_fact
    FOR EACH ROW EXECUTE FUNCTION firms_fact_is_append_only();
"""

BACKWARD = """
DROP TRIGGER firms_fact_append_only ON firms_fact;
DROP FUNCTION firms_fact_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("firms", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
