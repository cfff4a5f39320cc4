"""The shape of answers about a product's changes, for the OpenAPI document."""

from typing import Any

from rest_framework import serializers

_COUNT: dict[str, Any] = {
    "allow_null": True,
    "min_value": 0,
    "help_text": "机构读到的数按 5 向下取整；空值：不足 5，也可能没有。",
}


class OfferNames(serializers.Serializer):
    """A product and its institution."""

    product = serializers.CharField(help_text="产品代码。")
    product_id = serializers.UUIDField()
    product_name = serializers.CharField()
    institution = serializers.CharField(help_text="机构代码。")
    institution_name = serializers.CharField()
    is_demonstration = serializers.BooleanField(help_text="演示数据。")
    as_of = serializers.DateField()
    versions = serializers.DictField(help_text="匹配库、参数、词表与产品目录的版本。")
    disclaimer = serializers.CharField()


class PlaceCount(serializers.Serializer):
    """Needs of one city and stage."""

    city = serializers.CharField(allow_null=True)
    city_name = serializers.CharField()
    stage = serializers.CharField(allow_null=True)
    stage_label = serializers.CharField()
    is_rest = serializers.BooleanField(help_text="不足 5 家企业的各组合并而成。")
    needs = serializers.IntegerField(**_COUNT)
    firms = serializers.IntegerField(**_COUNT)


class NeedCount(serializers.Serializer):
    """Some needs, by city and stage."""

    needs = serializers.IntegerField(**_COUNT)
    firms = serializers.IntegerField(**_COUNT)
    places = PlaceCount(many=True)


class OfferShiftItem(serializers.Serializer):
    """How the needs that a product suits change."""

    gained = NeedCount(help_text="原不匹配，变为匹配。")
    lost = NeedCount(help_text="原匹配，变为不匹配。")
    confirmed = NeedCount(help_text="由待核实变为符合已公布条件。")
    opened = NeedCount(help_text="由符合已公布条件变为待核实。")
    text = serializers.CharField()


class ConditionEffectItem(OfferShiftItem):
    """What one changed condition alone would do."""

    condition = serializers.CharField()
    label = serializers.CharField()


class BeforeAndAfter(serializers.Serializer):
    """A count before and after the change."""

    before = serializers.IntegerField(**_COUNT)
    after = serializers.IntegerField(**_COUNT)


class GainedNeedItem(serializers.Serializer):
    """One open need that the product gains."""

    rank = serializers.IntegerField(min_value=1)
    need = serializers.CharField(help_text="需求编号。")
    need_id = serializers.UUIDField()
    firm_name = serializers.CharField()
    verdict = serializers.ChoiceField(choices=["eligible", "to_confirm"])
    verdict_label = serializers.CharField()
    score = serializers.FloatField(min_value=0, max_value=1)


class ProductWhatIfAnswer(OfferNames):
    """What a change would bring, all of it together and each condition alone."""

    is_exact = serializers.BooleanField(help_text="假：各数按 5 向下取整。")
    eligible = BeforeAndAfter(help_text="符合已公布条件的需求数。")
    to_confirm = BeforeAndAfter(help_text="待核实的需求数。")
    together = OfferShiftItem()
    conditions = ConditionEffectItem(many=True)
    gained_needs = GainedNeedItem(
        many=True, required=False, help_text="新增匹配的需求，至多 200 项；只有科技管理部门可见。"
    )


class ProductGainedAnswer(OfferNames):
    """The open needs that a product has gained since one of its versions."""

    since = serializers.IntegerField(min_value=0)
    version = serializers.IntegerField(allow_null=True, help_text="现行版本；空值：已下架。")
    needs_gained = serializers.IntegerField(min_value=0)
    needs_lost = serializers.IntegerField(min_value=0)
    needs = GainedNeedItem(many=True, help_text="至多 200 项，最合适的在前。")


class CalendarNeedItem(serializers.Serializer):
    """How the verdict of one need changes; null is outside the product's validity."""

    need = serializers.CharField(help_text="需求编号。")
    need_id = serializers.UUIDField()
    firm_name = serializers.CharField()
    kind = serializers.ChoiceField(choices=["gained", "lost", "moved"])
    before = serializers.CharField(allow_null=True)
    after = serializers.CharField(allow_null=True)
    because = serializers.ListField(child=serializers.CharField())
    text = serializers.CharField()


class ProductCalendarDay(serializers.Serializer):
    """A day from which the needs of the product are others."""

    day = serializers.DateField()
    gained = serializers.IntegerField(min_value=0)
    lost = serializers.IntegerField(min_value=0)
    moved = serializers.IntegerField(min_value=0, help_text="判断改变而仍匹配的需求数。")
    needs = CalendarNeedItem(many=True, help_text="每日至多 200 项。")
    text = serializers.CharField()


class ProductCalendarAnswer(OfferNames):
    """The days on which a product's needs change with nothing but time passing."""

    until = serializers.DateField()
    days = ProductCalendarDay(many=True)
