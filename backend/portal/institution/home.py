"""The first page of an institution: what waits today."""

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse

from backend.catalogue.models import ProductVersion
from backend.filings.models import Aggregate
from backend.organizations.permissions import Permission
from backend.portal.institution.pages import InstitutionPage
from backend.referrals.inbox import count_parts, inbox_of
from backend.referrals.models import Sheet

_SHOWN_REFERRALS = 8
_SHOWN_SHEETS = 5


class Home(InstitutionPage):
    """What waits today, the sheets that came last, and the funnel in short."""

    title = "工作台"
    template_name = "portal/institution/home.html"
    word = Permission.REFERRAL_VIEW

    @transaction.atomic
    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the page; the funnel is fetched after it."""
        due_first = F("next_due_on").asc(nulls_last=True)
        waiting = inbox_of(self.actor).at_work().order_by(due_first, "-sent_at", "-pk")
        nearest = waiting.values_list("pk", flat=True)[:_SHOWN_REFERRALS]
        sheets = Sheet.objects.visible_to(self.actor).for_display().select_related("referral_list")
        drafts = ProductVersion.objects.visible_to(self.actor).drafts()
        aggregates = Aggregate.objects.visible_to(self.actor).filter(signed_at__isnull=True)
        return self.show(
            parts=count_parts(self.actor),
            rows=self.rows_of(self.loaded(nearest)),
            sheets=sheets.order_by("-sent_at", "-pk")[:_SHOWN_SHEETS],
            drafts=drafts.count(),
            unsigned=aggregates.filter(institution=self.actor.organization).count(),
        )
