"""Send a list of either kind."""

from typing import Any

from backend.referrals.enums import ListKind
from backend.referrals.models import ReferralList
from backend.referrals.services.rosters import send_roster
from backend.referrals.services.sending import Sending, send_list


def send(*, referral_list: ReferralList, **values: Any) -> Sending:
    """Send needs as referrals, or firms as a roster."""
    is_roster = referral_list.kind == ListKind.ROSTER
    return (send_roster if is_roster else send_list)(referral_list=referral_list, **values)
