"""Which open needs a product suits, for the department."""

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request

from backend.api.v1.needs.match_schema import MatchComponent, MatchCriterion, ProductNames
from backend.api.v1.needs.matches import TOP_PARAMETER, read_top
from backend.matches.fragments import encode
from backend.matches.lender_side import rank_needs_of_product
from backend.organizations.permissions import Permission


class ProductNeedItem(serializers.Serializer):
    """One open need that the product may suit."""

    rank = serializers.IntegerField(min_value=1)
    need = serializers.CharField(help_text="需求编号。")
    need_id = serializers.UUIDField()
    firm_name = serializers.CharField()
    verdict = serializers.ChoiceField(choices=["eligible", "to_confirm"])
    verdict_label = serializers.CharField()
    score = serializers.FloatField(min_value=0, max_value=1)
    components = MatchComponent(many=True)
    criteria = MatchCriterion(many=True)


class ProductMatchesAnswer(ProductNames):
    """Ranked open needs for a product."""

    as_of = serializers.DateField()
    versions = serializers.DictField()
    disclaimer = serializers.CharField()
    needs_found = serializers.IntegerField()
    matches = ProductNeedItem(many=True)


class ProductMatchesMixin:
    """The needs of a product; add ``match_permission_words`` to the viewset's words."""

    match_permission_words = {"matches": Permission.MATCH_VIEW}

    @extend_schema(parameters=[TOP_PARAMETER], responses=ProductMatchesAnswer, filters=False)
    @action(detail=True)
    def matches(self, request: Request, id: str) -> HttpResponse:
        """Rank the open needs of the department's region and below for a product."""
        body = rank_needs_of_product(
            actor=self.actor,
            product=self.get_object().product,
            as_of=self.actor.today,
            top=read_top(request),
        )
        return HttpResponse(encode(body), content_type="application/json")
