"""The shape of a need's computed parts, for the OpenAPI document."""

from rest_framework import serializers

from backend.matches.bands import CONDITIONS
from matching.vocabulary import FAMILIES


class ProductNames(serializers.Serializer):
    """A product, the version of it that was used, and its institution."""

    product = serializers.CharField(help_text="产品代码。")
    product_id = serializers.UUIDField()
    product_version_id = serializers.UUIDField(help_text="计算所用的产品版本。")
    product_name = serializers.CharField()
    institution = serializers.CharField(help_text="机构代码。")
    institution_name = serializers.CharField()
    is_reference = serializers.BooleanField(help_text="外地参考产品，本省不办理。")
    is_demonstration = serializers.BooleanField(help_text="演示数据。")


class LearnedPart(serializers.Serializer):
    """What a learned component is made of; the parts add up to a log-odds margin."""

    code = serializers.CharField()
    label = serializers.CharField()
    log_odds = serializers.FloatField()


class MatchComponent(serializers.Serializer):
    """One named part of a score."""

    code = serializers.CharField()
    label = serializers.CharField()
    value = serializers.FloatField(min_value=0, max_value=1)
    weight = serializers.FloatField(min_value=0, max_value=1)
    contribution = serializers.FloatField(min_value=0, max_value=1)
    parts = LearnedPart(
        many=True, required=False, help_text="仅学习部分（learned）有：对数几率，逐项相加。"
    )


class MatchCriterion(serializers.Serializer):
    """One condition with both values compared."""

    code = serializers.CharField()
    label = serializers.CharField()
    outcome = serializers.ChoiceField(choices=["met", "unmet", "unknown"])
    outcome_label = serializers.CharField()
    required = serializers.JSONField(allow_null=True)
    actual = serializers.JSONField(allow_null=True)
    text = serializers.CharField()


class MatchBand(serializers.Serializer):
    """How earlier firms under like conditions fared with a kind of product, over institutions.

    History and no promise; it names no institution and is left out where few stand behind it.
    """

    kind = serializers.ChoiceField(choices=[*FAMILIES.items()])
    kind_label = serializers.CharField()
    conditions = serializers.ListField(child=serializers.ChoiceField(choices=[*CONDITIONS.items()]))
    condition_labels = serializers.ListField(child=serializers.CharField())
    firms = serializers.IntegerField(help_text="条件相近、已有答复的企业数。")
    funded = serializers.IntegerField(help_text="其中获得融资的企业数。")
    low = serializers.FloatField(min_value=0, max_value=1, help_text="95%区间下限（Wilson）。")
    high = serializers.FloatField(min_value=0, max_value=1, help_text="95%区间上限（Wilson）。")
    until = serializers.DateField(help_text="只计此日之前已知的结果。")
    is_demonstration = serializers.BooleanField(help_text="由模拟结果得出，仅供演示。")
    text = serializers.CharField()


class MatchItem(ProductNames):
    """One product that may fit; scores are shown to the firm and the department only."""

    rank = serializers.IntegerField(min_value=1)
    verdict = serializers.ChoiceField(choices=["eligible", "to_confirm"])
    verdict_label = serializers.CharField()
    band = MatchBand(
        required=False,
        allow_null=True,
        help_text="仅在使用排序模型时有；可供参考的记录不足时为空。",
    )
    score = serializers.FloatField(required=False, min_value=0, max_value=1)
    components = MatchComponent(many=True, required=False)
    criteria = MatchCriterion(many=True)


class ExploredItem(MatchItem):
    """An eligible product from below those shown, drawn so that newcomers are seen, too."""

    propensity = serializers.FloatField(
        required=False,
        min_value=0,
        max_value=1,
        help_text="在可抽取的产品中被抽出的概率，各产品相同。",
    )
    note = serializers.CharField()


class NearMissChange(serializers.Serializer):
    """The smallest change that turns one unmet condition."""

    criterion = serializers.CharField()
    kind = serializers.ChoiceField(choices=["adjust", "wait", "attain"])
    kind_label = serializers.CharField()
    field = serializers.CharField()
    to = serializers.JSONField()
    text = serializers.CharField()

    def get_fields(self) -> dict[str, serializers.Field]:
        """Add ``from``, which Python keeps for itself."""
        return {**super().get_fields(), "from": serializers.JSONField(allow_null=True)}


class NearMissItem(ProductNames):
    """A product that does not fit yet."""

    changes = NearMissChange(many=True)


class QuestionItem(serializers.Serializer):
    """An unknown fact and how many products wait for it."""

    field = serializers.CharField()
    asks = serializers.ChoiceField(choices=["firm", "institution"])
    products = serializers.IntegerField()
    text = serializers.CharField()


class FirmStage(serializers.Serializer):
    """The firm's stage and where it comes from."""

    code = serializers.CharField(allow_null=True)
    label = serializers.CharField()
    basis = serializers.ChoiceField(choices=["declared", "inferred", "unknown"])
    rule = serializers.CharField(allow_null=True)
    settled = serializers.BooleanField(help_text="否：仍缺的数据可能改变阶段判断。")


class NeedAnswer(serializers.Serializer):
    """What every answer about a need begins with."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    firm_name = serializers.CharField()
    as_of = serializers.DateField()
    versions = serializers.DictField(
        help_text="匹配库、参数、词表、产品目录与排序模型（learned，按规则排序时没有）的版本。"
    )
    disclaimer = serializers.CharField()


class _RankedAnswer(NeedAnswer):
    stage = FirmStage()


class NeedMatchesAnswer(_RankedAnswer):
    """Ranked products for a need."""

    matches = MatchItem(many=True)
    explore = ExploredItem(
        many=True,
        required=False,
        help_text="仅在使用排序模型时有：排在所列结果之后、机构记录较少的符合条件产品，至多两个。",
    )


class NeedNearMissesAnswer(_RankedAnswer):
    """Products that would fit after small changes."""

    near_misses = NearMissItem(many=True)


class NeedQuestionsAnswer(_RankedAnswer):
    """Facts that are missing."""

    questions = QuestionItem(many=True)
