"""Aggregates: list, read, prepare, change, sign, discard."""

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.serializers import EmptyInput
from backend.api.v1.aggregates.serializers import (
    AggregateChange,
    AggregateInput,
    AggregateOutput,
)
from backend.api.viewsets import ListMixin, ResourceViewSet, RetrieveMixin
from backend.filings import services
from backend.filings.enums import PeriodKind
from backend.filings.models import Aggregate
from backend.organizations.permissions import Permission


class AggregateFilter(filters.FilterSet):
    """By institution, period, and whether it is signed."""

    institution = filters.CharFilter(field_name="institution__code", max_length=64)
    period_kind = filters.ChoiceFilter(choices=PeriodKind.choices)
    period_from = filters.DateFilter()
    signed = filters.BooleanFilter(
        field_name="signed_at", lookup_expr="isnull", exclude=True, label="已签报"
    )
    ordering = filters.OrderingFilter(fields={"period_from": "period_from"})

    class Meta:
        model = Aggregate
        fields: list[str] = []


class AggregateViewSet(ListMixin, RetrieveMixin, ResourceViewSet):
    """What institutions report per period, every version; a department sees what was signed."""

    queryset = Aggregate.objects.none()
    serializer_class = AggregateOutput
    filterset_class = AggregateFilter
    permission_words = {
        "list": Permission.AGGREGATE_VIEW,
        "retrieve": Permission.AGGREGATE_VIEW,
        "create": Permission.AGGREGATE_EDIT,
        "partial_update": Permission.AGGREGATE_EDIT,
        "discard": Permission.AGGREGATE_EDIT,
        "sign": Permission.AGGREGATE_SIGN,
    }

    def get_queryset(self) -> QuerySet[Aggregate]:
        """Start from the visible aggregates, the latest period first."""
        related = ("institution", "prepared_by", "signed_by", "replaces", "replaced_by")
        visible = Aggregate.objects.visible_to(self.actor).select_related(*related)
        return visible.order_by("-period_from", "-pk")

    def revisions_beside(self, instance: Aggregate) -> tuple[int, ...]:
        """Count the correction, which the answer names once it is signed."""
        later = getattr(instance, "replaced_by", None)
        return (later.revision,) if later is not None else ()

    @extend_schema(request=AggregateInput, responses={201: AggregateOutput})
    def create(self, request: Request) -> Response:
        """Draft what one's own unit reports; after a signed version it is a correction."""
        values = self.read_input(AggregateInput)
        aggregate = services.prepare_aggregate(
            actor=self.actor,
            period_kind=PeriodKind(values.pop("period_kind")),
            period_from=values.pop("period_from"),
            reason=values.pop("reason", ""),
            values=values,
            now=timezone.now(),
        )
        return self.respond(aggregate, status.HTTP_201_CREATED)

    @extend_schema(request=AggregateChange, responses=AggregateOutput)
    def partial_update(self, request: Request, id: str) -> Response:
        """Change a draft."""
        aggregate = services.edit_aggregate(
            actor=self.actor,
            aggregate=self.get_object(),
            changes=self.read_input(AggregateChange, partial=True),
            expected_revision=self.expected_revision(),
            now=timezone.now(),
        )
        return self.respond(aggregate)

    @extend_schema(request=EmptyInput, responses=AggregateOutput)
    @action(detail=True, methods=["post"])
    def sign(self, request: Request, id: str) -> Response:
        """Sign a draft that somebody else prepared; it never changes again."""
        self.read_input(EmptyInput)
        aggregate = services.sign_aggregate(
            actor=self.actor,
            aggregate=self.get_object(),
            expected_revision=self.expected_revision(),
            now=timezone.now(),
        )
        return self.respond(aggregate)

    @extend_schema(request=EmptyInput, responses={204: None})
    @action(detail=True, methods=["post"])
    def discard(self, request: Request, id: str) -> Response:
        """Remove a draft that was never signed."""
        self.read_input(EmptyInput)
        services.discard_aggregate(
            actor=self.actor,
            aggregate=self.get_object(),
            expected_revision=self.expected_revision(),
        )
        return Response(status=status.HTTP_204_NO_CONTENT)
