"""What an institution once said of its intent never changes; a correction is another step."""

from django.db import migrations

_FORWARDS = """
CREATE FUNCTION activities_row_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END
$$;
CREATE TRIGGER activities_intentstep_append_only BEFORE UPDATE OR DELETE ON activities_intentstep
    FOR EACH ROW EXECUTE FUNCTION activities_row_is_append_only();
"""
_BACKWARDS = """
DROP TRIGGER activities_intentstep_append_only ON activities_intentstep;
DROP FUNCTION activities_row_is_append_only();
"""


class Migration(migrations.Migration):

    dependencies = [("activities", "0001_initial")]

    operations = [migrations.RunSQL(_FORWARDS, _BACKWARDS)]
