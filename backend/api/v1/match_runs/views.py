"""Match runs: start, watch, cancel, repeat, read the result."""

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.filters import refuse_unknown_parameters
from backend.api.serializers import EmptyInput
from backend.api.v1.match_runs.filters import MatchRunFilter
from backend.api.v1.match_runs.serializers import (
    MatchRunOutput,
    RunRowOutput,
    StartRunInput,
)
from backend.api.viewsets import ListMixin, ResourceViewSet
from backend.matches import selectors, services
from backend.matches.models import MatchRun
from backend.organizations.permissions import Permission


class MatchRunViewSet(ListMixin, ResourceViewSet):
    """A department's runs over the open needs of its region and below."""

    queryset = MatchRun.objects.none()
    serializer_class = MatchRunOutput
    filterset_class = MatchRunFilter
    permission_words = {
        "list": Permission.RUN_VIEW,
        "retrieve": Permission.RUN_VIEW,
        "rows": Permission.RUN_VIEW,
        "create": Permission.RUN_MANAGE,
        "cancel": Permission.RUN_MANAGE,
        "repeat": Permission.RUN_MANAGE,
    }

    def get_queryset(self) -> QuerySet[MatchRun]:
        """Start from the visible runs, with their progress."""
        return (
            MatchRun.objects.visible_to(self.actor)
            .select_related("region", "repeats", "started_by")
            .with_progress()
        )

    def retrieve(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Show a run; always anew, because progress counts no revision."""
        return self.respond(self.get_object())

    @extend_schema(request=StartRunInput, responses={201: MatchRunOutput})
    def create(self, request: Request) -> Response:
        """Start a run over the open needs of the department's region and below."""
        values = self.read_input(StartRunInput)
        run = services.start_run(actor=self.actor, now=timezone.now(), **values)
        return self._respond_run(run, status.HTTP_201_CREATED)

    @extend_schema(request=EmptyInput, responses=MatchRunOutput)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, id: str) -> Response:
        """Stop a run; what was computed stays readable."""
        run = self.get_object()
        self.read_input(EmptyInput)
        run = services.cancel_run(
            actor=self.actor,
            run=run,
            expected_revision=self.expected_revision(),
            now=timezone.now(),
        )
        return self._respond_run(run)

    @extend_schema(request=EmptyInput, responses={201: MatchRunOutput})
    @action(detail=True, methods=["post"])
    def repeat(self, request: Request, id: str) -> Response:
        """Compute a finished run again on the same needs, facts and catalogue."""
        run = self.get_object()
        self.read_input(EmptyInput)
        repetition = services.repeat_run(actor=self.actor, run=run, now=timezone.now())
        return self._respond_run(repetition, status.HTTP_201_CREATED)

    @extend_schema(responses=RunRowOutput(many=True))
    @action(detail=True, filterset_class=None)
    def rows(self, request: Request, id: str) -> Response:
        """Read the best matches of each need, page by page, in order of the need's code."""
        run = self.get_object()
        refuse_unknown_parameters(request, set(self.paginator.query_parameters))
        page = self.paginate_queryset(selectors.list_run_rows(run))
        return self.get_paginated_response(selectors.describe_rows(page))

    def _respond_run(self, run: MatchRun, code: int = status.HTTP_200_OK) -> Response:
        return self.respond(self.find(self.get_queryset(), run.public_id), code)
