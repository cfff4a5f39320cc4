"""The first page of an incubator, and its own products."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse

from backend.catalogue.models import Product
from backend.organizations.permissions import Permission
from backend.portal.incubator.pages import IncubatorPage
from backend.recommendations.models import Endorsement
from backend.recommendations.selectors import list_endorsable_needs

_PAGE_SIZE = 30


class Home(IncubatorPage):
    """What there is to do."""

    title = "工作台"
    template_name = "portal/incubator/home.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Count tenants, needs and words given."""
        today = self.actor.today
        return self.show(
            tenant_count=self.stays().current(today).count(),
            sharing_count=self.stays().current(today).sharing_progress().count(),
            need_count=list_endorsable_needs(self.actor).count(),
            endorsement_count=Endorsement.objects.visible_to(self.actor).standing().count(),
        )


class Products(IncubatorPage):
    """The incubator's own products, such as its seed fund."""

    title = "种子资金产品"
    word = Permission.PRODUCT_VIEW
    template_name = "portal/incubator/products.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """List them, drafts included."""
        own = Product.objects.visible_to(self.actor).filter(institution=self.actor.organization)
        page = Paginator(own.for_display(self.actor).order_by("code"), _PAGE_SIZE).get_page(
            request.GET.get("page")
        )
        rows = [(one, one.current_version or next(iter(one.visible_drafts), None)) for one in page]
        return self.show(page=page, rows=rows)
