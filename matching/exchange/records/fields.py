"""Every field of every record of the exchange file, described once.

The JSON check, the workbook in both directions and the template all read this table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from matching.exchange import limits
from matching.exchange.records.compounds import CodeList, Qualifications, Terms, Undisclosed
from matching.exchange.records.kinds import (
    Choice,
    Day,
    Flag,
    Fraction,
    Identifier,
    Industry,
    Kind,
    Points,
    Region,
    Text,
    Uscc,
    Whole,
)
from matching.schema import Firm, Institution, Need, Product
from matching.vocabulary import (
    COLLATERAL,
    FINANCING_TYPES,
    INSTITUTION_KINDS,
    PURPOSES,
    QUALIFICATIONS,
    STAGES,
    TAXPAYER_RATINGS,
    TECH_FIELDS,
)


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name, its header in the workbook, and what it holds.

    ``example`` is the value that the template shows, in the JSON form; ``criterion`` is the
    product condition that the field states, which may be undisclosed instead.
    """

    name: str
    header: str
    kind: Kind
    required: bool = False
    example: object = None
    criterion: str | None = None


@dataclass(frozen=True, slots=True)
class RecordSpec:
    """One list of the exchange object, which is one sheet of the workbook."""

    list_name: str
    sheet: str
    record: Any  # the frozen dataclass that a checked row becomes
    key: str
    fields: tuple[Field, ...]
    by_name: Mapping[str, Field] = field(init=False)
    headers: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {one.name: one for one in self.fields})
        object.__setattr__(self, "headers", {one.name: one.header for one in self.fields})


_NAME: Final = Text(limits.MAX_NAME_CHARACTERS, required=True)
_SHORT: Final = Text(limits.MAX_NAME_CHARACTERS)
_LONG: Final = Text(limits.MAX_DESCRIPTION_CHARACTERS)
_CODE: Final = Identifier()
_YUAN: Final = Whole(limits.MAX_AMOUNT_YUAN, "yuan")
_SIGNED_YUAN: Final = Whole(limits.MAX_AMOUNT_YUAN, "yuan", minimum=-limits.MAX_AMOUNT_YUAN)
_TERM: Final = Whole(limits.MAX_TERM_MONTHS, "month")
_AGE: Final = Whole(limits.MAX_AGE_MONTHS, "month")
_PERSONS: Final = Whole(limits.MAX_COUNT, "person")
_PIECES: Final = Whole(limits.MAX_COUNT, "piece")
_RATE: Final = Fraction(1.0, what="年化利率", least_plain=0.001)
_DEBT: Final = Fraction(limits.MAX_DEBT_RATIO, example=0.55)
_SPENDING: Final = Fraction(limits.MAX_SPENDING_RATIO, example=0.08)
_SHARE: Final = Fraction(1.0, example=0.3)
_GROWTH: Final = Fraction(limits.MAX_GROWTH, minimum=-1.0, example=0.25, what="增长率")

INSTITUTIONS: Final = RecordSpec(
    "institutions",
    "机构",
    Institution,
    "code",
    (
        Field("code", "机构代码", _CODE, True, "B001"),
        Field("name", "机构名称", _NAME, True, "演示银行长春分行"),
        Field("kind", "机构类型", Choice(INSTITUTION_KINDS), True, "bank"),
        Field("region", "所在地区", Region(), example="220100"),
        Field("parent", "上级机构代码", _CODE),
        Field(
            "capacity",
            "每批承接上限（条）",
            Whole(limits.MAX_CAPACITY, "referral"),
            example=20,
        ),
    ),
)

