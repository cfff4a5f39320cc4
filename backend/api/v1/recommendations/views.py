"""Recommendations: draft, edit, lead upward; and the routes that they take."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.filters import refuse_unknown_parameters
from backend.api.serializers import EmptyInput
from backend.api.v1.recommendations.filters import RecommendationFilter
from backend.api.v1.recommendations.serializers import (
    RecommendationChange,
    RecommendationDetail,
    RecommendationInput,
    RecommendationOutput,
    RemoveRouteInput,
    ReturnRecommendationInput,
    RouteInput,
    RouteOutput,
    RoutesOutput,
    VerifyRecommendationInput,
    WithdrawRecommendationInput,
)
from backend.api.viewsets import ListMixin, ResourceViewSet
from backend.common.errors import InvalidInput
from backend.needs.models import Need
from backend.needs.routes import list_routes, remove_route, set_route
from backend.organizations.permissions import Permission
from backend.recommendations.models import Recommendation
from backend.recommendations.services import drafting, leading


class RecommendationViewSet(ListMixin, ResourceViewSet):
    """Recommendations that the actor may know of."""

    queryset = Recommendation.objects.none()
    serializer_class = RecommendationDetail
    filterset_class = RecommendationFilter
    permission_words = {
        "list": Permission.RECOMMENDATION_VIEW,
        "retrieve": Permission.RECOMMENDATION_VIEW,
        "create": Permission.RECOMMENDATION_EDIT,
        "partial_update": Permission.RECOMMENDATION_EDIT,
        "submit": Permission.RECOMMENDATION_EDIT,
        "withdraw": Permission.RECOMMENDATION_EDIT,
        "verify": Permission.RECOMMENDATION_VERIFY,
        "return_to_department": Permission.RECOMMENDATION_VERIFY,
        "routes": Permission.RECOMMENDATION_EDIT,
        "configure_route": Permission.ROUTE_EDIT,
        "remove_route": Permission.ROUTE_EDIT,
    }

    def get_queryset(self) -> QuerySet[Recommendation]:
        """Start from the visible ones, with what a page of them shows."""
        rows = Recommendation.objects.visible_to(self.actor)
        return rows.for_display() if self.action == "list" else rows.with_story()

    @extend_schema(responses=RecommendationOutput(many=True))
    def list(self, request: Request, *args: object, **kwargs: object) -> Response:
        """List the visible recommendations, the newest first."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(RecommendationOutput(page, many=True).data)

    @extend_schema(responses=RecommendationDetail)
    def retrieve(self, request: Request, id: str) -> Response:
        """Show one; always anew, because names belong to organizations."""
        return self.respond(self.get_object())

    @extend_schema(request=RecommendationInput, responses={201: RecommendationDetail})
    def create(self, request: Request) -> Response:
        """Draft a recommendation; it may still lack something."""
        values = self.read_input(RecommendationInput)
        made = drafting.create_recommendation(
            actor=self.actor, need=self._named_need(values.pop("need")), values=values
        )
        return self._respond(made, status.HTTP_201_CREATED)

    @extend_schema(request=RecommendationChange, responses=RecommendationDetail)
    def partial_update(self, request: Request, id: str) -> Response:
        """Change a draft or a returned one; a list that is given replaces the old one."""
        changed = drafting.update_recommendation(
            actor=self.actor,
            recommendation=self.get_object(),
            changes=self.read_input(RecommendationChange, partial=True),
            expected_revision=self.expected_revision(),
        )
        return self._respond(changed)

    @extend_schema(request=EmptyInput, responses=RecommendationDetail)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, id: str) -> Response:
        """Hand it to the next level; all five standards have to be met."""
        recommendation = self.get_object()
        self.read_input(EmptyInput)
        submitted = leading.submit_recommendation(
            actor=self.actor,
            recommendation=recommendation,
            expected_revision=self.expected_revision(),
            now=timezone.now(),
        )
        return self._respond(submitted)

    @extend_schema(request=VerifyRecommendationInput, responses=RecommendationDetail)
    @action(detail=True, methods=["post"])
    def verify(self, request: Request, id: str) -> Response:
        """Verify for the level in turn; with the last one the need is open for matching."""
        verified = leading.verify_recommendation(
            actor=self.actor,
            recommendation=self.get_object(),
            expected_revision=self.expected_revision(),
            now=timezone.now(),
            **self.read_input(VerifyRecommendationInput),
        )
        return self._respond(verified)

    @extend_schema(
        operation_id="recommendations_return_create",
        request=ReturnRecommendationInput,
        responses=RecommendationDetail,
    )
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def return_to_department(self, request: Request, id: str) -> Response:
        """Send it back to the department that made it, and say what is missing."""
        returned = leading.return_recommendation(
            actor=self.actor,
            recommendation=self.get_object(),
            expected_revision=self.expected_revision(),
            now=timezone.now(),
            **self.read_input(ReturnRecommendationInput),
        )
        return self._respond(returned)

    @extend_schema(request=WithdrawRecommendationInput, responses=RecommendationDetail)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, id: str) -> Response:
        """Take it back before the last level has accepted it."""
        withdrawn = leading.withdraw_recommendation(
            actor=self.actor,
            recommendation=self.get_object(),
            expected_revision=self.expected_revision(),
            now=timezone.now(),
            **self.read_input(WithdrawRecommendationInput),
        )
        return self._respond(withdrawn)

    @extend_schema(responses=RoutesOutput, filters=False)
    @action(detail=False, filterset_class=None, pagination_class=None)
    def routes(self, request: Request) -> Response:
        """Show which levels take part in the department's region and inside it."""
        refuse_unknown_parameters(request, set())
        return Response(RoutesOutput(list_routes(actor=self.actor)).data)

    @extend_schema(request=RouteInput, responses=RouteOutput)
    @routes.mapping.post
    def configure_route(self, request: Request) -> Response:
        """Set the levels of a region; recommendations under way keep theirs."""
        route = set_route(actor=self.actor, now=timezone.now(), **self.read_input(RouteInput))
        return Response(RouteOutput(route).data)

    @extend_schema(request=RemoveRouteInput, responses=RouteOutput)
    @action(detail=False, methods=["post"], url_path="routes/remove")
    def remove_route(self, request: Request) -> Response:
        """Take the setting of a region back; answers with what holds there now."""
        route = remove_route(actor=self.actor, **self.read_input(RemoveRouteInput))
        return Response(RouteOutput(route).data)

    def _named_need(self, public_id: UUID) -> Need:
        need = Need.objects.visible_to(self.actor).filter(public_id=public_id).first()
        if need is None:
            raise InvalidInput.of("need", "unknown_need", f"没有 id 为“{public_id}”的需求。")
        return need

    def _respond(self, made: Recommendation, code: int = status.HTTP_200_OK) -> Response:
        return self.respond(self.find(self.get_queryset(), made.public_id), code)
