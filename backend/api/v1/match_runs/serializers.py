"""What is read and shown of match runs."""

from rest_framework import serializers

from backend.api.fields import WholeNumberField
from backend.api.serializers import StrictSerializer
from backend.matches.enums import RunStatus
from backend.matches.models import LONGEST_LIST, MatchRun
from backend.matches.services import DEFAULT_TOP


class StartRunInput(StrictSerializer):
    """What a new run may be told; the region is the department's own."""

    as_of = serializers.DateField(required=False, help_text="计算日期，缺省为今天。")
    top = WholeNumberField(
        required=False,
        default=DEFAULT_TOP,
        min_value=1,
        max_value=LONGEST_LIST,
        help_text="每项需求保留的匹配数。",
    )


class MatchRunOutput(serializers.Serializer):
    """A run: what defines it, how far it is, and what it came to."""

    id = serializers.UUIDField(source="public_id")
    status = serializers.ChoiceField(choices=RunStatus)
    status_label = serializers.CharField(source="get_status_display")
    region = serializers.CharField(source="region_id")
    region_name = serializers.CharField(source="region.full_name")
    as_of = serializers.DateField()
    top = serializers.IntegerField()
    catalogue_version = serializers.IntegerField()
    library_versions = serializers.DictField(child=serializers.CharField())
    repeats = serializers.UUIDField(source="repeats.public_id", allow_null=True, default=None)
    started_by = serializers.CharField(source="started_by.display_name", allow_null=True)
    needs_total = serializers.IntegerField()
    needs_done = serializers.IntegerField()
    progress = serializers.SerializerMethodField(help_text="已完成比例，0 至 1。")
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    result_hash = serializers.CharField(help_text="结果摘要：两次计算的结果相同，摘要即相同。")
    failure = serializers.CharField()

    def get_progress(self, run: MatchRun) -> float:
        """Tell the share of needs that are done; a run over nothing is complete."""
        return run.needs_done / run.needs_total if run.needs_total else 1.0


class RunMatchOutput(serializers.Serializer):
    """One place in the list of a need."""

    rank = serializers.IntegerField()
    product = serializers.CharField()
    product_id = serializers.UUIDField()
    product_version_id = serializers.UUIDField()
    product_name = serializers.CharField()
    institution = serializers.CharField()
    institution_name = serializers.CharField()
    verdict = serializers.CharField()
    verdict_label = serializers.CharField()
    score = serializers.FloatField()


class RunRowOutput(serializers.Serializer):
    """The list of one need in a run."""

    need = serializers.CharField()
    need_id = serializers.UUIDField()
    need_revision = serializers.IntegerField()
    firm_name = serializers.CharField()
    eligible_count = serializers.IntegerField()
    to_confirm_count = serializers.IntegerField()
    matches = RunMatchOutput(many=True)
