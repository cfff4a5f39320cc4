"""What an institution offers: its products, their versions, drafts, publication and closing."""

from typing import Any, ClassVar, Final
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from backend.catalogue import policies, selectors, services
from backend.catalogue.content import content_of, differences
from backend.catalogue.enums import ProductStatus
from backend.catalogue.models import Product, ProductVersion
from backend.catalogue.selectors import ShownProduct
from backend.organizations.permissions import Permission
from backend.portal.institution.pages import InstitutionPage
from backend.portal.institution.product_forms import CloseForm, ProductForm
from backend.portal.product_text import changes_of, lines_of

_PAGE_SIZE = 30
_SHOWN_VERSIONS = 20
SELECTIONS: Final = {
    "published": "已发布",
    "draft": "待发布",
    "closed": "已下架",
    "all": "全部",
}


class ProductPage(InstitutionPage):
    """A page about products of the institution and of the units below it."""

    word = Permission.PRODUCT_VIEW

    def products(self) -> QuerySet[Product]:
        """Return the own products with what pages show of them."""
        own = Product.objects.visible_to(self.actor).own_of(self.actor)
        return own.for_display(self.actor)

    def find_shown(self, product_id: UUID) -> ShownProduct:
        """Return one product as this actor sees it."""
        return selectors.show_product(self.find(self.products(), product_id), actor=self.actor)


def address_of(product: Product) -> str:
    """Return where a product is shown."""
    return reverse("portal:institution_products_one", args=[product.public_id])


class ProductList(ProductPage):
    """The own products by state."""

    title = "金融产品"
    template_name = "portal/institution/products.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one selection, a page at a time."""
        drafts = ProductVersion.objects.drafts().filter(product=OuterRef("pk"))
        products = self.products().annotate(has_draft=Exists(drafts))
        chosen = {
            "published": Q(status=ProductStatus.PUBLISHED),
            "draft": Q(has_draft=True),
            "closed": Q(status=ProductStatus.CLOSED),
            "all": Q(),
        }
        selection = request.GET.get("show", "all")
        if selection not in SELECTIONS:
            selection = "all"
        page = Paginator(products.filter(chosen[selection]).order_by("code"), _PAGE_SIZE).get_page(
            request.GET.get("page")
        )
        own = Product.objects.visible_to(self.actor).own_of(self.actor)
        numbers = own.annotate(has_draft=Exists(drafts)).aggregate(
            **{
                name: Count("pk", filter=part) if part else Count("pk")
                for name, part in chosen.items()
            }
        )
        return self.show(
            page=page,
            products=[selectors.show_product(one, actor=self.actor) for one in page],
            selection=selection,
            selections=[(code, label, numbers[code]) for code, label in SELECTIONS.items()],
            may_edit=self.actor.has(Permission.PRODUCT_EDIT),
        )


class ProductDetail(ProductPage):
    """One product: what is in force, what is drafted, and what every version changed."""

    template_name = "portal/institution/product.html"

    def get(self, request: HttpRequest, product_id: UUID) -> HttpResponse:
        """Show the product."""
        shown = self.find_shown(product_id)
        product = shown.product
        versions = (
            ProductVersion.objects.visible_to(self.actor)
            .filter(product=product, published_at__isnull=False)
            .select_related("variant_of")
            .order_by("-number")[:_SHOWN_VERSIONS]
        )
        in_force = product.current_version
        is_closed = product.status == ProductStatus.CLOSED
        return self.show(
            title=shown.version.name,
            shown=shown,
            lines=lines_of(shown.version),
            changes=changes_of(differences(content_of(in_force), content_of(shown.draft)))
            if in_force is not None and shown.draft is not None
            else [],
            versions=[
                (change.version, changes_of(change.differences))
                for change in selectors.list_changes(list(versions))
            ],
            may_edit=not is_closed
            and policies.can_edit_products_of(self.actor, product.institution),
            may_publish=not is_closed and policies.can_publish_product(self.actor, product),
        )


class NewProduct(ProductPage):
    """A draft, of which only the name has to be given."""

    title = "新建产品"
    word = Permission.PRODUCT_EDIT
    template_name = "portal/institution/product_form.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the empty form."""
        return self.show(form=ProductForm(actor=self.actor))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the draft."""
        form = ProductForm(request.POST, actor=self.actor)

        def create() -> Product:
            return services.create_product(
                actor=self.actor, institution=self.actor.organization, values=form.values()
            )

        return self.submit(
            form, create, to=address_of, done="已保存为草稿；发布前不对外公开，也不参与比对。"
        )


class EditProduct(ProductPage):
    """The draft, changed; what is published stays in force meanwhile."""

    word = Permission.PRODUCT_EDIT
    template_name = "portal/institution/product_form.html"

    def get(self, request: HttpRequest, product_id: UUID) -> HttpResponse:
        """Show the form as the draft stands, or what is in force."""
        shown = self.find_shown(product_id)
        return self.show(form=self._form(shown), **self._context(shown))

    def post(self, request: HttpRequest, product_id: UUID) -> HttpResponse:
        """Keep the changes in the draft."""
        shown = self.find_shown(product_id)
        form = self._form(shown, request.POST)

        def update() -> Product:
            return services.update_product(
                actor=self.actor,
                product=shown.product,
                values=form.values(),
                expected_revision=self.expected_revision(shown.product),
            )

        return self.submit(
            form,
            update,
            to=address_of,
            done="已保存为草稿；现行版本在发布前不变。",
            **self._context(shown),
        )

    def _form(self, shown: ShownProduct, data: Any = None) -> ProductForm:
        return ProductForm(data, actor=self.actor, base=shown.draft or shown.version)

    def _context(self, shown: ShownProduct) -> dict[str, Any]:
        return {"title": f"修改产品：{shown.version.name}", "shown": shown}


class CloseProduct(ProductPage):
    """Taking a product off the catalogue, for good."""

    word = Permission.PRODUCT_PUBLISH
    title: ClassVar[str] = "下架产品"
    template_name = "portal/institution/product_close.html"

    def get(self, request: HttpRequest, product_id: UUID) -> HttpResponse:
        """Say what closing means."""
        return self.show(shown=self.find_shown(product_id), form=CloseForm())

    def post(self, request: HttpRequest, product_id: UUID) -> HttpResponse:
        """Take the product off."""
        shown = self.find_shown(product_id)
        form = CloseForm(request.POST)

        def close() -> Product:
            return services.close_product(
                actor=self.actor,
                product=shown.product,
                reason=form.cleaned_data["reason"],
                expected_revision=self.expected_revision(shown.product),
                now=self.now,
            )

        return self.submit(form, close, to=address_of, done="产品已下架。", shown=shown)
