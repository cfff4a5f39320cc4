"""Rosters: import a list of firms."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.v1.rosters.serializers import RosterInput, RosterResultOutput
from backend.api.viewsets import ResourceViewSet
from backend.exchange.roster_import import import_roster
from backend.firms.enums import RosterKind
from backend.firms.models import Roster
from backend.organizations.permissions import Permission


class RosterViewSet(ResourceViewSet):
    """Lists that a department imports as facts."""

    queryset = Roster.objects.none()
    serializer_class = RosterResultOutput
    parser_classes = [MultiPartParser]
    permission_words = {"create": Permission.ROSTER_IMPORT}

    @extend_schema(
        request={"multipart/form-data": RosterInput},
        responses={200: RosterResultOutput, 201: RosterResultOutput},
    )
    def create(self, request: Request) -> Response:
        """Import a workbook, all or nothing; 200 when it only was tried or held nothing new."""
        values = self.read_input(RosterInput)
        file = values["file"]
        result = import_roster(
            actor=self.actor,
            data=file.read(),
            file_name=file.name,
            kind=RosterKind(values["kind"]),
            valid_from=values["valid_from"],
            valid_until=values["valid_until"],
            is_dry_run=values["dry_run"],
            now=timezone.now(),
        )
        code = status.HTTP_201_CREATED if result.roster else status.HTTP_200_OK
        return Response(RosterResultOutput(result).data, status=code)
