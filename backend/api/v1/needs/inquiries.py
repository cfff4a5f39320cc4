"""What a need would find with other values, and when its matches change.

Both are read with GET: they change nothing, and an address that holds the whole question can
be kept, shared and asked again.
"""

from datetime import date

from django.http import Http404, HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from backend.api.filters import refuse_unknown_parameters
from backend.api.v1.needs.inquiry_schema import NeedCalendarAnswer, NeedWhatIfAnswer
from backend.matches.found_needs import find_need
from backend.matches.fragments import encode
from backend.matches.inquiries import MOST_VALUES, answer_calendar, explore_need
from backend.organizations.permissions import Permission

_NUMBERS = (
    "amount_min_yuan",
    "amount_max_yuan",
    "term_min_months",
    "term_max_months",
    "max_annual_rate",
)
_LISTS = ("financing_types", "purposes", "collateral", "qualifications")

FIELD_PARAMETER = OpenApiParameter(
    "field",
    {"type": "string", "enum": [*_NUMBERS, *_LISTS]},
    required=True,
    description="要试算的字段；qualifications 为企业增加的资质。",
)
VALUES_PARAMETER = OpenApiParameter(
    "values",
    {"type": "array", "items": {"type": "string"}, "maxItems": MOST_VALUES},
    style="form",
    explode=True,
    description=(
        "要试算的取值，可重复给出。数字字段可在一个参数里用逗号分隔多个值（金额以元计，期限以月计，"
        "利率为小数，如 0.05）；列表字段每个参数是一个方案，其中的代码用逗号分隔，空串为空列表。"
        "不给时只返回数字字段的分界点。"
    ),
)
UNTIL_PARAMETER = OpenApiParameter(
    "until",
    {"type": "string", "format": "date"},
    description="最后一天（含），默认为一年后，最长五年。",
)


class NeedInquiriesMixin:
    """Further questions about a need; add ``inquiry_permission_words`` to the viewset's words."""

    inquiry_permission_words = {
        "what_if": Permission.MATCH_VIEW,
        "calendar": Permission.MATCH_VIEW,
    }

    @extend_schema(
        parameters=[FIELD_PARAMETER, VALUES_PARAMETER], responses=NeedWhatIfAnswer, filters=False
    )
    @action(detail=True, url_path="what-if")
    def what_if(self, request: Request, id: str) -> HttpResponse:
        """Compare the need with what it would find under other values of one field.

        For numbers, `steps` holds every value at which the set of matches changes.
        """
        found = find_need(actor=self.actor, need_id=self.kwargs["id"])
        if found is None:
            raise Http404
        refuse_unknown_parameters(request, {"field", "values"})
        field = request.query_params.get("field")
        if field is None:
            raise ValidationError({"field": ["请给出要试算的字段。"]}, code="required")
        body = explore_need(
            found,
            field=field,
            values=read_values(field, request.query_params.getlist("values")),
            as_of=self.actor.today,
        )
        return HttpResponse(encode(body), content_type="application/json")

    @extend_schema(parameters=[UNTIL_PARAMETER], responses=NeedCalendarAnswer, filters=False)
    @action(detail=True)
    def calendar(self, request: Request, id: str) -> HttpResponse:
        """Show the days on which the need's matches change with nothing but time passing."""
        try:
            refuse_unknown_parameters(request, {"until"})
            until = read_day("until", request.query_params.get("until"))
        except ValidationError:
            self.get_object()  # the need comes before the question
            raise
        body = answer_calendar(actor=self.actor, need_id=self.kwargs["id"], until=until)
        if body is None:
            raise Http404
        return HttpResponse(body, content_type="application/json")


def read_values(field: str, texts: list[str]) -> list[object]:
    """Read numbers or lists of codes; what is neither stays text, which the domain refuses."""
    if field in _LISTS:
        return [tuple(code for code in text.split(",") if code) for text in texts]
    return [_number(part) for text in texts for part in text.split(",")]


def read_day(name: str, text: str | None) -> date | None:
    """Read a date as ISO 8601 writes it in full."""
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise ValidationError(
            {name: [f"“{text[:20]}”不是日期；应写作 2027-01-31。"]}, code="invalid"
        )
    return day


def _number(text: str) -> int | float | str:
    if not text.isascii() or "_" in text:
        return text
    for read in (int, float):
        try:
            return read(text)
        except ValueError:
            continue
    return text
