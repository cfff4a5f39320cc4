"""What a need finds: matches, near misses and open questions, computed at once."""

from django.http import Http404, HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from backend.api.filters import refuse_unknown_parameters
from backend.api.v1.needs.match_schema import (
    NeedMatchesAnswer,
    NeedNearMissesAnswer,
    NeedQuestionsAnswer,
)
from backend.matches.answers import Part, answer_for_need
from backend.matches.models import LONGEST_LIST
from backend.matches.services import DEFAULT_TOP
from backend.organizations.permissions import Permission

TOP_PARAMETER = OpenApiParameter(
    "top",
    {"type": "integer", "minimum": 1, "maximum": LONGEST_LIST, "default": DEFAULT_TOP},
    description="最多返回的产品数。",
)


class NeedMatchesMixin:
    """The computed parts of a need; add ``match_permission_words`` to the viewset's words."""

    match_permission_words = {
        "matches": Permission.MATCH_VIEW,
        "near_misses": Permission.MATCH_VIEW,
        "questions": Permission.MATCH_VIEW,
    }

    @extend_schema(parameters=[TOP_PARAMETER], responses=NeedMatchesAnswer, filters=False)
    @action(detail=True)
    def matches(self, request: Request, id: str) -> HttpResponse:
        """Rank the current catalogue for a need, each place with its reasons.

        A recommendation is no guarantee and no credit assessment.
        """
        return self._answer(Part.MATCHES, top=read_top(request))

    @extend_schema(parameters=[TOP_PARAMETER], responses=NeedNearMissesAnswer, filters=False)
    @action(detail=True, url_path="near-misses")
    def near_misses(self, request: Request, id: str) -> HttpResponse:
        """Show products that do not fit yet, and the smallest changes after which they would."""
        return self._answer(Part.NEAR_MISSES, top=read_top(request))

    @extend_schema(responses=NeedQuestionsAnswer, filters=False)
    @action(detail=True)
    def questions(self, request: Request, id: str) -> HttpResponse:
        """Show which unknown facts decide how many products."""
        refuse_unknown_parameters(request, set())
        return self._answer(Part.QUESTIONS, top=LONGEST_LIST)

    def _answer(self, part: Part, *, top: int) -> HttpResponse:
        body = answer_for_need(actor=self.actor, need_id=self.kwargs["id"], part=part, top=top)
        if body is None:
            raise Http404
        return HttpResponse(body, content_type="application/json")


def read_top(request: Request) -> int:
    """Read how many products are asked for, refusing any other parameter."""
    refuse_unknown_parameters(request, {"top"})
    text = request.query_params.get("top", str(DEFAULT_TOP))
    if not (text.isascii() and text.isdigit() and len(text) < 5 and 1 <= int(text) <= LONGEST_LIST):
        raise ValidationError(
            {"top": [f"“{text[:20]}”不可用；应为 1–{LONGEST_LIST} 的整数。"]}, code="out_of_range"
        )
    return int(text)
