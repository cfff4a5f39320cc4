"""The nearest due day of a referral, kept beside it so that inboxes filter and sort by it.

Whatever starts, stops or rests a clock comes here: sending, every step, a consent to report
progress, the days agreed. What time alone changes (a consent that expires), the sweep sees.
"""

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import timezone

from backend.consents.disclosure import groups_reported
from backend.consents.enums import FieldGroup
from backend.needs.enums import NeedStatus
from backend.referrals.clocks import ReferralClock, ReferralFacts, next_due, read_clocks
from backend.referrals.enums import ENDED
from backend.referrals.models import Referral
from backend.referrals.reporting import allowed_by, clocks_of, list_reporting, promises_of


def refresh_due_day(referral: Referral, now: datetime) -> None:
    """Work out the nearest due day of a locked referral anew, without saving it."""
    if referral.status in ENDED or referral.need.status == NeedStatus.FUNDED:
        referral.next_due_on = None
        return
    groups = list_reporting([referral], day=timezone.localdate(now))[referral.pk]
    referral.next_due_on = next_due(clocks_of(referral, groups, now))


def store_due_day(referral: Referral, clocks: tuple[ReferralClock, ...]) -> bool:
    """Store the day that follows from the clocks if it is another; tell whether it was.

    Beside the revision: the day is shown with the clocks, which are read anew. Whoever changed
    the referral in the meantime has worked it out as well.
    """
    day = next_due(clocks)
    if referral.next_due_on == day:
        return False
    rows = Referral.objects.filter(pk=referral.pk, revision=referral.revision)
    return bool(rows.update(next_due_on=day))


def refresh_due_days(referrals: QuerySet[Referral], now: datetime) -> int:
    """Store the due days of referrals at work anew; return how many are others now."""
    found = list(
        referrals.at_work().filter(need__status=NeedStatus.IN_REFERRAL).with_story().order_by("pk")
    )
    reporting = list_reporting(found, day=timezone.localdate(now))
    return sum(store_due_day(one, clocks_of(one, reporting[one.pk], now)) for one in found)


def set_first_due_days(referrals: Sequence[Referral], now: datetime) -> None:
    """Give referrals that are being sent, and are not stored yet, their first due day.

    They come with agreement and product. One query; referrals under one agreement with one
    version share their clocks.
    """
    pairs = [(referral.need_id, referral.institution_id) for referral in referrals]
    reported = groups_reported(pairs=pairs, day=timezone.localdate(now))
    days: dict[tuple[int, int, str], date | None] = {}
    for referral in referrals:
        if FieldGroup.PROGRESS not in reported[referral.need_id, referral.institution_id]:
            continue
        key = (referral.agreement_id, referral.product_version_id, referral.track)
        if key not in days:
            facts = ReferralFacts(
                track=referral.track,
                started_at=referral.sent_at,
                allowed=allowed_by(referral.agreement),
                **promises_of(referral.product_version),
            )
            days[key] = next_due(read_clocks(facts, now))
        referral.next_due_on = days[key]
