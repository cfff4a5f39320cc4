"""Lists, the referrals that come of them, and what institutions and firms report."""

from backend.referrals.models.coordination import Matter
from backend.referrals.models.escalations import EscalationCase
from backend.referrals.models.lists import ListApproval, ListRow, ReferralList, Sheet
from backend.referrals.models.outcomes import ApprovedLine, Drawdown, OutcomeReview
from backend.referrals.models.referrals import (
    ClockEvent,
    DocumentRequest,
    Referral,
    ReferralStep,
    Seen,
)

__all__ = [
    "ApprovedLine",
    "ClockEvent",
    "DocumentRequest",
    "Drawdown",
    "EscalationCase",
    "ListApproval",
    "ListRow",
    "Matter",
    "OutcomeReview",
    "Referral",
    "ReferralList",
    "ReferralStep",
    "Seen",
    "Sheet",
]
