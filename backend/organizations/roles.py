"""Who may do what: one table, read by sessions and keys alike.

A cell says that the role has the word at all; on which objects is the policies' affair.
"""

from backend.organizations.enums import Rank, Role
from backend.organizations.permissions import Permission

_EVERYONE = frozenset(
    {
        Permission.REFERENCE_VIEW,
        Permission.KEY_MANAGE,
        Permission.NOTIFICATION_VIEW,
        Permission.ANNOUNCEMENT_VIEW,
    }
)
_BUSINESS = _EVERYONE | {
    Permission.ORGANIZATION_VIEW,
    Permission.PRODUCT_VIEW,
    Permission.POLICY_VIEW,
}

_FIRM = _BUSINESS | {
    Permission.FIRM_VIEW,
    Permission.FIRM_EDIT,
    Permission.NEED_VIEW,
    Permission.NEED_CREATE,
    Permission.NEED_EDIT,
    Permission.NEED_SUBMIT,
    Permission.NEED_WITHDRAW,
    Permission.MATCH_VIEW,
    Permission.CONSENT_VIEW,
    Permission.CONSENT_GRANT,
    Permission.DISCLOSURE_VIEW,
    Permission.REFERRAL_VIEW,
    Permission.DOCUMENT_GIVE,
    Permission.OUTCOME_CONFIRM,
    Permission.MATTER_VIEW,
    Permission.MATTER_RAISE,
    Permission.ACTIVITY_VIEW,
    Permission.PARTICIPANT_VIEW,
    Permission.PARTICIPANT_APPLY,
    Permission.PROJECT_VIEW,
    Permission.INTENT_VIEW,
    Permission.PROJECT_EDIT,
    Permission.INTENT_ANSWER,
    Permission.RECOMMENDATION_VIEW,
    Permission.ENDORSEMENT_VIEW,
}
_INCUBATOR = _FIRM | {
    Permission.PRODUCT_EDIT,
    Permission.ACTIVITY_EDIT,
    Permission.PARTICIPANT_DECIDE,
    Permission.ENDORSEMENT_GIVE,
    Permission.TENANT_VIEW,
    Permission.TENANT_IMPORT,
}
_INSTITUTION = _BUSINESS | {
    Permission.PRODUCT_EDIT,
    Permission.POLICY_EDIT,
    Permission.CONTACT_VIEW,
    Permission.AGREEMENT_VIEW,
    Permission.CONSENT_VIEW,
    Permission.REFERRAL_VIEW,
    Permission.REFERRAL_ANSWER,
    Permission.FIGURE_VIEW,
    Permission.MATTER_VIEW,
    Permission.MATTER_RAISE,
    Permission.ACTIVITY_VIEW,
    Permission.PARTICIPANT_VIEW,
    Permission.PARTICIPANT_APPLY,
    Permission.PROJECT_VIEW,
    Permission.INTENT_VIEW,
    Permission.INTENT_DECLARE,
    Permission.AGGREGATE_VIEW,
    Permission.AGGREGATE_EDIT,
}
_DEPARTMENT = _BUSINESS | {
    Permission.DATA_REQUEST_VIEW,
    Permission.FIRM_VIEW,
    Permission.FIRM_CREATE,
    Permission.FIRM_EDIT,
    Permission.NEED_VIEW,
    Permission.NEED_VERIFY,
    Permission.MATCH_VIEW,
    Permission.RUN_VIEW,
    Permission.RUN_MANAGE,
    Permission.ROSTER_IMPORT,
    Permission.AUTHORITY_PROVE,
    Permission.MEMBERSHIP_VIEW,
    Permission.CONTACT_VIEW,
    Permission.CONTACT_EDIT,
    Permission.AGREEMENT_VIEW,
    Permission.CONSENT_VIEW,
    Permission.DISCLOSURE_VIEW,
    Permission.LIST_VIEW,
    Permission.LIST_DRAFT,
    Permission.LIST_APPROVE,
    Permission.LIST_SEND,
    Permission.REFERRAL_VIEW,
    Permission.ESCALATION_DECIDE,
    Permission.OUTCOME_RECONCILE,
    Permission.MATTER_VIEW,
    Permission.MATTER_MANAGE,
    Permission.FIGURE_VIEW,
    Permission.WEBHOOK_VIEW,
    Permission.ACTIVITY_VIEW,
    Permission.PARTICIPANT_VIEW,
    Permission.PARTICIPANT_APPLY,
    Permission.PROJECT_VIEW,
    Permission.INTENT_VIEW,
    Permission.ACTIVITY_EDIT,
    Permission.PARTICIPANT_DECIDE,
    Permission.RECOMMENDATION_VIEW,
    Permission.RECOMMENDATION_EDIT,
    Permission.RECOMMENDATION_VERIFY,
    Permission.ENDORSEMENT_VIEW,
    Permission.REPORT_DRAW,
    Permission.AGGREGATE_VIEW,
    Permission.INDICATOR_VIEW,
    Permission.INDICATOR_EDIT,
    Permission.ANNOUNCEMENT_EDIT,
}
_MANAGING = {Permission.MEMBERSHIP_VIEW, Permission.MEMBERSHIP_MANAGE, Permission.ORGANIZATION_EDIT}
_CONNECTING = {
    Permission.WEBHOOK_VIEW,
    Permission.WEBHOOK_EDIT,
    Permission.WEBHOOK_SWITCH,
    Permission.DELIVERY_VIEW,
    Permission.DELIVERY_REPLAY,
}

