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

-- A consent ends once, by withdrawal or by a later one; what was consented to stays.
CREATE FUNCTION consents_consent_only_ends() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ending text[] := ARRAY['withdrawn_at', 'withdrawn_by_id', 'replaced_at', 'revision',
                           'updated_at'];
BEGIN
    IF to_jsonb(OLD) - ending <> to_jsonb(NEW) - ending
        OR OLD.withdrawn_at IS NOT NULL OR OLD.replaced_at IS NOT NULL THEN
        RAISE EXCEPTION 'consents_consent only ends, once';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER consents_consent_only_ends BEFORE UPDATE ON consents_consent
    FOR EACH ROW EXECUTE FUNCTION consents_consent_only_ends();
CREATE TRIGGER consents_consent_stays BEFORE DELETE ON consents_consent
    FOR EACH ROW EXECUTE FUNCTION consents_row_is_append_only();
"""
_BACKWARDS = """
DROP TRIGGER consents_consent_stays ON consents_consent;
DROP TRIGGER consents_consent_only_ends ON consents_consent;
DROP FUNCTION consents_consent_only_ends();
DROP TRIGGER consents_disclosure_append_only ON consents_disclosure;
DROP TRIGGER consents_consenttext_append_only ON consents_consenttext;
DROP FUNCTION consents_row_is_append_only();
"""


class Migration(migrations.Migration):

    dependencies = [('consents', "0001_initial")]

    operations = [migrations.RunSQL(_FORWARDS, _BACKWARDS)]
