"""Sheets, steps, reviews and lists that were sent never change."""

from django.db import migrations

_FORWARDS = """
CREATE FUNCTION referrals_row_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END
$$;
CREATE TRIGGER referrals_sheet_append_only BEFORE UPDATE OR DELETE ON referrals_sheet
    FOR EACH ROW EXECUTE FUNCTION referrals_row_is_append_only();
CREATE TRIGGER referrals_referralstep_append_only BEFORE UPDATE OR DELETE ON referrals_referralstep
    FOR EACH ROW EXECUTE FUNCTION referrals_row_is_append_only();
CREATE TRIGGER referrals_outcomereview_append_only BEFORE UPDATE OR DELETE ON referrals_outcomereview
    FOR EACH ROW EXECUTE FUNCTION referrals_row_is_append_only();
CREATE TRIGGER referrals_clockevent_append_only BEFORE UPDATE OR DELETE ON referrals_clockevent
    FOR EACH ROW EXECUTE FUNCTION referrals_row_is_append_only();
CREATE TRIGGER referrals_sheetrecall_append_only BEFORE UPDATE OR DELETE ON referrals_sheetrecall
    FOR EACH ROW EXECUTE FUNCTION referrals_row_is_append_only();
CREATE TRIGGER referrals_listapproval_append_only BEFORE UPDATE OR DELETE ON referrals_listapproval
    FOR EACH ROW EXECUTE FUNCTION referrals_row_is_append_only();
CREATE FUNCTION referrals_list_is_immutable_once_sent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'referrals_referrallist' THEN
        -- The recall alone may follow: everything that went out stays as it was.
        IF OLD.sent_at IS NOT NULL AND (
            to_jsonb(NEW) - '{status,recalled_at,recall_reason,revision,updated_at}'::text[]
            IS DISTINCT FROM
            to_jsonb(OLD) - '{status,recalled_at,recall_reason,revision,updated_at}'::text[]
        ) THEN
            RAISE EXCEPTION 'a list that was sent is immutable';
        END IF;
        RETURN NEW;
    END IF;
    IF EXISTS (
        SELECT 1 FROM referrals_referrallist
        WHERE id = COALESCE(OLD.referral_list_id, NEW.referral_list_id) AND sent_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'the rows of a list that was sent are immutable';
    END IF;
    RETURN COALESCE(NEW, OLD);
END
$$;
CREATE TRIGGER referrals_referrallist_immutable BEFORE UPDATE ON referrals_referrallist
    FOR EACH ROW EXECUTE FUNCTION referrals_list_is_immutable_once_sent();
CREATE TRIGGER referrals_listrow_immutable
    BEFORE INSERT OR UPDATE OR DELETE ON referrals_listrow
    FOR EACH ROW EXECUTE FUNCTION referrals_list_is_immutable_once_sent();
CREATE SEQUENCE referrals_list_number;
"""
_BACKWARDS = """
DROP SEQUENCE referrals_list_number;
DROP TRIGGER referrals_listrow_immutable ON referrals_listrow;
DROP TRIGGER referrals_referrallist_immutable ON referrals_referrallist;
DROP FUNCTION referrals_list_is_immutable_once_sent();
DROP TRIGGER referrals_listapproval_append_only ON referrals_listapproval;
DROP TRIGGER referrals_sheetrecall_append_only ON referrals_sheetrecall;
DROP TRIGGER referrals_sheet_append_only ON referrals_sheet;
DROP TRIGGER referrals_referralstep_append_only ON referrals_referralstep;
DROP TRIGGER referrals_outcomereview_append_only ON referrals_outcomereview;
DROP TRIGGER referrals_clockevent_append_only ON referrals_clockevent;
DROP FUNCTION referrals_row_is_append_only();
"""


class Migration(migrations.Migration):

    dependencies = [('referrals', "0001_initial")]

    operations = [migrations.RunSQL(_FORWARDS, _BACKWARDS)]