_AUDITOR = _EVERYONE | {Permission.EVENT_VIEW}
_ADMINISTRATOR = _EVERYONE | {
    Permission.ORGANIZATION_VIEW,
    Permission.ORGANIZATION_CREATE,
    Permission.ORGANIZATION_EDIT,
    Permission.MEMBERSHIP_VIEW,
}
_SECURITY_OFFICER = _EVERYONE | {
    Permission.ORGANIZATION_VIEW,
    Permission.MEMBERSHIP_VIEW,
    Permission.MEMBERSHIP_MANAGE,
    Permission.WEBHOOK_VIEW,
    Permission.WEBHOOK_SWITCH,
}

ROLE_PERMISSIONS: dict[tuple[Role, Rank], frozenset[Permission]] = {
    # Of the firm itself: an incubator that speaks for it asks nothing about its data.
    (Role.FIRM, Rank.OFFICER): _FIRM | {Permission.DATA_REQUEST_VIEW},
    (Role.FIRM, Rank.MANAGER): _FIRM
    | _MANAGING
    | {Permission.DATA_REQUEST_VIEW, Permission.DATA_REQUEST_OPEN},
    (Role.INCUBATOR, Rank.OFFICER): _INCUBATOR,
    (Role.INCUBATOR, Rank.MANAGER): _INCUBATOR | _MANAGING | {Permission.PRODUCT_PUBLISH},
    (Role.INSTITUTION, Rank.OFFICER): _INSTITUTION,
    (Role.INSTITUTION, Rank.MANAGER): _INSTITUTION
    | _MANAGING
    | _CONNECTING
    | {
        Permission.PRODUCT_PUBLISH,
        Permission.POLICY_PUBLISH,
        Permission.CONTACT_EDIT,
        Permission.REFERRAL_ASSIGN,
        Permission.AGGREGATE_SIGN,
    },
    (Role.DEPARTMENT, Rank.OFFICER): _DEPARTMENT,
    (Role.DEPARTMENT, Rank.MANAGER): _DEPARTMENT
    | _MANAGING
    | {
        Permission.DATA_REQUEST_ANSWER,
        Permission.STAGE_OVERRIDE,
        Permission.AGREEMENT_EDIT,
        Permission.ROUTE_EDIT,
        Permission.MODEL_VIEW,
        Permission.MODEL_MANAGE,
    },
    (Role.AUDITOR, Rank.OFFICER): _AUDITOR,
    (Role.AUDITOR, Rank.MANAGER): _AUDITOR,
    (Role.ADMINISTRATOR, Rank.OFFICER): _ADMINISTRATOR,
    (Role.ADMINISTRATOR, Rank.MANAGER): _ADMINISTRATOR,
    (Role.SECURITY_OFFICER, Rank.OFFICER): _SECURITY_OFFICER,
    (Role.SECURITY_OFFICER, Rank.MANAGER): _SECURITY_OFFICER,
}


def permissions_of(role: str, rank: str) -> frozenset[Permission]:
    """Return the words of a role; a combination that is not in the table has none."""
    return ROLE_PERMISSIONS.get((Role(role), Rank(rank)), frozenset())
