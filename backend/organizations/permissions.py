"""The words of permission, from general to particular; `roles` says who has which."""

from enum import StrEnum


class Permission(StrEnum):
    """One thing that a role may do; policies decide on which objects."""

    REFERENCE_VIEW = "reference:code:view"

    ORGANIZATION_VIEW = "organizations:organization:view"
    ORGANIZATION_EDIT = "organizations:organization:edit"
    ORGANIZATION_CREATE = "organizations:organization:create"
    MEMBERSHIP_VIEW = "organizations:membership:view"
    MEMBERSHIP_MANAGE = "organizations:membership:manage"
    AUTHORITY_PROVE = "organizations:authority:prove"

    KEY_MANAGE = "accounts:key:manage"

    FIRM_VIEW = "firms:firm:view"
    FIRM_CREATE = "firms:firm:create"
    FIRM_EDIT = "firms:firm:edit"
    STAGE_OVERRIDE = "firms:stage:override"
    ROSTER_IMPORT = "firms:roster:import"

    NEED_VIEW = "needs:need:view"
    NEED_CREATE = "needs:need:create"
    NEED_EDIT = "needs:need:edit"
    NEED_SUBMIT = "needs:need:submit"
    NEED_WITHDRAW = "needs:need:withdraw"
    NEED_VERIFY = "needs:need:verify"

    PRODUCT_VIEW = "catalogue:product:view"
    PRODUCT_EDIT = "catalogue:product:edit"
    PRODUCT_PUBLISH = "catalogue:product:publish"
    POLICY_VIEW = "catalogue:policy:view"
    POLICY_EDIT = "catalogue:policy:edit"
    POLICY_PUBLISH = "catalogue:policy:publish"

    MATCH_VIEW = "matches:match:view"
    RUN_VIEW = "matches:run:view"
    RUN_MANAGE = "matches:run:manage"
    MODEL_VIEW = "ranking:model:view"
    MODEL_MANAGE = "ranking:model:manage"

    CONTACT_VIEW = "partners:contact:view"
    CONTACT_EDIT = "partners:contact:edit"
    AGREEMENT_VIEW = "partners:agreement:view"
    AGREEMENT_EDIT = "partners:agreement:edit"

    CONSENT_VIEW = "consents:consent:view"
    CONSENT_GRANT = "consents:consent:grant"
    DISCLOSURE_VIEW = "consents:disclosure:view"

    LIST_VIEW = "referrals:list:view"
    LIST_DRAFT = "referrals:list:draft"
    LIST_APPROVE = "referrals:list:approve"
    LIST_SEND = "referrals:list:send"
    REFERRAL_VIEW = "referrals:referral:view"
    REFERRAL_ANSWER = "referrals:referral:answer"
    REFERRAL_ASSIGN = "referrals:referral:assign"
    DOCUMENT_GIVE = "referrals:document:give"
    ESCALATION_DECIDE = "referrals:escalation:decide"
    OUTCOME_CONFIRM = "referrals:outcome:confirm"
    OUTCOME_RECONCILE = "referrals:outcome:reconcile"
    MATTER_VIEW = "referrals:matter:view"
    MATTER_RAISE = "referrals:matter:raise"
    MATTER_MANAGE = "referrals:matter:manage"

    ACTIVITY_VIEW = "activities:activity:view"
    ACTIVITY_EDIT = "activities:activity:edit"
    PARTICIPANT_VIEW = "activities:participant:view"
    PARTICIPANT_APPLY = "activities:participant:apply"
    PARTICIPANT_DECIDE = "activities:participant:decide"
    PROJECT_VIEW = "activities:project:view"
    PROJECT_EDIT = "activities:project:edit"
    INTENT_VIEW = "activities:intent:view"
    INTENT_DECLARE = "activities:intent:declare"
    INTENT_ANSWER = "activities:intent:answer"
    RECOMMENDATION_VIEW = "recommendations:recommendation:view"
    RECOMMENDATION_EDIT = "recommendations:recommendation:edit"
    RECOMMENDATION_VERIFY = "recommendations:recommendation:verify"
    ROUTE_EDIT = "recommendations:route:edit"
    ENDORSEMENT_VIEW = "recommendations:endorsement:view"
    ENDORSEMENT_GIVE = "recommendations:endorsement:give"
    TENANT_VIEW = "recommendations:tenant:view"
    TENANT_IMPORT = "recommendations:tenant:import"

    DATA_REQUEST_VIEW = "data_requests:request:view"
    DATA_REQUEST_OPEN = "data_requests:request:open"
    DATA_REQUEST_ANSWER = "data_requests:request:answer"

    FIGURE_VIEW = "reports:figure:view"
    REPORT_DRAW = "reports:report:draw"
    AGGREGATE_VIEW = "filings:aggregate:view"
    AGGREGATE_EDIT = "filings:aggregate:edit"
    AGGREGATE_SIGN = "filings:aggregate:sign"
    INDICATOR_VIEW = "filings:indicator:view"
    INDICATOR_EDIT = "filings:indicator:edit"

    ANNOUNCEMENT_VIEW = "announcements:announcement:view"
    ANNOUNCEMENT_EDIT = "announcements:announcement:edit"

    EVENT_VIEW = "journal:event:view"

    WEBHOOK_VIEW = "webhooks:endpoint:view"
    WEBHOOK_EDIT = "webhooks:endpoint:edit"
    WEBHOOK_SWITCH = "webhooks:endpoint:switch"
    DELIVERY_VIEW = "webhooks:delivery:view"
    DELIVERY_REPLAY = "webhooks:delivery:replay"

    NOTIFICATION_VIEW = "notifications:notification:view"
