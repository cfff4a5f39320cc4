"""What was fitted is never altered, and no version disappears."""

from django.db import migrations

_FORWARDS = """
CREATE FUNCTION ranking_version_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'versions of the ranking model are append-only';
    END IF;
    IF NEW.number <> OLD.number OR OLD.content IS NOT NULL AND (
        NEW.content IS DISTINCT FROM OLD.content
        OR (NEW.sha256, NEW.data_fingerprint, NEW.until, NEW.period_end, NEW.weight,
            NEW.is_demonstration, NEW.parameters, NEW.metrics, NEW.profile, NEW.notes)
        IS DISTINCT FROM
           (OLD.sha256, OLD.data_fingerprint, OLD.until, OLD.period_end, OLD.weight,
            OLD.is_demonstration, OLD.parameters, OLD.metrics, OLD.profile, OLD.notes)
    ) THEN
        RAISE EXCEPTION 'a fitted ranking model is append-only';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER ranking_version_append_only BEFORE UPDATE OR DELETE ON ranking_modelversion
    FOR EACH ROW EXECUTE FUNCTION ranking_version_is_append_only();
"""
_BACKWARDS = """
DROP TRIGGER ranking_version_append_only ON ranking_modelversion;
DROP FUNCTION ranking_version_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("ranking", "0001_initial")]

    operations = [migrations.RunSQL(_FORWARDS, _BACKWARDS)]
