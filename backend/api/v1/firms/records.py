"""What is recorded of a firm, with date and source: figures and qualifications."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.v1.firms.filters import FactFilter
from backend.api.v1.firms.serializers import (
    FactOutput,
    FactsInput,
    FactsOutput,
    QualificationInput,
    QualificationOutput,
)
from backend.firms import services
from backend.firms.enums import FactSource
from backend.firms.models import Fact
from backend.organizations.permissions import Permission


class FirmRecordsMixin:
    """Figures and qualifications of one firm."""

    record_words = {
        "facts": Permission.FIRM_VIEW,
        "record_facts": Permission.FIRM_EDIT,
        "qualifications": Permission.FIRM_VIEW,
        "record_qualification": Permission.FIRM_EDIT,
    }

    @extend_schema(responses=FactOutput(many=True))
    @action(detail=True, filterset_class=FactFilter, queryset=Fact.objects.none())
    def facts(self, request: Request, id: str) -> Response:
        """List every figure ever recorded, the newest record first."""
        page = self.paginate_queryset(self.filter_queryset(self.get_object().facts.all()))
        return self.get_paginated_response(FactOutput(page, many=True).data)

    @extend_schema(request=FactsInput, responses={201: FactsOutput})
    @facts.mapping.post
    def record_facts(self, request: Request, id: str) -> Response:
        """Add figures of one date or fiscal year; nothing is overwritten."""
        firm = self.get_object()
        values = self.read_input(FactsInput)
        source = FactSource(values.pop("source"))
        facts = services.record_facts(
            actor=self.actor,
            firm=firm,
            source=source,
            today=self.actor.today,
            now=timezone.now(),
            **values,
        )
        return Response(FactsOutput({"results": facts}).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses=QualificationOutput(many=True))
    @action(detail=True, filterset_class=None)
    def qualifications(self, request: Request, id: str) -> Response:
        """List the qualifications on record, past and future ones included."""
        page = self.paginate_queryset(self.filter_queryset(self.get_object().qualifications.all()))
        return self.get_paginated_response(QualificationOutput(page, many=True).data)

    @extend_schema(request=QualificationInput, responses={201: QualificationOutput})
    @qualifications.mapping.post
    def record_qualification(self, request: Request, id: str) -> Response:
        """Note that the firm holds a qualification."""
        firm = self.get_object()
        values = self.read_input(QualificationInput)
        source = FactSource(values.pop("source"))
        qualification = services.record_qualification(
            actor=self.actor, firm=firm, source=source, now=timezone.now(), **values
        )
        return Response(QualificationOutput(qualification).data, status=status.HTTP_201_CREATED)
