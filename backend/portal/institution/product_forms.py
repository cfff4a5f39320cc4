"""What an institution fills in about a product."""

import re
from typing import Any

from django import forms

from backend.catalogue.conditions import NEVER_OPEN, is_stated, lift_restated
from backend.catalogue.content import (
    DESCRIPTION_MAX_LENGTH,
    NAME_MAX_LENGTH,
    NOTE_MAX_LENGTH,
    RANGES,
    content_of,
)
from backend.catalogue.models import Product, ProductVersion
from backend.catalogue.policies import with_upper_units
from backend.organizations.actors import Actor
from backend.portal.forms import CodeField, CodesField, DayField, PercentField, PlainForm, WanField
from backend.portal.institution.choices import YesNoField, industry_sections, offer_regions
from backend.portal.institution.term_forms import TermFormSet, rows_of
from backend.reference.industries import unknown_industries
from matching.vocabulary import (
    COLLATERAL,
    CRITERIA,
    FINANCING_TYPES,
    PURPOSES,
    QUALIFICATIONS,
    STAGES,
    TECH_FIELDS,
)

_SEPARATORS = re.compile(r"[、,，;；\s]+")
_OPENABLE = {code: label for code, label in CRITERIA.items() if code not in NEVER_OPEN}
_TYPED_CODES = ("industries_more", "industries_excluded")


def _months(label: str, largest: int) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=largest)


