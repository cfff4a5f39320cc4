"""The shape of reports, for the OpenAPI document."""

from rest_framework import serializers

from backend.api.v1.needs.match_schema import ProductNames
from backend.api.v1.products.inquiry_schema import CalendarNeedItem, ProductCalendarDay


class _Counts(serializers.Serializer):
    unserved_needs = serializers.IntegerField(min_value=0, help_text="没有任何产品匹配的需求数。")
    unserved_firms = serializers.IntegerField(min_value=0)
    needs = serializers.IntegerField(min_value=0, help_text="全部在办需求数。")
    firms = serializers.IntegerField(min_value=0)


class CoverageGap(_Counts):
    """Needs of one stage, amount band, city and financing type that no product serves."""

    stage = serializers.CharField(allow_null=True)
    stage_label = serializers.CharField()
    amount_above_yuan = serializers.IntegerField(allow_null=True, help_text="金额高于此数。")
    amount_up_to_yuan = serializers.IntegerField(allow_null=True, help_text="金额不高于此数。")
    amount_label = serializers.CharField()
    city = serializers.CharField(allow_null=True)
    city_name = serializers.CharField()
    financing_type = serializers.CharField(
        allow_null=True, help_text="需求列出多种方式时，在每种方式下各计一次。"
    )
    financing_type_label = serializers.CharField()


class RelaxationStepItem(serializers.Serializer):
    """How far a condition would be relaxed, and what that serves."""

    to = serializers.JSONField(allow_null=True, help_text="空值：取消该条件。")
    needs = serializers.IntegerField(min_value=1)
    firms = serializers.IntegerField(min_value=1)
    text = serializers.CharField()


class RelaxationItem(ProductNames):
    """One condition of one product that alone keeps needs from being served."""

    criterion = serializers.CharField()
    label = serializers.CharField()
    field = serializers.CharField(help_text="要改变的产品字段。")
    kind = serializers.ChoiceField(choices=["limit", "add", "remove", "drop"])
    to = serializers.JSONField(allow_null=True)
    needs = serializers.IntegerField(min_value=1)
    firms = serializers.IntegerField(min_value=1)
    steps = RelaxationStepItem(many=True)

    def get_fields(self) -> dict[str, serializers.Field]:
        """Add ``from``, which Python keeps for itself."""
        return {**super().get_fields(), "from": serializers.JSONField(allow_null=True)}


class CoverageAnswer(_Counts):
    """Open needs that no product serves, and what would serve most of them."""

    as_of = serializers.DateField()
    region = serializers.CharField()
    versions = serializers.DictField(help_text="匹配库、参数、词表与产品目录的版本。")
    disclaimer = serializers.CharField()
    gaps = CoverageGap(many=True)
    relaxations = RelaxationItem(many=True)


class OpenNeedsCalendarItem(CalendarNeedItem):
    """How the verdict of one need beside one product changes."""

    product = serializers.CharField(help_text="产品代码，名称见 products。")


class OpenNeedsCalendarDay(ProductCalendarDay):
    """A day from which the matches of open needs are others; a need counts once a kind."""

    needs = OpenNeedsCalendarItem(many=True, help_text="每日至多 200 项需求的全部变化。")


class OpenNeedsCalendarAnswer(serializers.Serializer):
    """The days on which open needs gain or lose products with nothing but time passing."""

    as_of = serializers.DateField()
    region = serializers.CharField()
    until = serializers.DateField()
    versions = serializers.JSONField()
    disclaimer = serializers.CharField()
    days = OpenNeedsCalendarDay(many=True)
    products = ProductNames(many=True)
