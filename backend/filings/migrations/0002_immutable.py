"""Signed aggregates and every version of an indicator never change."""

from django.db import migrations

_FORWARDS = """
CREATE FUNCTION filings_indicator_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END
$$;
CREATE TRIGGER filings_indicator_append_only BEFORE UPDATE OR DELETE ON filings_indicator
    FOR EACH ROW EXECUTE FUNCTION filings_indicator_is_append_only();
CREATE FUNCTION filings_aggregate_is_immutable_once_signed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.signed_at IS NOT NULL THEN
        RAISE EXCEPTION 'an aggregate that was signed is immutable';
    END IF;
    RETURN COALESCE(NEW, OLD);
END
$$;
CREATE TRIGGER filings_aggregate_immutable BEFORE UPDATE OR DELETE ON filings_aggregate
    FOR EACH ROW EXECUTE FUNCTION filings_aggregate_is_immutable_once_signed();
"""
_BACKWARDS = """
DROP TRIGGER filings_aggregate_immutable ON filings_aggregate;
DROP FUNCTION filings_aggregate_is_immutable_once_signed();
DROP TRIGGER filings_indicator_append_only ON filings_indicator;
DROP FUNCTION filings_indicator_is_append_only();
"""


class Migration(migrations.Migration):

    dependencies = [("filings", "0001_initial")]

    operations = [migrations.RunSQL(_FORWARDS, _BACKWARDS)]
