"""Projects: list, read, enter, change, list in the library, take down."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.activities import selectors
from backend.activities.models import Project
from backend.activities.notice import NOTICE, NOTICE_SHA256, NOTICE_VERSION
from backend.activities.services import projects
from backend.api.filters import refuse_unknown_parameters
from backend.api.serializers import EmptyInput
from backend.api.v1.projects.filters import ProjectFilter
from backend.api.v1.projects.serializers import (
    ListingInput,
    ListingNoticeAnswer,
    ProjectChange,
    ProjectInput,
    ProjectOutput,
)
from backend.api.viewsets import ListMixin, ResourceViewSet
from backend.common.errors import InvalidInput
from backend.consents.enums import Channel
from backend.needs.models import Need
from backend.organizations.permissions import Permission


class ProjectViewSet(ListMixin, ResourceViewSet):
    """The library as the actor may see it; what institutions are shown is recorded."""

    queryset = Project.objects.none()
    serializer_class = ProjectOutput
    filterset_class = ProjectFilter
    # Investors read of needs that were never referred to them, in the words of the disclosure
    # policy: the rules on rows do not know the library.
    holds_confidential_rows = False
    permission_words = {
        "list": Permission.PROJECT_VIEW,
        "retrieve": Permission.PROJECT_VIEW,
        "notice": Permission.PROJECT_VIEW,
        "create": Permission.PROJECT_EDIT,
        "partial_update": Permission.PROJECT_EDIT,
        "publish": Permission.PROJECT_EDIT,
        "withdraw": Permission.PROJECT_EDIT,
    }

    def get_queryset(self) -> QuerySet[Project]:
        """Start from the visible projects, the newest first."""
        visible = Project.objects.visible_to(self.actor)
        return visible.with_parties().order_by("-created_at", "-pk")

    @transaction.atomic
    def respond_page(self, queryset: QuerySet) -> Response:
        """Answer with one page, and record what was shown of firms."""
        page = self.paginate_queryset(queryset)
        serializer = ProjectOutput(page, many=True, context=self._context(page))
        return self.get_paginated_response(serializer.data)

    @extend_schema(responses=ProjectOutput)
    def retrieve(self, request: Request, id: str) -> Response:
        """Show one project; always anew, because consents begin and end."""
        return self.respond(self.get_object())

    @extend_schema(responses=ListingNoticeAnswer, filters=False)
    @action(detail=False, filterset_class=None, pagination_class=None)
    def notice(self, request: Request) -> Response:
        """Show what a firm reads before it lists a project."""
        refuse_unknown_parameters(request, set())
        return Response({"version": NOTICE_VERSION, "sha256": NOTICE_SHA256, "body": NOTICE})

    @extend_schema(request=ProjectInput, responses={201: ProjectOutput})
    def create(self, request: Request) -> Response:
        """Describe one of the firm's needs for investors; a draft."""
        values = self.read_input(ProjectInput)
        needs = Need.objects.visible_to(self.actor).with_firm()
        need = needs.filter(public_id=values.pop("need")).first()
        if need is None:
            raise InvalidInput.of("need", "unknown_id", "没有这项需求，或不在您的范围内。")
        project = projects.enter_project(actor=self.actor, need=need, values=values)
        return self.respond(self._anew(project), status.HTTP_201_CREATED)

    @extend_schema(request=ProjectChange, responses=ProjectOutput)
    def partial_update(self, request: Request, id: str) -> Response:
        """Change title or summary."""
        project = projects.update_project(
            actor=self.actor,
            project=self.get_object(),
            changes=self.read_input(ProjectChange, partial=True),
            expected_revision=self.expected_revision(),
        )
        return self.respond(self._anew(project))

    @extend_schema(request=ListingInput, responses=ProjectOutput)
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, id: str) -> Response:
        """List a project in the library, on the notice in force."""
        project = projects.list_project(
            actor=self.actor,
            project=self.get_object(),
            expected_revision=self.expected_revision(),
            now=timezone.now(),
            **self.read_input(ListingInput),
        )
        return self.respond(self._anew(project))

    @extend_schema(request=EmptyInput, responses=ProjectOutput)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, id: str) -> Response:
        """Take a project down; holds at once, repeating changes nothing."""
        project = self.get_object()
        self.read_input(EmptyInput)
        taken = projects.take_down_project(actor=self.actor, project=project, now=timezone.now())
        return self.respond(self._anew(taken))

    @transaction.atomic
    def respond(self, instance: Project, status: int = status.HTTP_200_OK) -> Response:
        """Answer with a project, and record what was shown of its firm."""
        serializer = ProjectOutput(instance, context=self._context([instance]))
        return Response(
            serializer.data, status=status, headers={"ETag": self.etag_of(instance) or ""}
        )

    def _anew(self, project: Project) -> Project:
        return self.find(self.get_queryset(), project.public_id)

    def _context(self, found: list[Project]) -> dict[str, Any]:
        views = selectors.show_projects(
            found, actor=self.actor, channel=Channel.API, now=timezone.now()
        )
        return {**self.get_serializer_context(), "views": views}
