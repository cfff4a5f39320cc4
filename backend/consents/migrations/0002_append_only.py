"""What was shown and what was consented to never changes."""

from django.db import migrations

_FORWARDS = """
CREATE FUNCTION consents_row_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END
$$;
CREATE TRIGGER consents_disclosure_append_only BEFORE UPDATE OR DELETE ON consents_disclosure
    FOR EACH ROW EXECUTE FUNCTION consents_row_is_append_only();
CREATE TRIGGER consents_consenttext_append_only BEFORE UPDATE OR DELETE ON consents_consenttext
    FOR EACH ROW EXECUTE FUNCTION consents_row_is_append_only();
"""
_BACKWARDS = """
DROP TRIGGER consents_disclosure_append_only ON consents_disclosure;
DROP TRIGGER consents_consenttext_append_only ON consents_consenttext;
DROP FUNCTION consents_row_is_append_only();
"""


class Migration(migrations.Migration):

    dependencies = [('consents', "0001_initial")]

    operations = [migrations.RunSQL(_FORWARDS, _BACKWARDS)]
