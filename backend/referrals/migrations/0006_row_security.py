"""Roles that own nothing, and rules on which rows of confidential tables they are shown."""

from django.db import migrations

_ROLES = ("kerong_firm", "kerong_institution")

_FUNCTIONS = """
CREATE FUNCTION kerong_organization() RETURNS bigint LANGUAGE sql STABLE AS $$
    -- A setting that was local to a transaction is left behind as an empty text, not as NULL.
    SELECT NULLIF(current_setting('kerong.organization', true), '')::bigint
$$;
CREATE FUNCTION kerong_units() RETURNS bigint[] LANGUAGE sql STABLE AS $$
    WITH RECURSIVE unit (id) AS (
        SELECT kerong_organization()
        UNION
        SELECT lower.id FROM organizations_organization lower JOIN unit ON lower.parent_id = unit.id
    )
    SELECT array_agg(id) FROM unit
$$;
CREATE FUNCTION kerong_line() RETURNS bigint[] LANGUAGE sql STABLE AS $$
    WITH RECURSIVE line (id) AS (
        SELECT kerong_organization()
        UNION
        SELECT unit.parent_id FROM organizations_organization unit JOIN line ON unit.id = line.id
        WHERE unit.parent_id IS NOT NULL
    )
    SELECT array_agg(id) FROM line
$$;
"""
_OWN = "(SELECT kerong_organization())"
_UNITS = "ANY ((SELECT kerong_units())::bigint[])"
_LINE = "ANY ((SELECT kerong_line())::bigint[])"


def _among(column, table, selected="id"):
    return f"{column} IN (SELECT {selected} FROM {table})"


_OF_FIRM = _among("firm_id", "firms_firm")
_OF_NEED = _among("need_id", "needs_need")
_OF_REFERRAL = _among("referral_id", "referrals_referral")
_OF_RECOMMENDATION = _among("recommendation_id", "recommendations_recommendation")
# What hangs on firms, needs and referrals, alike for both roles.
_PARTS = {
    "firms_fact": _OF_FIRM,
    "firms_firmqualification": _OF_FIRM,
    "firms_tenancy": _OF_FIRM,
    "needs_namedinstitution": _OF_NEED,
    "referrals_referralstep": _OF_REFERRAL,
    "referrals_documentrequest": _OF_REFERRAL,
    "referrals_approvedline": _OF_REFERRAL,
    "referrals_drawdown": _OF_REFERRAL,
    "referrals_clockevent": _OF_REFERRAL,
    "referrals_matter": _OF_REFERRAL,
    "referrals_escalationcase": _OF_REFERRAL,
    "referrals_outcomereview": _among("drawdown_id", "referrals_drawdown"),
    "recommendations_visitor": _OF_RECOMMENDATION,
    "recommendations_standardcheck": _OF_RECOMMENDATION,
    "recommendations_recommendationstep": _OF_RECOMMENDATION,
    "referrals_listrow": _among("id", "referrals_referral", "list_row_id"),
}
# The rules of a role refer to one another in one direction only, or PostgreSQL refuses them.
RULES = {
    "kerong_firm": {
        "firms_firm": f"organization_id = {_OWN}",
        "needs_need": _OF_FIRM,
        "consents_consent": _OF_NEED,
        "consents_disclosure": _OF_FIRM,
        "referrals_referral": _OF_NEED,
        "referrals_referrallist": _among("id", "referrals_listrow", "referral_list_id"),
        "referrals_sheet": "false",
        "consents_rosterconsent": _OF_FIRM,
        "referrals_rosterrow": _OF_FIRM,
        "recommendations_recommendation": _OF_NEED,
        "recommendations_endorsement": _OF_NEED,
        "matches_matchimpression": "false",
        **_PARTS,
    },
    "kerong_institution": {
        "referrals_referral": f"institution_id = {_OWN} OR unit_id = {_UNITS}",
        "consents_consent": f"institution_id = {_LINE} OR institution_id = {_UNITS}",
        "needs_need": f"{_among('id', 'referrals_referral', 'need_id')}"
        f" OR {_among('id', 'consents_consent', 'need_id')}",
        "consents_rosterconsent": f"institution_id = {_LINE} OR institution_id = {_UNITS}",
        "firms_firm": f"{_among('id', 'needs_need', 'firm_id')}"
        f" OR {_among('id', 'consents_rosterconsent', 'firm_id')}",
        "consents_disclosure": "false",
        "referrals_rosterrow": f"institution_id = {_UNITS}",
        "recommendations_recommendation": "false",
        "recommendations_endorsement": "false",
        "matches_matchimpression": "false",
        "referrals_sheet": f"institution_id = {_UNITS}",
        "referrals_referrallist": f"{_among('id', 'referrals_listrow', 'referral_list_id')}"
        f" OR {_among('id', 'referrals_sheet', 'referral_list_id')}",
        **_PARTS,
    },
}


def _make_role(role):
    # Roles belong to the whole cluster: another database of it may have made them already.
    return f"""
DO $$ BEGIN
    CREATE ROLE {role} NOLOGIN NOINHERIT;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
GRANT {role} TO CURRENT_USER;
GRANT USAGE ON SCHEMA public TO {role};
GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {role};
"""


def _forwards():
    tables = sorted(RULES["kerong_firm"])
    yield _FUNCTIONS
    yield from map(_make_role, _ROLES)
    for table in tables:
        yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;"
        for role in _ROLES:
            yield (
                f"CREATE POLICY {role}_reads ON {table} FOR SELECT TO {role}"
                f" USING ({RULES[role][table]});"
            )


def _backwards():
    for table in sorted(RULES["kerong_firm"]):
        for role in _ROLES:
            yield f"DROP POLICY {role}_reads ON {table};"
        yield f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;"
    for role in _ROLES:
        yield f"ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE SELECT ON TABLES FROM {role};"
        yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role};"
        yield f"REVOKE ALL ON SCHEMA public FROM {role};"
    yield "DROP FUNCTION kerong_units(), kerong_line(), kerong_organization();"


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0005_rosters"),
        ("consents", "0003_roster_consents"),
        ("needs", "0003_verification_route"),
        ("firms", "0003_progress_sharing"),
        ("organizations", "0002_agency"),
        ("recommendations", "0002_evidence"),
        ("matches", "0002_impressions"),
    ]

    operations = [migrations.RunSQL("\n".join(_forwards()), "\n".join(_backwards()))]
