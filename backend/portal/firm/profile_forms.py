"""What a firm says of itself: profile, figures of a year, figures of a day, qualifications."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from backend.firms.models import DESCRIPTION_MAX_LENGTH, Firm
from backend.portal.forms import CodeField, CodesField, DayField, PercentField, PlainForm, WanField
from backend.reference.models import Industry, Region
from matching.vocabulary import QUALIFICATIONS, STAGES, TAXPAYER_RATINGS, TECH_FIELDS

_NOT_CHOSEN = ("", "请选择")
_LARGEST_RATIO = 1_000_000
_YEARS_BACK = 5
_DIVISION_LENGTH = 3
_CITY = slice(0, 4)


def _chosen(rows: Any) -> list[tuple[str, str]]:
    return [_NOT_CHOSEN, *rows]


class PlaceForm(PlainForm):
    """Where the firm is and what it does, each chosen from coarse to fine.

    ``province`` holds the first digits of the codes that are offered; empty for all.
    """

    city = forms.ChoiceField(label="市（州）", required=False)
    county = forms.ChoiceField(label="县（市、区）", required=False)
    section = forms.ChoiceField(label="行业门类", required=False)
    division = forms.ChoiceField(label="行业大类", required=False)
    class_code = forms.ChoiceField(
        label="行业小类", required=False, help_text="表中没有时只选大类即可。"
    )

    def __init__(self, *args: Any, province: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regions = Region.objects.values_list("code", "name")
        industries = Industry.objects.values_list("code", "name")
        city, section, division = (self._now(name) for name in ("city", "section", "division"))
        division = division if section and division.startswith(section) else ""
        self._offer("city", regions.filter(level=Region.Level.CITY, code__startswith=province))
        self._offer("county", regions.filter(parent=city or None, level=Region.Level.COUNTY))
        self._offer("section", industries.filter(level=Industry.Level.SECTION))
        self._offer("division", industries.filter(parent=section or None))
        finer = industries.filter(code__startswith=division) if division else industries.none()
        self._offer("class_code", finer.exclude(code=division))
        kept = self.initial.get("class_code")
        if kept and kept.startswith(division or "-") and len(kept) > _DIVISION_LENGTH:
            # The table holds the classes that firms use so far; what is recorded stays.
            offered = self.fields["class_code"].choices
            if kept not in dict(offered):
                self.fields["class_code"].choices = [*offered, (kept, kept)]

    def _now(self, name: str) -> str:
        return str((self.data.get(name) if self.is_bound else self.initial.get(name)) or "")

    def _offer(self, name: str, rows: Any) -> None:
        self.fields[name].choices = _chosen(rows)
        # Narrow what was chosen below a place that is no longer chosen.
        if self.is_bound and self._now(name) not in dict(self.fields[name].choices):
            self.data = self.data.copy()
            self.data[name] = ""

    def place_values(self) -> dict[str, Any]:
        """Return region and industry, the finest that was chosen; a region only if one was."""
        values = self.cleaned_data
        industry = values["class_code"] or values["division"] or values["section"]
        region = values["county"] or values["city"]
        return {"industry": industry or None} | ({"region": region} if region else {})


class ProfileForm(PlaceForm):
    """The profile."""

    founded_on = DayField(label="成立日期", required=False)
    declared_stage = CodeField(
        STAGES,
        label="企业阶段",
        empty="由平台按数据推断",
        required=False,
        help_text="不选时平台按成立时间、收入、人数等推断，并说明依据。",
    )
    tech_fields = CodesField(TECH_FIELDS, label="技术领域", required=False)
    taxpayer_rating = CodeField(
        TAXPAYER_RATINGS, label="纳税信用等级", empty="未填写", required=False
    )
    no_qualifications = forms.BooleanField(
        label="没有任何资质", required=False, help_text="有资质的请在资料页逐项登记。"
    )
    description = forms.CharField(
        label="主营业务",
        required=False,
        max_length=DESCRIPTION_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def values(self) -> dict[str, Any]:
        """Return the profile as the service takes it; what is empty is unknown."""
        given = self.cleaned_data
        values = {
            name: given[name] or None
            for name in (
                "founded_on",
                "declared_stage",
                "tech_fields",
                "taxpayer_rating",
                "description",
            )
        }
        if "no_qualifications" in self.changed_data:
            values["qualifications_known"] = given["no_qualifications"]
        return values | self.place_values()


def entries_of(firm: Firm) -> dict[str, Any]:
    """Return what is known of a firm, as the form shows it.

    Whoever has qualifications on record is not asked whether there are none.
    """
    has_qualifications = firm.qualifications.exists()
    region, industry = firm.organization.region_id or "", firm.industry
    return {
        "city": f"{region[_CITY]}00" if region else "",
        "county": region,
        "section": industry[:1],
        "division": industry[:_DIVISION_LENGTH] if len(industry) >= _DIVISION_LENGTH else "",
        "class_code": industry if len(industry) > _DIVISION_LENGTH else "",
        "founded_on": firm.founded_on,
        "declared_stage": firm.declared_stage,
        "tech_fields": firm.tech_fields,
        "taxpayer_rating": firm.taxpayer_rating,
        "description": firm.description,
        "has_qualifications": has_qualifications,
        "no_qualifications": firm.qualifications_known and not has_qualifications,
    }


def _ratio(label: str, **kwargs: Any) -> PercentField:
    kwargs = {"min_value": 0, "max_value": _LARGEST_RATIO, "required": False} | kwargs
    return PercentField(label=f"{label}（%）", **kwargs)


def _amount(label: str, **kwargs: Any) -> WanField:
    return WanField(label=f"{label}（万元）", **({"required": False} | kwargs))


def _number(label: str) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=0)


class FiguresForm(PlainForm):
    """Figures; only those that were filled in are recorded."""

    def figures(self, *others: str) -> dict[str, Decimal]:
        """Return the figures given; ``others`` are fields that say when, not how much."""
        return {
            name: Decimal(value)
            for name, value in self.cleaned_data.items()
            if name not in others and value is not None
        }


class YearForm(FiguresForm):
    """Figures of a closed year's accounts."""

    fiscal_year = forms.TypedChoiceField(label="所属年度", coerce=int)
    audited = forms.BooleanField(label="以上数据来自审计报告", required=False)
    revenue_yuan = _amount("营业收入")
    revenue_growth = _ratio("营业收入增长率", min_value=-100)
    net_profit_yuan = _amount("净利润", min_value=None)
    total_assets_yuan = _amount("资产总额")
    debt_ratio = _ratio("资产负债率")
    rd_expense_yuan = _amount("研发费用")
    rd_ratio = _ratio("研发费用占营业收入比例")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = range(today.year - 1, today.year - 1 - _YEARS_BACK, -1)
        self.fields["fiscal_year"].choices = [(year, f"{year} 年度") for year in years]


class CountsForm(FiguresForm):
    """Figures that are true on a day."""

    as_of = DayField(label="数据日期")
    registered_capital_yuan = _amount("注册资本")
    employees = _number("职工人数")
    insured_employees = _number("参保人数")
    rd_staff_ratio = _ratio("研发人员占比", max_value=100)
    invention_patents = _number("发明专利（件）")
    utility_patents = _number("实用新型专利（件）")
    software_copyrights = _number("软件著作权（件）")
    innovation_points = forms.DecimalField(
        label="创新积分", required=False, min_value=0, max_value=1000, decimal_places=2
    )
    order_backlog_yuan = _amount("在手订单")


class QualificationForm(PlainForm):
    """A qualification that the firm holds."""

    code = CodeField(QUALIFICATIONS, label="资质")
    level = forms.CharField(label="级别", required=False, max_length=60)
    certificate_number = forms.CharField(label="证书编号", required=False, max_length=60)
    valid_from = DayField(label="有效期起", required=False)
    valid_until = DayField(
        label="有效期止", required=False, help_text="这一天起不再有效；长期有效的不填。"
    )
