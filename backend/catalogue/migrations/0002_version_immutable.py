"""Refuse changes to published versions in the database itself."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION catalogue_productversion_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NULL THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END IF;
    -- The one change that is left: noting, once, when the version went out of force.
    IF TG_OP = 'UPDATE'
        AND OLD.withdrawn_at IS NULL
        AND to_jsonb(NEW) - ARRAY['withdrawn_at', 'withdrawn_in']
            = to_jsonb(OLD) - ARRAY['withdrawn_at', 'withdrawn_in']
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'published product versions are immutable'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER catalogue_productversion_immutable
    BEFORE UPDATE OR DELETE ON catalogue_productversion
    FOR EACH ROW EXECUTE FUNCTION catalogue_productversion_is_immutable();
"""

BACKWARD = """
DROP TRIGGER catalogue_productversion_immutable ON catalogue_productversion;
DROP FUNCTION catalogue_productversion_is_immutable();
"""


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
