"""Imported outcomes are never altered."""

from django.db import migrations

_FORWARDS = """
CREATE FUNCTION learning_past_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.is_demonstration THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'outcomes of the past are append-only';
END
$$;
CREATE TRIGGER learning_past_append_only BEFORE UPDATE OR DELETE ON learning_pastresult
    FOR EACH ROW EXECUTE FUNCTION learning_past_is_append_only();
"""
_BACKWARDS = """
DROP TRIGGER learning_past_append_only ON learning_pastresult;
DROP FUNCTION learning_past_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("learning", "0001_initial")]

    operations = [migrations.RunSQL(_FORWARDS, _BACKWARDS)]