PRODUCTS: Final = RecordSpec(
    "products",
    "产品",
    Product,
    "code",
    (
        Field("code", "产品代码", _CODE, True, "P001"),
        Field("institution", "机构代码", _CODE, True, "B001"),
        Field("name", "产品名称", _NAME, True, "演示科创贷"),
        Field("series", "产品系列", _SHORT),
        Field("variant_of", "所属产品代码", _CODE),
        Field(
            "financing_type",
            "融资方式",
            Choice(FINANCING_TYPES),
            example="credit_loan",
            criterion="financing_type",
        ),
        Field(
            "stages",
            "适用阶段",
            CodeList(Choice(STAGES)),
            example=["startup", "growth"],
            criterion="stage",
        ),
        Field("stage_focus", "侧重阶段", CodeList(Choice(STAGES)), example=["growth"]),
        Field("amount_min_yuan", "最低金额（万元）", _YUAN, example=500_000, criterion="amount"),
        Field("amount_max_yuan", "最高金额（万元）", _YUAN, example=10_000_000, criterion="amount"),
        Field("term_min_months", "最短期限（月）", _TERM, example=6, criterion="term"),
        Field("term_max_months", "最长期限（月）", _TERM, example=36, criterion="term"),
        Field("annual_rate_min", "最低年化利率（%）", _RATE, example=0.0345, criterion="rate"),
        Field("annual_rate_max", "最高年化利率（%）", _RATE, example=0.0435),
        Field("regions", "适用地区", CodeList(Region()), example=["220000"], criterion="region"),
        Field(
            "industries",
            "适用行业",
            CodeList(Industry()),
            example=["C", "I65"],
            criterion="industry",
        ),
        Field(
            "industries_excluded",
            "不适用行业",
            CodeList(Industry()),
            example=["K"],
            criterion="industry_excluded",
        ),
        Field("tech_fields", "适用技术领域", CodeList(Choice(TECH_FIELDS)), criterion="tech_field"),
        Field("purposes", "适用用途", CodeList(Choice(PURPOSES)), criterion="purpose"),
        Field(
            "qualifications_all",
            "须全部具备的资质",
            CodeList(Choice(QUALIFICATIONS)),
            criterion="qualifications_all",
        ),
        Field(
            "qualifications_any",
            "须至少具备一项的资质",
            CodeList(Choice(QUALIFICATIONS)),
            example=["tech_sme", "high_tech"],
            criterion="qualifications_any",
        ),
        Field("firm_age_min_months", "最短成立时间（月）", _AGE, example=12, criterion="firm_age"),
        Field("firm_age_max_months", "最长成立时间（月）", _AGE, criterion="firm_age"),
        Field("collateral", "接受的担保方式", CodeList(Choice(COLLATERAL)), criterion="collateral"),
        Field(
            "terms",
            "其他条件",
            Terms(),
            example=[
                {"field": "revenue_yuan", "op": ">=", "value": 5_000_000},
                {"field": "debt_ratio", "op": "<=", "value": 0.7},
                {"field": "taxpayer_rating", "op": "in", "value": ["A", "B"]},
            ],
            criterion="terms",
        ),
        Field("green_quota", "额度优先", Flag(), example=True),
        Field("green_approval", "审批优先", Flag(), example=True),
        Field("green_disbursement", "投放优先", Flag(), example=False),
        Field(
            "approval_days",
            "审批时限（工作日）",
            Whole(limits.MAX_WORKDAYS, "workday"),
            example=5,
        ),
        Field("undisclosed", "未公布的条件", Undisclosed(), example=["collateral"]),
        Field("published", "已发布", Flag(), example=True),
        Field("valid_from", "生效日期", Day(), example="2026-01-01"),
        Field("valid_until", "失效日期", Day()),
        Field("description", "产品说明", _LONG, example="演示产品，非真实报价"),
    ),
)

