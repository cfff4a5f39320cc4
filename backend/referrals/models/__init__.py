"""Lists, the referrals that come of them, and what institutions and firms report."""

from backend.referrals.models.approvals import ApprovalSeat, ListApproval
from backend.referrals.models.coordination import Matter
from backend.referrals.models.escalations import EscalationCase
from backend.referrals.models.lists import ListRow, ReferralList, UnplacedNeed
from backend.referrals.models.outcomes import ApprovedLine, Drawdown, OutcomeReview
from backend.referrals.models.reassessments import Reassessment
from backend.referrals.models.referrals import (
    ClockEvent,
    DocumentRequest,
    Referral,
    ReferralStep,
    Seen,
)
from backend.referrals.models.rosters import RosterRow
from backend.referrals.models.sheets import Sheet, SheetRecall

__all__ = [
    "ApprovalSeat",
    "ApprovedLine",
    "ClockEvent",
    "DocumentRequest",
    "Drawdown",
    "EscalationCase",
    "ListApproval",
    "ListRow",
    "Matter",
    "OutcomeReview",
    "Reassessment",
    "Referral",
    "ReferralList",
    "ReferralStep",
    "RosterRow",
    "Seen",
    "Sheet",
    "SheetRecall",
    "UnplacedNeed",
]
