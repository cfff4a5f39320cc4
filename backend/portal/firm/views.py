"""The firm's first page and its needs."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from backend.matches.answers import Part, describe_need
from backend.matches.catalogue_memory import catalogues
from backend.needs.lifecycle import EDITABLE, TRANSITIONS, NeedAction
from backend.organizations.permissions import Permission
from backend.portal.firm.pages import FirmPage
from backend.referrals.models import Referral
from backend.referrals.progress import describe_progress

_SHOWN_MATCHES = 20
_SHOWN_NEAR_MISSES = 6


class Home(FirmPage):
    """Where each need stands, and what waits for the firm."""

    title = "我的融资"
    word = Permission.NEED_VIEW
    template_name = "portal/firm/home.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """List the firm's needs, the newest first."""
        return self.show(needs=self.needs().order_by("-pk")[:50])


class NeedDetail(FirmPage):
    """One need: what it asks, where it stands, and what suits it."""

    word = Permission.MATCH_VIEW
    template_name = "portal/firm/need.html"

    def get(self, request: HttpRequest, need_id: UUID) -> HttpResponse:
        """Show the need with its current matches."""
        need = self.find(self.needs(), need_id)
        found = describe_need(
            catalogues.current(),
            need.pk,
            parts=list(Part),
            as_of=self.actor.today,
            top=_SHOWN_MATCHES,
            with_scores=True,
        )
        return self.show(
            title=f"需求 {need.code}",
            need=need,
            found=found,
            near_misses=found["near_misses"][:_SHOWN_NEAR_MISSES],
            progress=describe_progress(need=need, actor=self.actor, now=self.now),
            referrals=Referral.objects.visible_to(self.actor).filter(need=need).with_story(),
            is_editable=need.status in EDITABLE,
            can_withdraw=(need.status, NeedAction.WITHDRAW) in TRANSITIONS,
        )
