"""Which unit had a referral at the end of a past day."""

from backend.organizations.enums import OrganizationKind
from backend.organizations.models import Organization
from backend.referrals.enums import Step
from backend.referrals.models import ReferralStep
from backend.reports.scope import Recorded


def units_on(scope: Recorded) -> dict[int, int]:
    """Return the unit of every referral that moved later: the first later move says whence."""
    moves = (
        ReferralStep.objects.filter(
            recorded_at__gte=scope.cutoff,
            step__in=[Step.ASSIGNED, Step.SENT_UP],
            referral__in=scope.referrals().values("pk"),
        )
        .order_by("-pk")
        .values_list("referral_id", "data")
    )
    left = {referral: data["from"] for referral, data in moves if "from" in data}
    units = dict(
        Organization.objects.filter(
            kind=OrganizationKind.INSTITUTION, code__in=set(left.values())
        ).values_list("code", "pk")
    )
    return {referral: units[code] for referral, code in left.items() if code in units}
