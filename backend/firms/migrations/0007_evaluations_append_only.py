"""Refuse changes of evaluations but their retraction; show them to the firm, no institution."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION firms_evaluation_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    kept firms_firmevaluation := NEW;
BEGIN
    kept.retracted_at := OLD.retracted_at;
    kept.retracted_by_id := OLD.retracted_by_id;
    kept.retracted_reason := OLD.retracted_reason;
    kept.updated_at := OLD.updated_at;
    IF OLD.retracted_at IS NOT NULL OR kept IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'evaluations of firms are append-only' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER firms_evaluation_append_only BEFORE UPDATE ON firms_firmevaluation
    FOR EACH ROW EXECUTE FUNCTION firms_evaluation_is_append_only();
ALTER TABLE firms_firmevaluation ENABLE ROW LEVEL SECURITY;
"""
BACKWARD = """
ALTER TABLE firms_firmevaluation DISABLE ROW LEVEL SECURITY;
DROP TRIGGER firms_evaluation_append_only ON firms_firmevaluation;
DROP FUNCTION firms_evaluation_is_append_only();
"""
# No field group of the disclosure policy holds evaluations.
RULES = {
    "kerong_firm": {"firms_firmevaluation": "firm_id IN (SELECT id FROM firms_firm)"},
    "kerong_institution": {"firms_firmevaluation": "false"},
}


def _policies():
    for role, rules in RULES.items():
        for table, rule in rules.items():
            yield (
                f"CREATE POLICY {role}_reads ON {table} FOR SELECT TO {role} USING ({rule});",
                f"DROP POLICY {role}_reads ON {table};",
            )


class Migration(migrations.Migration):
    dependencies = [
        ("firms", "0006_evaluations"),
        # It makes the roles.
        ("referrals", "0006_row_security"),
    ]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        *(migrations.RunSQL(made, dropped) for made, dropped in _policies()),
    ]
