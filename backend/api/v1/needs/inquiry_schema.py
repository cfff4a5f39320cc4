"""The shape of a need's what-if and calendar, for the OpenAPI document."""

from rest_framework import serializers

from backend.api.v1.needs.match_schema import NeedAnswer, ProductNames
from matching.vocabulary import VERDICTS


class VerdictChangeItem(serializers.Serializer):
    """One product whose verdict changes; null: it is not open."""

    product = serializers.CharField(help_text="产品代码；名称见 products。")
    before = serializers.ChoiceField(choices=list(VERDICTS.items()), allow_null=True)
    after = serializers.ChoiceField(choices=list(VERDICTS.items()), allow_null=True)
    because = serializers.ListField(
        child=serializers.CharField(),
        help_text="结果改变的条件；opens、closes 为产品开始、停止办理。",
    )
    text = serializers.CharField()


class _Shift(serializers.Serializer):
    gained = VerdictChangeItem(many=True, help_text="新增的产品。")
    lost = VerdictChangeItem(many=True, help_text="不再匹配的产品。")
    moved = VerdictChangeItem(many=True, help_text="仍匹配、判断改变的产品。")
    text = serializers.CharField()


class AlternativeItem(_Shift):
    """One value and what the need would find with it."""

    value = serializers.JSONField(allow_null=True)
    sets = serializers.DictField(help_text="随之改变的字段；越过另一端时，另一端一起变。")
    eligible = serializers.IntegerField(min_value=0)
    to_confirm = serializers.IntegerField(min_value=0)


class StepItem(serializers.Serializer):
    """The counts from a value on, up to the next step."""

    start = serializers.FloatField(min_value=0, help_text="自此值（含）起。")
    eligible = serializers.IntegerField(min_value=0)
    to_confirm = serializers.IntegerField(min_value=0)


class NeedWhatIfAnswer(NeedAnswer):
    """What other values of one field would bring."""

    field = serializers.CharField()
    field_label = serializers.CharField()
    current = serializers.JSONField(allow_null=True)
    eligible = serializers.IntegerField(min_value=0, help_text="现在符合已公布条件的产品数。")
    to_confirm = serializers.IntegerField(min_value=0, help_text="现在待核实的产品数。")
    alternatives = AlternativeItem(many=True)
    steps = StepItem(many=True, help_text="匹配的产品改变的各个分界值；仅数字字段。")
    products = ProductNames(many=True)


class CalendarDayItem(_Shift):
    """A day from which the matches are others than on the day before."""

    day = serializers.DateField()


class NeedCalendarAnswer(NeedAnswer):
    """The days on which a need's matches change, ascending."""

    until = serializers.DateField()
    days = CalendarDayItem(many=True)
    products = ProductNames(many=True)
