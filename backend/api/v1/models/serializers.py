"""What is read and shown of ranking models."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.api.serializers import StrictSerializer
from backend.ranking.enums import VersionStatus
from backend.ranking.models import ModelVersion
from backend.ranking.services import is_better


class TrainInput(StrictSerializer):
    """What a new version learns from."""

    demonstration = serializers.BooleanField(
        required=False, default=False, help_text="只用带演示标记的模拟结果训练，仅供演示。"
    )


class RollBackInput(StrictSerializer):
    """Where to go back to."""

    to_rules = serializers.BooleanField(
        required=False, default=False, help_text="直接回到按规则排序；缺省回到上一个版本。"
    )


class ComparisonOutput(serializers.Serializer):
    """The paired difference on the last closed period."""

    base = serializers.IntegerField(allow_null=True, help_text="比较对象的版本号，空为规则。")
    since = serializers.DateField()
    until = serializers.DateField(help_text="不含当日。")
    needs = serializers.IntegerField()
    unreachable = serializers.IntegerField(help_text="所获融资的产品当日不在匹配结果中的需求。")
    ndcg = serializers.FloatField(help_text="本版本的 NDCG@10 均值。")
    base_ndcg = serializers.FloatField(help_text="比较对象的 NDCG@10 均值。")
    difference = serializers.FloatField()
    standard_error = serializers.FloatField()
    low = serializers.FloatField(help_text="差值减两个标准误。")
    high = serializers.FloatField(help_text="差值加两个标准误。")


class RankingModelOutput(serializers.Serializer):
    """A version: what it learned from, how it compares, where it stands."""

    id = serializers.UUIDField(source="public_id")
    number = serializers.IntegerField()
    status = serializers.ChoiceField(choices=VersionStatus)
    status_label = serializers.CharField(source="get_status_display")
    is_demonstration = serializers.BooleanField()
    until = serializers.DateField(help_text="只学习此日之前已知的结果。")
    weight = serializers.FloatField()
    asked_by = serializers.CharField(source="asked_by.display_name", allow_null=True)
    asked_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    failure = serializers.CharField(help_text="未能训练的原因；结果不足时按规则排序。")
    sha256 = serializers.CharField()
    data_fingerprint = serializers.CharField()
    parameters = serializers.DictField()
    metrics = serializers.DictField()
    notes = serializers.ListField(child=serializers.CharField())
    compared_at = serializers.DateTimeField(allow_null=True)
    comparison = serializers.SerializerMethodField()
    is_better = serializers.SerializerMethodField(help_text="好出两个标准误，可以启用。")
    activated_by = serializers.CharField(source="activated_by.display_name", allow_null=True)
    activated_at = serializers.DateTimeField(allow_null=True)
    replaced = serializers.IntegerField(source="replaced.number", allow_null=True, default=None)
    retired_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(ComparisonOutput(allow_null=True))
    def get_comparison(self, version: ModelVersion) -> dict[str, Any] | None:
        """Show the comparison, if there was one."""
        return ComparisonOutput(version.comparison).data if version.comparison else None

    def get_is_better(self, version: ModelVersion) -> bool:
        """Tell whether the version may be activated by its comparison."""
        return bool(version.comparison) and is_better(version.comparison)


class InUseOutput(serializers.Serializer):
    """What the ranking is based on now."""

    basis = serializers.ChoiceField(choices=[("rules", "规则"), ("model", "模型")])
    label = serializers.CharField()
    number = serializers.IntegerField(allow_null=True)
    problem = serializers.CharField(help_text="模型文件无法使用而按规则排序时的说明。")


class ExposureOutput(serializers.Serializer):
    """The share of attention that one institution, region or stage got."""

    code = serializers.CharField()
    label = serializers.CharField()
    shown = serializers.IntegerField()
    share = serializers.FloatField(help_text="按名次折扣后的展示份额。")


class DriftOutput(serializers.Serializer):
    """How far the open needs of now are from what a model learned from."""

    feature = serializers.CharField()
    label = serializers.CharField()
    psi = serializers.FloatField()
    level = serializers.CharField()


class HiddenThresholdOutput(serializers.Serializer):
    """Declines that contradict what an institution has published."""

    institution = serializers.CharField()
    institution_name = serializers.CharField()
    reason = serializers.CharField()
    reason_label = serializers.CharField()
    declined = serializers.IntegerField()
    answered = serializers.IntegerField()
    others_share = serializers.FloatField()
    p_value = serializers.FloatField(help_text="Fisher 精确检验，单侧，按检验次数校正。")


class MonitoringOutput(serializers.Serializer):
    """Whom the ranking shows, what drifts, and what is declined against published rules."""

    since = serializers.DateField()
    until = serializers.DateField()
    institutions = ExposureOutput(many=True)
    regions = ExposureOutput(many=True)
    stages = ExposureOutput(many=True)
    borrowers = ExposureOutput(many=True)
    explored = serializers.IntegerField(
        help_text="展示中由抽取列出的“记录较少的机构”次数；按排在匹配结果之后计入展示份额。"
    )
    gini = serializers.FloatField(allow_null=True)
    hhi = serializers.FloatField(allow_null=True)
    drift = DriftOutput(many=True)
    hidden_thresholds = HiddenThresholdOutput(many=True)
