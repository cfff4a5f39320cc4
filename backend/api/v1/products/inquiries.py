"""What a change of a product brings, before and after it is published, and what time brings."""

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from backend.api.filters import refuse_unknown_parameters
from backend.api.v1.needs.inquiries import UNTIL_PARAMETER, read_day
from backend.api.v1.products.inquiry_schema import (
    ProductCalendarAnswer,
    ProductGainedAnswer,
    ProductWhatIfAnswer,
)
from backend.api.v1.products.serializers import ProductChange
from backend.matches.fragments import encode
from backend.matches.product_inquiries import (
    answer_product_calendar,
    explore_product,
    list_needs_gained,
)
from backend.organizations.permissions import Permission

_LONGEST_NUMBER = 9
SINCE_PARAMETER = OpenApiParameter(
    "since",
    {"type": "integer", "minimum": 0},
    description="与哪一个版本相比，默认为上一次发布或下架之前的版本；0 为首次发布之前。",
)


class ProductInquiriesMixin:
    """Questions about a product's changes; add ``inquiry_permission_words`` to the words."""

    inquiry_permission_words = {
        "what_if": Permission.PRODUCT_VIEW,
        "gained": Permission.MATCH_VIEW,
        "calendar": Permission.MATCH_VIEW,
    }

    @extend_schema(request=ProductChange, responses=ProductWhatIfAnswer)
    @action(detail=True, methods=["post"], url_path="what-if")
    def what_if(self, request: Request, id: str) -> HttpResponse:
        """Say which open needs a change would gain and lose; nothing is changed.

        The body is that of a change. The department reads needs by name, an institution counts
        in steps of five, in which fewer than five (null) are never told from none.
        """
        body = explore_product(
            actor=self.actor,
            product=self.get_object().product,
            values=self.read_input(ProductChange, partial=True),
            as_of=self.actor.today,
        )
        return HttpResponse(encode(body), content_type="application/json")

    @extend_schema(parameters=[SINCE_PARAMETER], responses=ProductGainedAnswer, filters=False)
    @action(detail=True)
    def gained(self, request: Request, id: str) -> HttpResponse:
        """List the open needs that the product has gained since one of its versions."""
        body = list_needs_gained(
            actor=self.actor,
            product=self.get_object().product,
            since=read_since(request),
            as_of=self.actor.today,
        )
        return HttpResponse(encode(body), content_type="application/json")

    @extend_schema(parameters=[UNTIL_PARAMETER], responses=ProductCalendarAnswer, filters=False)
    @action(detail=True)
    def calendar(self, request: Request, id: str) -> HttpResponse:
        """Show the days on which the product's needs change with nothing but time passing.

        Over the open needs of the department's region and below.
        """
        product = self.get_object().product
        refuse_unknown_parameters(request, {"until"})
        until = read_day("until", request.query_params.get("until"))
        body = answer_product_calendar(actor=self.actor, product=product, until=until)
        return HttpResponse(body, content_type="application/json")


def read_since(request: Request) -> int | None:
    """Read which version is asked about, refusing any other parameter."""
    refuse_unknown_parameters(request, {"since"})
    text = request.query_params.get("since")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER):
        raise ValidationError(
            {"since": [f"“{text[:20]}”不是版本号；应为不小于 0 的整数。"]}, code="invalid"
        )
    return int(text)