FIRMS: Final = RecordSpec(
    "firms",
    "企业",
    Firm,
    "uscc",
    (
        Field("uscc", "统一社会信用代码", Uscc(), True, "91220101MA0DEMX01D"),
        Field("name", "企业名称", _NAME, True, "演示科技有限公司"),
        Field("region", "所在地区", Region(), example="220102"),
        Field("industry", "所属行业", Industry(), example="C3976"),
        Field("founded_on", "成立日期", Day(), example="2021-05-18"),
        Field("stage", "企业阶段", Choice(STAGES), example="growth"),
        Field(
            "qualifications",
            "资质",
            Qualifications(),
            example=[
                "tech_sme",
                {"code": "high_tech", "valid_from": "2024-11-01", "valid_until": "2027-11-01"},
            ],
        ),
        Field("registered_capital_yuan", "注册资本（万元）", _YUAN, example=10_000_000),
        Field("revenue_yuan", "营业收入（万元）", _YUAN, example=26_000_000),
        Field("revenue_growth", "营业收入增长率（%）", _GROWTH, example=0.25),
        Field("net_profit_yuan", "净利润（万元）", _SIGNED_YUAN, example=-800_000),
        Field("total_assets_yuan", "资产总额（万元）", _YUAN, example=30_000_000),
        Field("debt_ratio", "资产负债率（%）", _DEBT, example=0.55),
        Field("rd_ratio", "研发费用占比（%）", _SPENDING, example=0.08),
        Field("rd_staff_ratio", "研发人员占比（%）", _SHARE, example=0.3),
        Field("employees", "职工人数", _PERSONS, example=46),
        Field("invention_patents", "发明专利数", _PIECES, example=3),
        Field("utility_patents", "实用新型专利数", _PIECES, example=8),
        Field("software_copyrights", "软件著作权数", _PIECES, example=5),
        Field("innovation_points", "企业创新积分", Points(limits.MAX_POINTS), example=72.5),
        Field("incubator", "所在孵化器", _CODE, example="演示孵化器"),
        Field(
            "tech_fields", "技术领域", CodeList(Choice(TECH_FIELDS)), example=["optoelectronics"]
        ),
        Field(
            "fiscal_year",
            "数据所属年度",
            Whole(limits.MAX_FISCAL_YEAR, "year", minimum=limits.MIN_FISCAL_YEAR),
            example=2025,
        ),
        Field("rd_expense_yuan", "研发费用（万元）", _YUAN, example=2_080_000),
        Field("insured_employees", "参保人数", _PERSONS, example=44),
        Field("taxpayer_rating", "纳税信用等级", Choice(TAXPAYER_RATINGS), example="A"),
        Field("order_backlog_yuan", "在手订单金额（万元）", _YUAN, example=6_000_000),
        Field("description", "企业说明", _LONG, example="演示企业：光电检测设备"),
    ),
)

NEEDS: Final = RecordSpec(
    "needs",
    "需求",
    Need,
    "code",
    (
        Field("code", "需求代码", _CODE, True, "N001"),
        Field("firm", "统一社会信用代码", Uscc(), True, "91220101MA0DEMX01D"),
        Field(
            "financing_types",
            "意向融资方式",
            CodeList(Choice(FINANCING_TYPES)),
            example=["credit_loan", "ip_pledge_loan"],
        ),
        Field("amount_min_yuan", "最低金额（万元）", _YUAN, example=2_000_000),
        Field("amount_max_yuan", "最高金额（万元）", _YUAN, example=3_005_000),
        Field("term_min_months", "最短期限（月）", _TERM, example=12),
        Field("term_max_months", "最长期限（月）", _TERM, example=24),
        Field("max_annual_rate", "可接受最高年化利率（%）", _RATE, example=0.045),
        Field("collateral", "可提供的担保方式", CodeList(Choice(COLLATERAL)), example=["patent"]),
        Field("purposes", "资金用途", CodeList(Choice(PURPOSES)), example=["research"]),
        Field("needed_by", "最晚到位日期", Day(), example="2027-03-31"),
        Field("preferred_institutions", "意向机构代码", CodeList(_CODE), example=["B001"]),
        Field("excluded_institutions", "排除机构代码", CodeList(_CODE)),
        Field("open_to_others", "接受其他机构", Flag(), example=True),
        Field("dossier", "合并方案编号", _SHORT),
        Field("description", "需求说明", _LONG, example="新一代传感器研发"),
    ),
)

SPECS: Final = (INSTITUTIONS, PRODUCTS, FIRMS, NEEDS)