class ProductForm(PlainForm):
    """The conditions of a product; whatever is left empty counts as not published."""

    name = forms.CharField(label="产品名称", max_length=NAME_MAX_LENGTH)
    series = forms.CharField(label="产品系列", required=False, max_length=NAME_MAX_LENGTH)
    variant_of = forms.ChoiceField(label="所属主产品", required=False)
    financing_type = CodeField(FINANCING_TYPES, label="融资方式", empty="未公布", required=False)
    amount_min_yuan = WanField(label="最低金额（万元）", required=False)
    amount_max_yuan = WanField(label="最高金额（万元）", required=False)
    term_min_months = _months("最短期限（月）", 1200)
    term_max_months = _months("最长期限（月）", 1200)
    annual_rate_min = PercentField(label="最低年化利率（%）", required=False)
    annual_rate_max = PercentField(label="最高年化利率（%）", required=False)
    collateral = CodesField(COLLATERAL, label="接受的担保方式", required=False)
    stages = CodesField(STAGES, label="适用阶段", required=False)
    stage_focus = CodesField(
        STAGES, label="侧重阶段", required=False, help_text="只影响推荐次序，不作为条件。"
    )
    firm_age_min_months = _months("企业最短成立时间（月）", 12000)
    firm_age_max_months = _months("企业最长成立时间（月）", 12000)
    regions = forms.MultipleChoiceField(
        label="适用地区", required=False, widget=forms.CheckboxSelectMultiple
    )
    industries = forms.MultipleChoiceField(
        label="适用行业（门类）", required=False, widget=forms.CheckboxSelectMultiple
    )
    industries_more = forms.CharField(
        label="更细的适用行业",
        required=False,
        help_text="GB/T 4754 代码，如 C39、C397，用顿号分隔。",
    )
    industries_excluded = forms.CharField(
        label="限制行业", required=False, help_text="GB/T 4754 代码，如 K、C25，用顿号分隔。"
    )
    tech_fields = CodesField(TECH_FIELDS, label="技术领域", required=False)
    purposes = CodesField(PURPOSES, label="资金用途", required=False)
    qualifications_all = CodesField(QUALIFICATIONS, label="须全部具备的资质", required=False)
    qualifications_any = CodesField(QUALIFICATIONS, label="至少具备一项的资质", required=False)
    green_quota = YesNoField("额度优先")
    green_approval = YesNoField("审批优先")
    green_disbursement = YesNoField("投放优先")
    approval_days = forms.IntegerField(
        label="审批时限（工作日）", required=False, min_value=0, max_value=3650
    )
    open_conditions = CodesField(
        _OPENABLE,
        label="声明不设条件的项目",
        required=False,
        help_text="既未填写、又未在此声明的项目，发布后显示为“未公布”，企业最多列为“待核实”。",
    )
    has_undisclosed_terms = forms.BooleanField(label="另有未公布的其他条件", required=False)
    valid_from = DayField(label="有效期起", required=False)
    valid_until = DayField(label="有效期止（不含当日）", required=False)
    description = forms.CharField(
        label="产品说明",
        required=False,
        max_length=DESCRIPTION_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    note = forms.CharField(label="备注", required=False, max_length=NOTE_MAX_LENGTH)

    def __init__(
        self, data: Any = None, *, actor: Actor, base: ProductVersion | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.base = content_of(base)
        own = base.product if base is not None else None
        self.terms = TermFormSet(data, initial=rows_of(self.base["terms"]), prefix="terms")
        self.fields["variant_of"].choices = [
            ("", "无"),
            *_main_products(actor, own, self.base["variant_of"]),
        ]
        self.near_regions = offer_regions(self.fields["regions"], self.base["regions"])
        self.fields["industries"].choices = industry_sections()
        if data is None:
            self.initial = self._entries() | self.initial

    def _entries(self) -> dict[str, Any]:
        """Return the stored content as the fields show it."""
        sections = {code for code, _ in self.fields["industries"].choices}
        industries = self.base["industries"] or []
        return {
            **{name: self.base[name] for name in self.fields if name in self.base},
            "industries": [code for code in industries if code in sections],
            "industries_more": "、".join(code for code in industries if code not in sections),
            "industries_excluded": "、".join(self.base["industries_excluded"] or []),
            "has_undisclosed_terms": "terms" in self.base["undisclosed"],
        }

    def _clean_typed(self, name: str) -> str:
        unknown = unknown_industries(_split(self.cleaned_data[name]))
        if unknown:
            raise forms.ValidationError(f"没有代码为“{'、'.join(sorted(unknown))}”的行业。")
        return self.cleaned_data[name]

    def clean_industries_more(self) -> str:
        """Refuse codes that do not exist beside the field where they were typed."""
        return self._clean_typed("industries_more")

    def clean_industries_excluded(self) -> str:
        """Refuse codes that do not exist."""
        return self._clean_typed("industries_excluded")

    def is_valid(self) -> bool:
        """Look at the rows of further conditions too."""
        return all([super().is_valid(), self.terms.is_valid()])

    def clean(self) -> dict[str, Any]:
        """Say in the page's own words what contradicts itself."""
        values = super().clean()
        for low, high in RANGES:
            if None not in (values.get(low), values.get(high)) and values[low] > values[high]:
                self.add_error(low, "下限不能高于上限。")
        stated = {name: value or None for name, value in values.items() if name != "terms"}
        stated["industries"] = (values.get("industries") or values.get("industries_more")) or None
        has_terms = self.terms.is_valid() and bool(self.terms.entries())
        for code in values.get("open_conditions") or ():
            if is_stated(code, stated) or (code == "terms" and has_terms):
                self.add_error(
                    "open_conditions", f"“{CRITERIA[code]}”已填写条件，不能同时声明不设条件。"
                )
        return values

    def values(self) -> dict[str, Any]:
        """Return the content as services take it; what is empty is not stated."""
        values = {
            name: None if value in ("", []) else value for name, value in self.cleaned_data.items()
        }
        typed = {name: _split(values.pop(name)) for name in _TYPED_CODES}
        values["industries"] = [*(values["industries"] or []), *typed["industries_more"]] or None
        values["industries_excluded"] = typed["industries_excluded"] or None
        values["open_conditions"] = values["open_conditions"] or []
        values["terms"] = self.terms.entries()
        values |= {name: values[name] or "" for name in ("series", "description", "note")}
        has_terms = values.pop("has_undisclosed_terms")
        if has_terms != ("terms" in self.base["undisclosed"]):
            kept = lift_restated({**self.base, **values}, values.keys())["undisclosed"]
            others = [code for code in kept if code != "terms"]
            values["undisclosed"] = [*others, "terms"] if has_terms else others
        return values


class PublishForm(PlainForm):
    """The declaration without which nothing is published."""

    no_tie_in = forms.BooleanField(
        label="本机构声明：本产品不以存款、代发工资、购买保险等作为办理条件。",
        error_messages={"required": "未作声明不能发布。"},
    )


class CloseForm(PlainForm):
    """Why a product is taken off."""

    reason = forms.CharField(
        label="下架原因",
        required=False,
        max_length=NOTE_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def _split(text: str | None) -> list[str]:
    codes = [code.upper() for code in _SEPARATORS.split(text or "") if code]
    return list(dict.fromkeys(codes))


def _main_products(actor: Actor, own: Product | None, stated: str | None) -> list[tuple[str, str]]:
    """Return what a product may be a variant of: its unit's and the upper units' products."""
    institution = own.institution if own is not None else actor.organization
    units = [unit.pk for unit in with_upper_units(institution)]
    rows = Product.objects.visible_to(actor).filter(
        institution__in=units, current_version__isnull=False
    )
    if own is not None:
        rows = rows.exclude(pk=own.pk)
    found = [
        (code, f"{name}（{code}）")
        for code, name in rows.order_by("code").values_list("code", "current_version__name")
    ]
    # What is stated stays, even where nobody could choose it any more.
    is_offered = stated is None or any(code == stated for code, _ in found)
    return found if is_offered else [*found, (stated, stated)]
