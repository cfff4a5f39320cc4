"""The allow-list: which fields belong to each group, and what a masked row shows instead."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from backend.consents.enums import FieldGroup
from backend.consents.records import DisclosableRecord
from backend.firms.fact_fields import FACT_FIELDS
from matching.units import YUAN_PER_WAN

Reader = Callable[[DisclosableRecord], Any]

# Ends of the bands in yuan, of which a masked row shows one: the lower end belongs to it.
AMOUNT_BANDS_YUAN = tuple(
    wan * YUAN_PER_WAN for wan in (0, 100, 300, 500, 1_000, 3_000, 10_000, 30_000)
)


def _firm(name: str) -> Reader:
    return lambda record: getattr(record.firm, name)


def _need(name: str) -> Reader:
    return lambda record: getattr(record.need, name)


def _qualifications(record: DisclosableRecord) -> list[dict[str, Any]] | None:
    """Return the periods as plain values, which every channel can write."""
    held = record.firm.qualifications
    return None if held is None else [asdict(period) for period in held]


FIELDS_OF: dict[FieldGroup, dict[str, Reader]] = {
    FieldGroup.IDENTITY: {"firm_name": _firm("name"), "uscc": _firm("uscc")},
    FieldGroup.PROFILE: {
        "region": _firm("region"),
        "industry": _firm("industry"),
        "tech_fields": _firm("tech_fields"),
        "founded_on": _firm("founded_on"),
        "incubator": _firm("incubator"),
        "firm_description": _firm("description"),
    },
    FieldGroup.STANDING: {
        "stage": lambda record: record.stage,
        "stage_basis": lambda record: record.stage_basis,
        "qualifications": _qualifications,
        "taxpayer_rating": _firm("taxpayer_rating"),
    },
    FieldGroup.FIGURES: {
        "fiscal_year": _firm("fiscal_year"),
        **{field: _firm(field) for field in FACT_FIELDS},
        "yearly_figures": lambda record: record.yearly_figures or None,
    },
    FieldGroup.WISH: {
        **{
            field: _need(field)
            for field in (
                "financing_types",
                "amount_min_yuan",
                "amount_max_yuan",
                "term_min_months",
                "term_max_months",
                "max_annual_rate",
                "collateral",
                "purposes",
                "needed_by",
            )
        },
        "dossier": _need("dossier"),
        "description": _need("description"),
    },
    FieldGroup.CONTACT: {
        "contact_name": lambda record: record.contact_name or None,
        "contact_phone": lambda record: record.contact_phone or None,
    },
}
# Free texts may name the firm, so they are shown only to whoever may know its name.
FREE_TEXTS = frozenset({"firm_description", "dossier", "description"})

CODE_FIELD = "code"


def _city(region: str | None) -> str | None:
    """Return the city that a division lies in; a province stays itself."""
    return None if region is None else f"{region[:4]}00"


def _band(record: DisclosableRecord) -> dict[str, int | None] | None:
    """Return the band of the amount that is asked at most, ``to_yuan`` excluded, null for open."""
    amount = record.need.amount_max_yuan
    if amount is None:
        amount = record.need.amount_min_yuan
    if amount is None:
        return None
    ends = (*AMOUNT_BANDS_YUAN, None)
    place = max(index for index, end in enumerate(AMOUNT_BANDS_YUAN) if amount >= end)
    return {"from_yuan": ends[place], "to_yuan": ends[place + 1]}


MASKED_FIELDS: dict[str, Reader] = {
    "city": lambda record: _city(record.firm.region),
    "industry_section": lambda record: (record.firm.industry or "")[:1] or None,
    "stage": lambda record: record.stage,
    "amount_band": _band,
    "financing_types": _need("financing_types"),
}

# How the ledger calls a field to people.
LABELS: dict[str, str] = {
    "code": "需求编号",
    "firm_name": "企业名称",
    "uscc": "统一社会信用代码",
    "region": "所在地区",
    "industry": "所属行业",
    "tech_fields": "技术领域",
    "founded_on": "成立日期",
    "incubator": "所在孵化载体",
    "firm_description": "主营业务",
    "stage": "企业阶段",
    "stage_basis": "阶段依据",
    "qualifications": "资质及有效期",
    "taxpayer_rating": "纳税信用等级",
    "fiscal_year": "数据年度",
    **FACT_FIELDS,
    "yearly_figures": "分年度营业收入和研发投入",
    "financing_types": "融资方式",
    "amount_min_yuan": "金额下限",
    "amount_max_yuan": "金额上限",
    "term_min_months": "期限下限",
    "term_max_months": "期限上限",
    "max_annual_rate": "可承受年化利率",
    "collateral": "可提供的担保",
    "purposes": "资金用途",
    "needed_by": "最迟用款日期",
    "dossier": "融资方案",
    "description": "需求说明",
    "preference": "优先次序",
    "contact_name": "联系人",
    "contact_phone": "联系电话",
    "city": "所在市（州）",
    "industry_section": "行业门类",
    "amount_band": "金额档次",
}
