"""The institution's inbox and one referral."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse

from backend.organizations.permissions import Permission
from backend.portal.institution.forms import answer_forms
from backend.portal.institution.pages import InstitutionPage
from backend.referrals.counterparts import contact_of_other_side
from backend.referrals.enums import ENDED, ReferralStatus
from backend.referrals.models import Referral
from backend.referrals.progress import open_referral
from backend.referrals.services.money import line_in_force, standing_drawdowns
from backend.referrals.tracks import TRACK_LABELS

_PAGE_SIZE = 30
SELECTIONS: Final[Mapping[str, str]] = {
    "new": "待受理",
    "work": "办理中",
    "late": "已逾期",
    "ended": "已办结",
    "all": "全部",
}


class Inbox(InstitutionPage):
    """Referrals by what is to be done, the nearest due day first."""

    title = "推送收件箱"
    word = Permission.REFERRAL_VIEW
    template_name = "portal/institution/inbox.html"

    @transaction.atomic
    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one selection, a page at a time."""
        selection = request.GET.get("show", "new")
        if selection not in SELECTIONS:
            selection = "all"
        chosen = self._select(self.referrals(), selection)
        page = Paginator(
            chosen.order_by(F("next_due_on").asc(nulls_last=True), "-sent_at", "-pk"), _PAGE_SIZE
        ).get_page(request.GET.get("page"))
        counted = Referral.objects.visible_to(self.actor)
        return self.show(
            page=page,
            rows=self.rows_of(list(page)),
            selection=selection,
            selections=[
                (code, label, self._select(counted, code).count() if code != "all" else None)
                for code, label in SELECTIONS.items()
            ],
        )

    def _select(self, referrals: QuerySet[Referral], selection: str) -> QuerySet[Referral]:
        match selection:
            case "new":
                return referrals.filter(status=ReferralStatus.SENT)
            case "work":
                return referrals.at_work().exclude(status=ReferralStatus.SENT)
            case "late":
                return referrals.at_work().filter(next_due_on__lt=self.actor.today)
            case "ended":
                return referrals.filter(status__in=sorted(ENDED))
        return referrals


class ReferralDetail(InstitutionPage):
    """One referral: what is asked, by when, and the answers that are possible now."""

    word = Permission.REFERRAL_VIEW
    template_name = "portal/institution/referral.html"

    @transaction.atomic
    def get(self, request: HttpRequest, referral_id: UUID) -> HttpResponse:
        """Show the referral and mark it as read."""
        referral = self.find(self.referrals(), referral_id)
        open_referral(referral=referral, actor=self.actor)
        (row,) = self.rows_of([referral])
        drawdowns = standing_drawdowns(referral)
        return self.show(
            title=f"推送 {row.need.get('code', '')}",
            row=row,
            referral=referral,
            track_label=TRACK_LABELS[referral.track],
            line=line_in_force(referral),
            drawdowns=drawdowns,
            drawn_yuan=sum(one.amount_yuan for one in drawdowns),
            contact=contact_of_other_side(
                referral, actor=self.actor, described=row.view.described, day=self.actor.today
            ),
            is_ended=referral.status in ENDED,
            forms={
                name.replace("-", "_"): form
                for name, form in answer_forms(referral, actor=self.actor).items()
            },
        )
