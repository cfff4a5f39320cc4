"""What is held about the firm, for the firm to take with it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from backend.common.errors import DomainError
from backend.data_requests.models import DataRequest
from backend.data_requests.services import KEPT
from backend.exchange.own_data_package import export_own_data
from backend.exchange.own_data_sections import SECTIONS
from backend.firms import services
from backend.organizations.enums import Rank
from backend.organizations.permissions import Permission
from backend.portal.firm.pages import FirmPage


class OwnData(FirmPage):
    """What the platform holds, how it is corrected, and one press that hands all of it over."""

    title = "我的数据"
    word = Permission.FIRM_VIEW
    template_name = "portal/firm/own_data.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Say what is held."""
        return self.show(
            sections=[section.title for section in SECTIONS],
            requests=[
                (one, one.is_overdue(self.actor.today))
                for one in DataRequest.objects.visible_to(self.actor).for_display().by_urgency()
            ],
            kept=KEPT,
            may_ask=self.actor.has(Permission.DATA_REQUEST_OPEN) and self.actor.has_authority,
            may_export=self.actor.membership.rank == Rank.MANAGER and self.actor.has_authority,
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Hand it over as one file; each time stands in the journal."""
        firm = services.choose_firm(self.actor, uscc=None)
        try:
            packed = export_own_data(actor=self.actor, firm=firm, now=self.now)
        except DomainError as error:
            messages.error(request, error.message)
            return redirect("portal:firm_profile_data")
        name = f"kerong-{firm.organization.code}-{timezone.localdate():%Y%m%d}.zip"
        return HttpResponse(
            packed,
            content_type="application/zip",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
