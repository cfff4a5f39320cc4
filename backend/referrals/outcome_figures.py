"""What reported money comes to, split by how far both sides agree; the parts are never summed."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from backend.referrals.enums import OutcomeState
from backend.referrals.models import Drawdown, OutcomeReview, Referral


@dataclass(frozen=True, slots=True)
class OutcomeShare:
    """How many drawdowns are in one state, and their amount in yuan."""

    count: int
    amount_yuan: int


def split_outcomes(referrals: Iterable[Referral]) -> dict[OutcomeState, OutcomeShare]:
    """Return number and amount of drawdowns by state, every state named; one query.

    What was reconciled counts with the amount that the department found, everything else as it
    was reported; what an institution took back does not count.
    """
    found = Subquery(
        OutcomeReview.objects.filter(drawdown=OuterRef("pk"), state=OutcomeState.RECONCILED)
        .order_by("-pk")
        .values("amount_yuan")[:1]
    )
    rows = (
        Drawdown.objects.filter(referral__in=referrals, voided_at__isnull=True)
        .annotate(found_yuan=found)
        .values_list("state", "amount_yuan", "found_yuan")
    )
    shares = dict.fromkeys(OutcomeState, (0, 0))
    for state, reported, reconciled in rows:
        count, amount = shares[OutcomeState(state)]
        counted = reconciled if state == OutcomeState.RECONCILED else reported
        shares[OutcomeState(state)] = (count + 1, amount + (counted or 0))
    return {state: OutcomeShare(*share) for state, share in shares.items()}
