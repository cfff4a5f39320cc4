"""The shape of reports by period, of sources side by side, and of public sums."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.api.v1.reports.figure_schema import ClockFigures, Drawn, MoneyCounts
from backend.filings.enums import Measure
from backend.reports.activities import ActivityFigure
from backend.reports.cells import Cell
from backend.reports.figures import Source
from backend.reports.mechanism import MechanismFigure
from backend.reports.periodic import ReportKind


class _NumberField(serializers.FloatField):
    """A number as it is: a whole one stays whole."""

    def to_representation(self, value: float) -> float:
        """Return the number."""
        return value


class FigureOutput(serializers.Serializer):
    """One figure: who says so, what it counts, and where its rows are."""

    code = serializers.CharField()
    label = serializers.CharField()
    value = _NumberField(help_text="金额以元计。")
    unit = serializers.CharField()
    text = serializers.CharField(help_text="公文中的写法。")
    year_before = _NumberField(allow_null=True, help_text="上年同期，按同一截止日统计。")
    source = serializers.ChoiceField(choices=[(one.value, one.label) for one in Source])
    source_label = serializers.CharField(source="source.label")
    basis = serializers.CharField(help_text="口径与依据。")
    day = serializers.DateField(help_text="统计截止日、签报日或来源日期。")
    rows = serializers.CharField(help_text="明细的地址，相对于 /api/v1/。")


class MeasureSources(serializers.Serializer):
    """What each source says of one measure; nothing here is added."""

    measure = serializers.ChoiceField(choices=Measure.choices)
    label = serializers.CharField()
    platform = FigureOutput(many=True)
    aggregates = FigureOutput(many=True)
    indicators = FigureOutput(many=True)


class SourcesAnswer(Drawn):
    """Three sources side by side."""

    source = None
    note = serializers.CharField()
    measures = MeasureSources(many=True)


class _Promise(ClockFigures):
    """Working days against the promise; always with how many were measured."""

    clock = None
    label = None
    promised_days = serializers.IntegerField(allow_null=True, help_text="多数对接的承诺时限。")


class GreenPromise(_Promise):
    """Approval, or money, against the promise."""


class GreenQuota(serializers.Serializer):
    """What was asked for and what was granted, by number and amount."""

    asked = MoneyCounts()
    asked_without_amount = serializers.IntegerField(min_value=0, help_text="其中未填金额的对接。")
    granted = MoneyCounts()
    declined = serializers.IntegerField(min_value=0)


class GreenFigures(serializers.Serializer):
    """The green channel of one product, or of all."""

    referrals = serializers.IntegerField(min_value=0, help_text="可统计的对接，户次。")
    not_reported = serializers.IntegerField(min_value=0, help_text="企业未同意反馈进展的对接。")
    quota = GreenQuota()
    through_green_channel = MoneyCounts(help_text="机构标明走绿色通道的批准额度。")
    approval = GreenPromise()
    disbursement = GreenPromise()


class GreenRow(GreenFigures):
    """The green channel of one product."""

    product = serializers.CharField()
    product_name = serializers.CharField()
    institution = serializers.CharField()
    institution_name = serializers.CharField()
    is_own = serializers.BooleanField()


class GreenChannelAnswer(Drawn):
    """Green channels of the referrals that were sent in the period."""

    total = GreenFigures()
    rows = GreenRow(many=True)


class MechanismRowOutput(serializers.Serializer):
    """What stands behind a figure on the mechanism."""

    kind = serializers.CharField()
    id = serializers.UUIDField()
    day = serializers.DateField()
    code = serializers.CharField()
    title = serializers.CharField()
    organization = serializers.CharField()


class MechanismRowsAnswer(serializers.Serializer):
    """The rows behind one figure."""

    figure = serializers.ChoiceField(choices=MechanismFigure.choices)
    label = serializers.CharField()
    count = serializers.IntegerField(min_value=0)
    rows = MechanismRowOutput(many=True)


class ActivityRowOutput(serializers.Serializer):
    """What stands behind a figure on activities, projects and intents."""

    kind = serializers.ChoiceField(choices=["activity", "participation", "project", "intent"])
    id = serializers.UUIDField()
    day = serializers.DateField()
    title = serializers.CharField()
    organization = serializers.CharField(
        allow_blank=True, help_text="企业属其他部门辖区的，不显示名称。"
    )
    amount_yuan = serializers.IntegerField(
        allow_null=True, help_text="企业授权反馈的金额；不与批准额度、投放金额相加。"
    )


class ActivityRowsAnswer(serializers.Serializer):
    """The rows behind one figure."""

    figure = serializers.ChoiceField(choices=ActivityFigure.choices)
    label = serializers.CharField()
    count = serializers.IntegerField(min_value=0)
    rows = ActivityRowOutput(many=True)


class PublicSums(serializers.Serializer):
    """Sums behind which enough firms and institutions stand."""

    firms = serializers.IntegerField(min_value=0, help_text="户。")
    needs = serializers.IntegerField(min_value=0, help_text="个。")
    referrals = serializers.IntegerField(min_value=0, required=False, help_text="户次。")
    amount_yuan = serializers.IntegerField(min_value=0, required=False)


class PublicFigure(serializers.Serializer):
    """One public figure; no sums where too few stand behind it."""

    cell = serializers.ChoiceField(choices=Cell.choices)
    label = serializers.CharField()
    sums = PublicSums(allow_null=True)


class PublicAnswer(Drawn):
    """What everybody may know."""

    region = None
    least = serializers.IntegerField(help_text="公布一个数字所需的最少企业数和机构数。")
    note = serializers.CharField()
    figures = PublicFigure(many=True)


class ParagraphOutput(serializers.Serializer):
    """A text and the codes of the figures in it."""

    text = serializers.CharField()
    figures = serializers.ListField(child=serializers.CharField())


class SectionOutput(serializers.Serializer):
    """A heading with its paragraphs."""

    heading = serializers.CharField()
    paragraphs = ParagraphOutput(many=True)


class ReportAnswer(serializers.Serializer):
    """A report by period."""

    kind = serializers.ChoiceField(choices=ReportKind.choices)
    title = serializers.CharField()
    period = serializers.CharField()
    department = serializers.CharField()
    region = serializers.CharField(source="scope.region")
    region_name = serializers.CharField()
    until = serializers.DateField(source="scope.end", help_text="止日（不含）。")
    as_of = serializers.DateField(source="scope.as_of")
    sections = SectionOutput(many=True)
    figures = serializers.SerializerMethodField()

    def get_fields(self) -> dict[str, serializers.Field]:
        """Add ``from``, which Python keeps for itself."""
        begins = serializers.DateField(source="scope.start", help_text="起日（含）。")
        return {**super().get_fields(), "from": begins}

    @extend_schema_field(FigureOutput(many=True))
    def get_figures(self, report: object) -> list[dict[str, object]]:
        """Return the figures in the order of the text."""
        return FigureOutput(report.figures.values(), many=True).data
