"""The catalogue as the department reviews it: what is offered, what is not published, what ends."""

from datetime import timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse

from backend.catalogue.enums import ProductStatus
from backend.catalogue.models import Product
from backend.catalogue.selectors import list_changes
from backend.organizations.permissions import Permission
from backend.portal.department.pages import DepartmentPage

_SOON = timedelta(days=30)
SELECTIONS = {
    "published": "在办",
    "undisclosed": "有条件未公布",
    "ending": "30 天内到期",
    "ended": "已到期",
    "closed": "已下架",
}


class CataloguePage(DepartmentPage):
    """A page about products of institutions."""

    word = Permission.PRODUCT_VIEW

    def products(self) -> QuerySet[Product]:
        """Return the visible products with what pages show of them."""
        return Product.objects.visible_to(self.actor).for_display(self.actor)


class Products(CataloguePage):
    """Products by what there is to look at."""

    title = "产品目录"
    template_name = "portal/department/products.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one selection, a page at a time."""
        selection = self.selection([*SELECTIONS])
        rows = self.products().filter(self._says(selection))
        wanted = request.GET.get("q", "").strip()[:60]
        if wanted:
            rows = rows.filter(
                Q(code__icontains=wanted)
                | Q(current_version__name__icontains=wanted)
                | Q(institution__name__icontains=wanted)
            )
        return self.show(
            page=self.rows_page(rows.order_by("institution__name", "code")),
            selection=selection,
            selections=SELECTIONS.items(),
            wanted=wanted,
        )

    def _says(self, selection: str) -> Q:
        today = self.actor.today
        published = Q(status=ProductStatus.PUBLISHED)
        match selection:
            case "undisclosed":
                return published & ~Q(current_version__undisclosed=[])
            case "ending":
                soon = (today + timedelta(days=1), today + _SOON)
                return published & Q(current_version__valid_until__range=soon)
            case "ended":
                return published & Q(current_version__valid_until__lte=today)
            case "closed":
                return Q(status=ProductStatus.CLOSED)
        return published


class ProductDetail(CataloguePage):
    """One product: its conditions, what is not published, and every version."""

    template_name = "portal/department/product.html"

    def get(self, request: HttpRequest, product_id: UUID) -> HttpResponse:
        """Show the product."""
        product = self.find(self.products(), product_id)
        versions = product.versions.visible_to(self.actor).select_related("variant_of")
        changes = list_changes(list(versions.order_by("-number")))
        return self.show(
            title=product.current_version.name,
            product=product,
            version=product.current_version,
            changes=changes,
        )
