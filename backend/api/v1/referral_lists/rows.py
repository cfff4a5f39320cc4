"""The rows of a list, and the needs that found no place."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.v1.referral_lists.filters import ListRowFilter
from backend.api.v1.referral_lists.inputs import ProductChangeInput, ReasonInput, RowInput
from backend.api.v1.referral_lists.outputs import ListRowOutput, UnplacedOutput
from backend.catalogue.models import Product
from backend.common.errors import InvalidInput
from backend.needs.models import Need
from backend.organizations.permissions import Permission
from backend.referrals import list_selectors
from backend.referrals.models import ListRow
from backend.referrals.services import editing


class ListRowsMixin:
    """Reading and editing rows."""

    row_words = {
        "rows": Permission.LIST_VIEW,
        "unplaced": Permission.LIST_VIEW,
        "add_row": Permission.LIST_DRAFT,
        "remove_row": Permission.LIST_DRAFT,
        "change_product": Permission.LIST_DRAFT,
    }

    @extend_schema(responses=ListRowOutput(many=True))
    @action(detail=True, filterset_class=ListRowFilter, serializer_class=ListRowOutput)
    def rows(self, request: Request, id: str) -> Response:
        """List the rows, also those that were taken off, with firm and product names."""
        rows = list_selectors.list_rows(self.get_object())
        return self.respond_page(self.filter_queryset(rows))

    @extend_schema(responses=UnplacedOutput(many=True))
    @action(detail=True, filterset_class=None, serializer_class=UnplacedOutput)
    def unplaced(self, request: Request, id: str) -> Response:
        """List the needs that the draft could not place, with the reasons."""
        needs = list_selectors.list_unplaced(self.get_object())
        return self.respond_page(self.filter_queryset(needs))

    @extend_schema(request=RowInput, responses={201: ListRowOutput})
    @rows.mapping.post
    def add_row(self, request: Request, id: str) -> Response:
        """Put a need on the list for the institution of a product, with a reason."""
        referral_list = self.get_object()
        values = self.read_input(RowInput)
        row = editing.add_row(
            actor=self.actor,
            referral_list=referral_list,
            need=self._named(Need.objects.visible_to(self.actor), "need", values["need"]),
            product=self._product(values["product"]),
            reason=values["reason"],
            expected_revision=self.expected_revision(),
        )
        return self._respond_row(row, status.HTTP_201_CREATED)

    @extend_schema(request=ReasonInput, responses=ListRowOutput)
    @action(detail=True, methods=["post"], url_path="rows/<uuid:row_id>/remove")
    def remove_row(self, request: Request, id: str, row_id: str) -> Response:
        """Take a row off, with a reason; it stays readable."""
        referral_list = self.get_object()
        row = editing.remove_row(
            actor=self.actor,
            referral_list=referral_list,
            row=self.find(referral_list.rows.all(), row_id),
            expected_revision=self.expected_revision(),
            now=timezone.now(),
            **self.read_input(ReasonInput),
        )
        return self._respond_row(row)

    @extend_schema(request=ProductChangeInput, responses=ListRowOutput)
    @action(detail=True, methods=["post"], url_path="rows/<uuid:row_id>/change-product")
    def change_product(self, request: Request, id: str, row_id: str) -> Response:
        """Mean another product of the same institution; answers with the row that takes over."""
        referral_list = self.get_object()
        row = self.find(referral_list.rows.all(), row_id)
        values = self.read_input(ProductChangeInput)
        changed = editing.change_product(
            actor=self.actor,
            referral_list=referral_list,
            row=row,
            product=self._product(values["product"]),
            reason=values["reason"],
            expected_revision=self.expected_revision(),
            now=timezone.now(),
        )
        return self._respond_row(changed)

    def _product(self, public_id: UUID) -> Product:
        products = Product.objects.visible_to(self.actor).select_related("institution")
        return self._named(products, "product", public_id)

    def _named(self, queryset: QuerySet, field: str, public_id: UUID) -> Need | Product:
        """Return what a body names among what the actor may know of."""
        found = queryset.filter(public_id=public_id).first()
        if found is None:
            raise InvalidInput.of(field, "not_found", f"没有标识为 {public_id} 的对象。")
        return found

    def _respond_row(self, row: ListRow, code: int = status.HTTP_200_OK) -> Response:
        """Answer with a row, and the ETag of the list that it changed."""
        shown = ListRow.objects.with_names().get(pk=row.pk)
        response = Response(ListRowOutput(shown).data, status=code)
        response.headers["ETag"] = self.etag_of(self.get_object())
        return response
