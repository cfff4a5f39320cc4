"""The shape of figures, for the OpenAPI document."""

from rest_framework import serializers

from backend.referrals.enums import OutcomeState
from backend.reports.cells import AMOUNTS, NEED_CELLS, NEED_STAGES, STAGES


class Drawn(serializers.Serializer):
    """Where figures come from, and when they were drawn."""

    source = serializers.CharField(help_text="数据来源；不同来源的数字不相加。")
    as_of = serializers.DateField()
    region = serializers.CharField(allow_null=True)
    until = serializers.DateField(help_text="止日（不含）。")

    def get_fields(self) -> dict[str, serializers.Field]:
        """Add ``from``, which Python keeps for itself."""
        return {**super().get_fields(), "from": serializers.DateField(help_text="起日（含）。")}


class StageCounts(serializers.Serializer):
    """One stage, counted in three ways."""

    needs = serializers.IntegerField(min_value=0, help_text="需求数（个）。")
    firms = serializers.IntegerField(min_value=0, help_text="企业数（户）。")
    referrals = serializers.IntegerField(min_value=0, help_text="推送数（户次）。")


class MoneyCounts(serializers.Serializer):
    """Rows with an amount, and what they come to."""

    count = serializers.IntegerField(min_value=0)
    amount_yuan = serializers.IntegerField(min_value=0)


class _Stages(serializers.Serializer):
    def get_fields(self) -> dict[str, serializers.Field]:
        """Name each stage; those of needs are empty where they have no meaning."""
        return {
            cell.value: StageCounts(allow_null=cell in NEED_STAGES, help_text=cell.label)
            for cell in STAGES
        }


class _Amounts(serializers.Serializer):
    def get_fields(self) -> dict[str, serializers.Field]:
        """Name each amount."""
        return {
            cell.value: MoneyCounts(allow_null=cell in NEED_CELLS, help_text=cell.label)
            for cell in AMOUNTS
        }


class _Outcomes(serializers.Serializer):
    def get_fields(self) -> dict[str, serializers.Field]:
        """Name each state."""
        return {state.value: MoneyCounts(help_text=state.label) for state in OutcomeState}


class FunnelStages(_Stages):
    """Needs, firms and referrals by stage."""


class FunnelAmounts(_Amounts):
    """Amounts that are never added together."""


class FunnelOutcomes(_Outcomes):
    """Money that was drawn in the period, split by how far both sides agree."""


class FunnelFigures(serializers.Serializer):
    """Every figure of one group."""

    stages = FunnelStages()
    amounts = FunnelAmounts()
    outcomes = FunnelOutcomes()


class FunnelGroup(serializers.Serializer):
    """One group beside the same period of the year before."""

    key = serializers.CharField()
    label = serializers.CharField()
    figures = FunnelFigures()
    year_before = FunnelFigures()


class FunnelAnswer(Drawn):
    """The funnel of a period."""

    group_by = serializers.CharField(allow_null=True)
    groups_overlap = serializers.BooleanField(
        help_text="企业可同时属于多个分组，分组之和大于合计。"
    )
    total = FunnelFigures()
    year_before = FunnelFigures(help_text="上年同期，按同一截止日统计。")
    groups = FunnelGroup(many=True)


class FigureRow(serializers.Serializer):
    """One row behind a figure."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=["need", "referral", "approvedline", "drawdown"])
    day = serializers.DateField(allow_null=True, help_text="计入的日期。")
    amount_yuan = serializers.IntegerField(allow_null=True)
    need = serializers.UUIDField(allow_null=True)
    need_code = serializers.CharField()
    firm_name = serializers.CharField(allow_null=True)
    region = serializers.CharField(allow_null=True)
    referral = serializers.UUIDField(allow_null=True)
    institution = serializers.CharField(allow_null=True)
    institution_name = serializers.CharField(allow_null=True)
    unit = serializers.CharField(allow_null=True, help_text="现承办单位。")
    unit_name = serializers.CharField(allow_null=True)


class ClockFigures(serializers.Serializer):
    """One clock: working days of those that stopped, and how many did not."""

    clock = serializers.CharField()
    label = serializers.CharField()
    answered = serializers.IntegerField(min_value=0)
    median_workdays = serializers.FloatField(allow_null=True)
    p90_workdays = serializers.IntegerField(allow_null=True, help_text="九成不超过的工作日数。")
    within = serializers.IntegerField(min_value=0, help_text="时限内完成。")
    after = serializers.IntegerField(min_value=0, help_text="逾期完成。")
    running = serializers.IntegerField(min_value=0)
    paused = serializers.IntegerField(min_value=0)
    overdue = serializers.IntegerField(min_value=0, help_text="逾期未完成。")
    waiting = serializers.IntegerField(min_value=0, help_text="材料未齐，尚未起算。")


class ResponseRow(serializers.Serializer):
    """An institution as a whole (no unit), or one of its units."""

    institution = serializers.CharField()
    institution_name = serializers.CharField()
    unit = serializers.CharField(allow_null=True)
    unit_name = serializers.CharField(allow_null=True)
    is_own = serializers.BooleanField()
    referrals = serializers.IntegerField(min_value=0)
    clocks = ClockFigures(many=True)


class ResponseAnswer(Drawn):
    """How soon institutions answer."""

    rows = ResponseRow(many=True)


class DeclineCount(serializers.Serializer):
    """How often a reason was given; a decline may have several."""

    reason = serializers.CharField()
    label = serializers.CharField()
    count = serializers.IntegerField(min_value=1)


class ProductFigures(serializers.Serializer):
    """What a product promises and what it did."""

    product = serializers.CharField()
    product_name = serializers.CharField()
    institution = serializers.CharField()
    institution_name = serializers.CharField()
    decided = serializers.IntegerField(min_value=0)
    approved = serializers.IntegerField(min_value=0)
    declined = serializers.IntegerField(min_value=0)
    promised_days = serializers.IntegerField(allow_null=True)
    measured = serializers.IntegerField(min_value=0, help_text="有审批时限记录的推送数。")
    median_workdays = serializers.FloatField(allow_null=True)
    p90_workdays = serializers.IntegerField(allow_null=True)
    within_promise = serializers.IntegerField(min_value=0)
    after_promise = serializers.IntegerField(min_value=0)
    declines = DeclineCount(many=True)


class ProductsAnswer(Drawn):
    """Promise and practice of the products with enough decided referrals."""

    least_decided = serializers.IntegerField()
    products_below = serializers.IntegerField(min_value=0, help_text="样本不足、未列出的产品数。")
    rows = ProductFigures(many=True)
