"""Names of codes that stand in the database, read once per process: they change by release."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from backend.matches.wording import FIELD_LABELS
from backend.reference.models import Industry, Region

# How people call the fields of the ledger of disclosures.
FIELDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        **FIELD_LABELS,
        "code": "需求编号",
        "firm_name": "企业名称",
        "uscc": "统一社会信用代码",
        "firm_description": "主营业务",
        "region": "所在地区",
        "city": "所在市（州）",
        "industry": "行业",
        "industry_section": "行业门类",
        "tech_fields": "技术领域",
        "founded_on": "成立日期",
        "incubator": "孵化载体",
        "stage": "企业阶段",
        "stage_basis": "阶段依据",
        "stage_rule": "阶段规则",
        "qualifications": "资质",
        "taxpayer_rating": "纳税信用等级",
        "fiscal_year": "财务年度",
        "yearly_figures": "各年度数据",
        "amount_band": "金额区间",
        "amount_min_yuan": "金额下限",
        "amount_max_yuan": "金额上限",
        "term_min_months": "期限下限",
        "term_max_months": "期限上限",
        "max_annual_rate": "可承受利率",
        "financing_types": "融资方式",
        "collateral": "担保",
        "purposes": "资金用途",
        "needed_by": "最迟用款日期",
        "preference": "意向次序",
        "dossier": "融资方案",
        "description": "需求说明",
        "contact_name": "联系人",
        "contact_phone": "联系电话",
    }
)


@cache
def regions() -> dict[str, str]:
    """Return the full name of every division."""
    return dict(Region.objects.values_list("code", "full_name"))


@cache
def industries() -> dict[str, str]:
    """Return the name of every industry."""
    return dict(Industry.objects.values_list("code", "name"))
