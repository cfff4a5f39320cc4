"""The firm's first page."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse

from backend.organizations.permissions import Permission
from backend.portal.firm.pages import FirmPage
from backend.referrals.waiting import documents_to_give, drawdowns_to_check

_PAGE_SIZE = 20


class Home(FirmPage):
    """What waits for the firm, and where each need stands."""

    title = "我的融资"
    word = Permission.NEED_VIEW
    template_name = "portal/firm/home.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """List the firm's needs, the newest first."""
        page = Paginator(self.needs().order_by("-pk"), _PAGE_SIZE).get_page(request.GET.get("page"))
        return self.show(
            page=page,
            drawdowns=list(drawdowns_to_check(self.actor)),
            waiting=list(documents_to_give(self.actor)),
        )
