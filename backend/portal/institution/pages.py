"""What every page of an institution shares."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, ClassVar, NamedTuple

from django.db.models import QuerySet

from backend.common.clocks import ClockState
from backend.consents.enums import Channel
from backend.organizations.enums import Role
from backend.portal.pages import Page
from backend.referrals.clocks import ReferralClock
from backend.referrals.enums import ReferralStatus
from backend.referrals.models import Referral
from backend.referrals.progress import ReferralView, list_views

_RUNNING = frozenset({ClockState.RUNNING, ClockState.OVERDUE})
_DECLINE = ("decline", "不合适")
_QUICK = {
    ReferralStatus.SENT: (_DECLINE,),
    ReferralStatus.ACKNOWLEDGED: (("approve", "批准"), _DECLINE),
    ReferralStatus.IN_CONTACT: (("approve", "批准"), _DECLINE),
    ReferralStatus.APPROVED: (("disburse", "放款"),),
}


class ReferralRow(NamedTuple):
    """A referral with what was worked out for its reader."""

    referral: Referral
    view: ReferralView

    @property
    def need(self) -> dict[str, Any]:
        """What the institution may know of need and firm."""
        return self.view.described or {}

    @property
    def nearest_clock(self) -> list[ReferralClock]:
        """The clock that ends first of those that still run, where there is one."""
        running = [clock for clock in self.view.clocks if clock.state in _RUNNING]
        return sorted(running, key=lambda clock: clock.due_on or date.max)[:1]

    @property
    def quick_answers(self) -> tuple[tuple[str, str], ...]:
        """The forms that a list leads to at once: code and label, by where the referral stands."""
        return _QUICK.get(ReferralStatus(self.referral.status), ())

    @property
    def verdict(self) -> str:
        """What the comparison with the published conditions said when the list was drafted."""
        return "eligible" if self.referral.list_row.is_eligible else "to_confirm"


class InstitutionPage(Page):
    """A page of an institution's people."""

    roles: ClassVar[frozenset[Role]] = frozenset({Role.INSTITUTION})

    def referrals(self) -> QuerySet[Referral]:
        """Return the referrals that this unit works on, with their story and unread marks."""
        visible = Referral.objects.visible_to(self.actor)
        return visible.with_story().with_unread_of(self.actor.user)

    def loaded(self, keys: Iterable[int]) -> list[Referral]:
        """Load the referrals of one page, in its order; sorting them all loaded would cost more."""
        keys = list(keys)
        found = self.referrals().in_bulk(keys)
        return [found[key] for key in keys]

    def rows_of(self, referrals: Sequence[Referral]) -> list[ReferralRow]:
        """Work out what is shown of referrals; what is shown of firms is recorded."""
        views = list_views(referrals, actor=self.actor, now=self.now, channel=Channel.PORTAL)
        return [ReferralRow(referral, views[referral.pk]) for referral in referrals]
