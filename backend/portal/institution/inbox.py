"""The institution's inbox and one referral."""

from uuid import UUID

from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse

from backend.organizations.permissions import Permission
from backend.portal.institution.forms import ANSWERS, answer_forms
from backend.portal.institution.pages import InstitutionPage
from backend.referrals.counterparts import contact_of_other_side
from backend.referrals.enums import ENDED
from backend.referrals.inbox import InboxPart, count_parts, inbox_of, lies_in
from backend.referrals.models import Referral
from backend.referrals.progress import open_referral
from backend.referrals.services.money import line_in_force, standing_drawdowns
from backend.referrals.tracks import TRACK_LABELS

_PAGE_SIZE = 30
_LONGEST_SEARCH = 60


class Inbox(InstitutionPage):
    """Referrals by what is to be done, the nearest due day first."""

    title = "推送收件箱"
    word = Permission.REFERRAL_VIEW
    template_name = "portal/institution/inbox.html"

    @transaction.atomic
    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one part, a page at a time."""
        asked = request.GET.get("show", InboxPart.NEW)
        part = InboxPart(asked) if asked in InboxPart.values else InboxPart.ALL
        sought = request.GET.get("q", "").strip()[:_LONGEST_SEARCH]
        chosen = self._search(inbox_of(self.actor), sought).filter(
            lies_in(part, today=self.actor.today)
        )
        due_first = F("next_due_on").asc(nulls_last=True)
        page = Paginator(
            chosen.order_by(due_first, "-sent_at", "-pk").values_list("pk", flat=True), _PAGE_SIZE
        ).get_page(request.GET.get("page"))
        numbers = count_parts(self.actor)
        return self.show(
            page=page,
            rows=self.rows_of(self.loaded(page)),
            part=part.value,
            sought=sought,
            may_answer=self.actor.has(Permission.REFERRAL_ANSWER),
            parts=[(one.value, one.label, numbers[one.value]) for one in InboxPart],
        )

    def _search(self, referrals: QuerySet[Referral], sought: str) -> QuerySet[Referral]:
        """Look into what every institution may know: the need's code, the product, the unit.

        Names of firms are not looked into: whoever consented to nothing would be found by theirs.
        """
        if not sought:
            return referrals
        return referrals.filter(
            Q(need__code__icontains=sought)
            | Q(product_version__name__icontains=sought)
            | Q(unit__name__icontains=sought)
        )


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
            answers=[
                (name, ANSWERS[name], form)
                for name, form in answer_forms(referral, actor=self.actor).items()
            ],
        )
