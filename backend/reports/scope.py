"""What a report is about: whose rows, of which period, as they were known on which day."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from django.db.models import Q, QuerySet

from backend.common.errors import InvalidInput
from backend.common.workdays import HOURS
from backend.firms.models import FirmTraits
from backend.needs.models import Need
from backend.organizations.actors import Actor
from backend.organizations.permissions import Permission
from backend.reference.regions import lies_in
from backend.referrals.models import Referral

EARLIEST = date(2000, 1, 1)
LONGEST = timedelta(days=3_660)
_FEBRUARY, _LEAP_DAY, _LAST_DAY = 2, 29, 28


class Recorded(Protocol):
    """What had been recorded before a midnight, of some needs and referrals."""

    @property
    def cutoff(self) -> datetime:
        """The midnight; what was recorded before it counts."""

    @property
    def last_recorded(self) -> date:
        """The day that the midnight ends."""

    def needs(self) -> QuerySet[Need]:
        """Return the needs."""

    def referrals(self) -> QuerySet[Referral]:
        """Return the referrals that were sent before it."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The reader, a region (None for institutions), the days ``start`` <= day < ``end``.

    ``as_of`` is the day at whose end the figures are drawn: nothing recorded later counts.
    """

    actor: Actor
    region: str | None
    start: date
    end: date
    as_of: date

    @property
    def cutoff(self) -> datetime:
        """The midnight that ends the day; what was recorded before it counts."""
        return HOURS.end_of(self.as_of)

    @property
    def last_recorded(self) -> date:
        """The day that the midnight ends."""
        return self.as_of

    @property
    def last_day(self) -> date:
        """The last day of the period that has been, on which stocks are counted."""
        return min(self.as_of, self.end - timedelta(days=1))

    @property
    def last_midnight(self) -> datetime:
        """The midnight that ends the last day."""
        return HOURS.end_of(self.last_day)

    def needs(self) -> QuerySet[Need]:
        """Return the needs that the reader sees in the region; none for institutions."""
        return Need.objects.visible_to(self.actor).filter(self.inside(firm="firm"))

    def referrals(self) -> QuerySet[Referral]:
        """Return the referrals that the reader sees and that were sent until the day."""
        referrals = Referral.objects.visible_to(self.actor).filter(sent_at__lt=self.cutoff)
        return referrals.filter(self.inside(firm="need__firm"))

    def inside(self, *, firm: str) -> Q:
        """Say "of a firm that lay in the region on the day"; ``firm`` leads to the firm."""
        if self.region is None:
            return Q()
        return FirmTraits.objects.all().lying_in(self.region, self.cutoff, firm=firm)


def make_scope(
    *,
    actor: Actor,
    region: str | None = None,
    start: date | None = None,
    end: date | None = None,
    as_of: date | None = None,
) -> Scope:
    """Return what a reader asks about; by default the year of the day until the day itself.

    Raises NotPermitted for roles without figures and InvalidInput for what cannot be drawn.
    """
    actor.require(Permission.FIGURE_VIEW)
    as_of = day_drawn(actor, as_of)
    last = max(end, EARLIEST) - timedelta(days=1) if end else as_of
    start = start or last.replace(month=1, day=1)
    end = end or as_of + timedelta(days=1)
    if start < EARLIEST or not timedelta(0) < end - start <= LONGEST:
        raise InvalidInput.of(
            "until",
            "out_of_range",
            f"期间 {start} 至 {end}（不含）不可用；止日应晚于起日，最长十年，不早于 {EARLIEST}。",
        )
    return Scope(actor, _region(actor, region), start, end, as_of)


def day_drawn(actor: Actor, as_of: date | None) -> date:
    """Return the day as of which figures are drawn, by default today; no day to come."""
    as_of = as_of or actor.today
    if not EARLIEST <= as_of <= actor.today:
        raise InvalidInput.of(
            "as_of", "out_of_range", f"“{as_of}”应为 {EARLIEST} 至今天（{actor.today}）的日期。"
        )
    return as_of


def one_year_before(day: date) -> date:
    """Return the same day of the year before; 29 February becomes the 28th."""
    if (day.month, day.day) == (_FEBRUARY, _LEAP_DAY):
        return day.replace(year=day.year - 1, day=_LAST_DAY)
    return day.replace(year=day.year - 1)


def _region(actor: Actor, region: str | None) -> str | None:
    """Return the department's region, or the one below it that was asked for."""
    if not actor.is_department:
        if region is not None:
            raise InvalidInput.of("region", "not_available", "机构的统计不按地区筛选。")
        return None
    if region is not None and not lies_in(region, actor.region):
        raise InvalidInput.of(
            "region", "outside", f"“{region[:20]}”不是本部门所在地区或其下级地区的代码。"
        )
    return region or actor.region
