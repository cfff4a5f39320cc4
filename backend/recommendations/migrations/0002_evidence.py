"""What was checked stays as it was submitted, and the story of a recommendation is append-only."""

from django.db import migrations

_FORWARDS = """
CREATE FUNCTION recommendations_step_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END
$$;
CREATE TRIGGER recommendations_step_append_only
    BEFORE UPDATE OR DELETE ON recommendations_recommendationstep
    FOR EACH ROW EXECUTE FUNCTION recommendations_step_is_append_only();

-- Visitors and checks change only while their recommendation is with its department.
CREATE FUNCTION recommendations_visit_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    about bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.recommendation_id
                         ELSE NEW.recommendation_id END;
BEGIN
    IF EXISTS (SELECT FROM recommendations_recommendation
               WHERE id = about AND status NOT IN ('draft', 'returned')) THEN
        RAISE EXCEPTION '% of a submitted recommendation does not change', TG_TABLE_NAME;
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END
$$;
CREATE TRIGGER recommendations_visitor_stays
    BEFORE INSERT OR UPDATE OR DELETE ON recommendations_visitor
    FOR EACH ROW EXECUTE FUNCTION recommendations_visit_stays();
CREATE TRIGGER recommendations_check_stays
    BEFORE INSERT OR UPDATE OR DELETE ON recommendations_standardcheck
    FOR EACH ROW EXECUTE FUNCTION recommendations_visit_stays();

-- Nothing goes upward without a visitor and all five standards of entry met.
CREATE FUNCTION recommendations_is_checked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status IN ('submitted', 'accepted') AND NOT (
        EXISTS (SELECT FROM recommendations_visitor WHERE recommendation_id = NEW.id)
        AND (SELECT count(*) FROM recommendations_standardcheck
             WHERE recommendation_id = NEW.id AND is_met) = 5
    ) THEN
        RAISE EXCEPTION 'a submitted recommendation has visitors and meets the five standards';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER recommendations_recommendation_is_checked
    BEFORE INSERT OR UPDATE ON recommendations_recommendation
    FOR EACH ROW EXECUTE FUNCTION recommendations_is_checked();
"""
_BACKWARDS = """
DROP TRIGGER recommendations_recommendation_is_checked ON recommendations_recommendation;
DROP FUNCTION recommendations_is_checked();
DROP TRIGGER recommendations_check_stays ON recommendations_standardcheck;
DROP TRIGGER recommendations_visitor_stays ON recommendations_visitor;
DROP FUNCTION recommendations_visit_stays();
DROP TRIGGER recommendations_step_append_only ON recommendations_recommendationstep;
DROP FUNCTION recommendations_step_is_append_only();
"""


class Migration(migrations.Migration):

    dependencies = [("recommendations", "0001_initial")]

    operations = [migrations.RunSQL(_FORWARDS, _BACKWARDS)]
