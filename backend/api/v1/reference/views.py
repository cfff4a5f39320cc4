"""Code lists: the same for everybody, and cacheable until the next edition."""

from typing import Any

from django.db.models import Model, QuerySet
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.v1.reference import filters, serializers
from backend.api.viewsets import ListMixin, ResourceViewSet, RetrieveMixin, is_known_to_reader
from backend.organizations.permissions import Permission
from backend.reference.models import (
    Edition,
    Industry,
    Qualification,
    Region,
    ReportingUnit,
    Stage,
)

_SECONDS_FRESH = 3600


class ReferenceViewSet(ListMixin, RetrieveMixin, ResourceViewSet):
    """A code list; its ETag is the edition that is loaded."""

    model: type[Model]
    lookup_field = "pk"
    lookup_url_kwarg = "code"
    lookup_value_converter = "str"
    holds_confidential_rows = False
    permission_words = {
        "list": Permission.REFERENCE_VIEW,
        "retrieve": Permission.REFERENCE_VIEW,
    }

    def get_queryset(self) -> QuerySet:
        """Return all codes: they are public."""
        return self.model._default_manager.all()

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List codes, unless the reader has this edition already."""
        return self._cacheable(super().list(request))

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Show a code, unless the reader has this edition already."""
        return self._cacheable(self.respond(self.get_object()))

    def _cacheable(self, response: Response) -> Response:
        """Let the reader keep a right answer; a wrong code or filter has been refused by now."""
        edition = Edition.objects.filter(name=self.model._meta.model_name).first()
        if edition is None:
            return response
        tag = f'"{edition.checksum[:20]}"'
        if is_known_to_reader(self.request, tag):
            response = Response(status=status.HTTP_304_NOT_MODIFIED)
        response.headers["ETag"] = tag
        response.headers["Cache-Control"] = f"private, max-age={_SECONDS_FRESH}"
        return response


class RegionViewSet(ReferenceViewSet):
    """行政区划（GB/T 2260）。"""

    model = Region
    queryset = Region.objects.none()
    serializer_class = serializers.RegionOutput
    filterset_class = filters.RegionFilter


class ReportingUnitViewSet(ReferenceViewSet):
    """没有行政区划代码、但单独报送的单位。"""

    model = ReportingUnit
    queryset = ReportingUnit.objects.none()
    serializer_class = serializers.ReportingUnitOutput
    filterset_class = filters.ReportingUnitFilter


class IndustryViewSet(ReferenceViewSet):
    """国民经济行业分类（GB/T 4754）。"""

    model = Industry
    queryset = Industry.objects.none()
    serializer_class = serializers.IndustryOutput
    filterset_class = filters.IndustryFilter


class QualificationViewSet(ReferenceViewSet):
    """企业资质。"""

    model = Qualification
    queryset = Qualification.objects.none()
    serializer_class = serializers.QualificationCodeOutput
    filterset_class = filters.WordsFilter


class StageViewSet(ReferenceViewSet):
    """企业发展阶段。"""

    model = Stage
    queryset = Stage.objects.none()
    serializer_class = serializers.StageOutput
