"""Products: list, read, draft, publish, close, and their versions."""

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.filters import refuse_unknown_parameters
from backend.api.v1.products.filters import ProductFilter
from backend.api.v1.products.inquiries import ProductInquiriesMixin
from backend.api.v1.products.matches import ProductMatchesMixin
from backend.api.v1.products.serializers import (
    CloseInput,
    ProductChange,
    ProductInput,
    ProductOutput,
    PublishInput,
    VersionOutput,
)
from backend.api.viewsets import ListMixin, ResourceViewSet, RetrieveMixin
from backend.catalogue import selectors, services
from backend.catalogue.models import Product, ProductVersion
from backend.catalogue.selectors import ShownProduct
from backend.organizations.permissions import Permission


class ProductViewSet(
    ProductMatchesMixin, ProductInquiriesMixin, ListMixin, RetrieveMixin, ResourceViewSet
):
    """What institutions offer; institutions also see their own drafts and closed products."""

    queryset = Product.objects.none()
    serializer_class = ProductOutput
    filterset_class = ProductFilter
    holds_confidential_rows = False
    permission_words = {
        "list": Permission.PRODUCT_VIEW,
        "retrieve": Permission.PRODUCT_VIEW,
        "versions": Permission.PRODUCT_VIEW,
        "create": Permission.PRODUCT_EDIT,
        "partial_update": Permission.PRODUCT_EDIT,
        "publish": Permission.PRODUCT_PUBLISH,
        "close": Permission.PRODUCT_PUBLISH,
        **ProductMatchesMixin.match_permission_words,
        **ProductInquiriesMixin.inquiry_permission_words,
    }

    def get_queryset(self) -> QuerySet[Product]:
        """Start from the visible products, by code."""
        visible = Product.objects.visible_to(self.actor)
        return visible.for_display(self.actor).order_by("code")

    def get_object(self) -> ShownProduct:
        """Return the product as this actor sees it."""
        return selectors.show_product(super().get_object(), actor=self.actor)

    def revisions_beside(self, instance: ShownProduct) -> tuple[int, ...]:
        """Count the institution, whose name stands with the product."""
        return (instance.product.institution.revision,)

    def respond_page(self, queryset: QuerySet[Product]) -> Response:
        """Answer with one page of products as this actor sees them."""
        page = [
            selectors.show_product(product, actor=self.actor)
            for product in self.paginate_queryset(queryset)
        ]
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(request=ProductInput, responses={201: ProductOutput})
    def create(self, request: Request) -> Response:
        """Draft a product; conditions left out count as undisclosed once it is published."""
        values = self.read_input(ProductInput)
        institution = self.actor.organization
        if "institution" in values:
            institution = selectors.get_offering_institution(values.pop("institution"))
        product = services.create_product(
            actor=self.actor,
            institution=institution,
            code=values.pop("code", None),
            values=values,
        )
        return self._respond_product(product, status.HTTP_201_CREATED)

    @extend_schema(request=ProductChange, responses=ProductOutput)
    def partial_update(self, request: Request, id: str) -> Response:
        """Change the draft; what is published stays in force until the draft is published."""
        shown = self.get_object()
        product = services.update_product(
            actor=self.actor,
            product=shown.product,
            expected_revision=self.expected_revision(),
            values=self.read_input(ProductChange, partial=True),
        )
        return self._respond_product(product)

    @extend_schema(request=PublishInput, responses=ProductOutput)
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, id: str) -> Response:
        """Put the draft in force; matches follow at once."""
        shown = self.get_object()
        product = services.publish_product(
            actor=self.actor,
            product=shown.product,
            expected_revision=self.expected_revision(),
            now=timezone.now(),
            **self.read_input(PublishInput),
        )
        return self._respond_product(product)

    @extend_schema(request=CloseInput, responses=ProductOutput)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, id: str) -> Response:
        """Take the product off, for good."""
        shown = self.get_object()
        values = self.read_input(CloseInput)
        product = services.close_product(
            actor=self.actor,
            product=shown.product,
            expected_revision=self.expected_revision(),
            now=timezone.now(),
            reason=values.get("reason") or "",
        )
        return self._respond_product(product)

    @extend_schema(responses=VersionOutput(many=True))
    @action(detail=True, filterset_class=None)
    def versions(self, request: Request, id: str) -> Response:
        """List the versions, the newest first, each with its differences to the one before."""
        shown = self.get_object()
        refuse_unknown_parameters(request, set(self.paginator.query_parameters))
        versions = (
            ProductVersion.objects.visible_to(self.actor)
            .filter(product=shown.product)
            .select_related("variant_of")
            .order_by("-number")
        )
        changes = selectors.list_changes(self.paginate_queryset(versions))
        return self.get_paginated_response(VersionOutput(changes, many=True).data)

    def _respond_product(self, product: Product, code: int = status.HTTP_200_OK) -> Response:
        reloaded = self.find(self.get_queryset(), product.public_id)
        return self.respond(selectors.show_product(reloaded, actor=self.actor), code)
