"""The coded values of the exchange format and the Chinese words that stand for them.

This is the one place where a code meets its label: the library, the workbook, the database
choices and the API all read it. Codes are stable; labels may be improved.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final


def _table(**labels: str) -> Mapping[str, str]:
    return MappingProxyType(labels)


FINANCING_TYPES: Final = _table(
    credit_loan="信用贷款",
    secured_loan="抵押贷款",
    ip_pledge_loan="知识产权质押贷款",
    guaranteed_loan="担保贷款",
    receivables_loan="应收账款/订单贷款",
    insurance_loan="保证保险贷款",
    investment_linked_loan="投贷联动/认股权贷款",
    leasing="融资租赁",
    factoring="保理",
    equity="股权投资",
    convertible="可转债",
    tech_insurance="科技保险",
    subsidy="财政补助",
)

FAMILIES: Final = _table(
    debt="贷款", lease="租赁与保理", equity="股权", insurance="保险", grant="补助"
)

FAMILY_OF_TYPE: Final[Mapping[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(
            (
                "credit_loan",
                "secured_loan",
                "ip_pledge_loan",
                "guaranteed_loan",
                "receivables_loan",
                "insurance_loan",
                "investment_linked_loan",
            ),
            "debt",
        ),
        **dict.fromkeys(("leasing", "factoring"), "lease"),
        **dict.fromkeys(("equity", "convertible"), "equity"),
        "tech_insurance": "insurance",
        "subsidy": "grant",
    }
)

# The criteria term, rate and collateral exist only here (and where the type is undisclosed).
LENDING_FAMILIES: Final = frozenset({"debt", "lease"})

STAGES: Final = _table(seed="种子期", startup="初创期", growth="成长期", mature="成熟期")

COLLATERAL: Final = _table(
    real_estate="房产",
    land_use_right="土地使用权",
    equipment="机器设备",
    inventory="存货",
    receivables="应收账款",
    orders="订单",
    patent="专利权",
    trademark="商标权",
    equity_stake="股权",
    company_guarantee="企业保证",
    personal_guarantee="个人保证",
    deposit="保证金/存单",
)

QUALIFICATIONS: Final = _table(
    tech_sme="科技型中小企业",
    high_tech="高新技术企业",
    innovative_sme="创新型中小企业",
    srdi="省级专精特新",
    srdi_city="市级专精特新",
    little_giant="专精特新“小巨人”",
    gazelle="瞪羚",
    quasi_unicorn="准独角兽",
    unicorn="独角兽",
    champion="制造业单项冠军",
    four_tech="四科企业",
    contest_award="创新创业大赛获奖",
    incubated="在孵",
    graduated_tenant="毕业企业",
    talent_team="科技人才（团队）项目",
    tech_advisor="科创专员入驻",
    national_project="国家科技计划项目",
    provincial_project="省级科技计划项目",
    relending_list="科技创新再贷款名单",
    regional_board="区域股权市场挂牌",
    neeq_listed="新三板挂牌",
)

PURPOSES: Final = _table(
    working_capital="日常经营周转",
    order_fulfilment="订单备货",
    research="研发投入",
    equipment="设备购置",
    plant="厂房建设",
    commercialization="成果转化",
    registration="注册/临床",
    ip_purchase="知识产权购买",
    expansion="扩大产能",
    renewal="续贷",
    acquisition="并购",
)

TECH_FIELDS: Final = _table(
    electronics="电子信息",
    biomedicine="生物与新医药",
    aerospace="航空航天",
    materials="新材料",
    tech_services="高技术服务",
    energy="新能源与节能",
    environment="资源与环境",
    advanced_manufacturing="先进制造与自动化",
    optoelectronics="光电子",
    satellite="卫星",
    automotive="汽车",
    modern_agriculture="现代农业",
    low_altitude="低空经济",
)

INSTITUTION_KINDS: Final = _table(
    bank="银行",
    venture_capital="创业投资机构",
    angel_fund="天使基金",
    corporate_vc="企业创投",
    government_fund="政府投资基金",
    fund_of_funds="母基金",
    sub_fund="子基金",
    securities="证券公司",
    equity_exchange="股权交易中心",
    guarantee="担保机构",
    insurance="保险机构",
    leasing="融资租赁公司",
    factoring="商业保理公司",
    microloan="小额贷款公司",
    incubator="孵化器",
    government_agency="政府部门",
)

TAXPAYER_RATINGS: Final = _table(A="A 级", B="B 级", M="M 级", C="C 级", D="D 级")

CRITERIA: Final = _table(
    financing_type="融资方式",
    stage="企业阶段",
    amount="融资金额",
    term="融资期限",
    rate="年化利率",
    region="所在地区",
    industry="所属行业",
    industry_excluded="限制行业",
    tech_field="技术领域",
    purpose="资金用途",
    qualifications_all="须全部具备的资质",
    qualifications_any="须至少具备一项的资质",
    firm_age="企业成立时间",
    collateral="担保方式",
    terms="其他条件",
)

VERDICTS: Final = _table(eligible="符合已公布条件", to_confirm="待核实", ineligible="暂不符合")

# What it takes to end a criterion's unmet outcome (semantics, section 7).
CHANGE_KINDS: Final = _table(adjust="调整需求", attain="创造条件", wait="等待时机")

# Why a need is on no referral list (semantics, section 10).
UNPLACED_REASONS: Final = _table(
    no_candidate="没有符合条件或待核实的产品",
    only_named="仅限指定机构，而指定机构没有符合条件或待核实的产品",
    all_excluded="可推送的机构均已排除（已谢绝、已撤回、未授权或需回避）",
    capacity="可推送机构的名额均已用完",
)

# Stands wherever a recommendation is shown.
DISCLAIMER: Final = (
    "匹配结果依据已公布的产品条件和企业提供的信息生成，仅供参考，不构成担保，也不是信用评价；"
    "是否提供融资由金融机构自主决定。"
)

OUTCOMES: Final = _table(met="符合", unmet="不符合", unknown="待核实")

TERM_OPERATORS: Final = _table(
    **{
        ">=": "不低于",
        "<=": "不高于",
        ">": "高于",
        "<": "低于",
        "==": "等于",
        "!=": "不等于",
        "in": "属于",
        "not_in": "不属于",
    }
)

# The firm's numeric fields that a product's `terms` may name: field -> (label, unit).
NUMERIC_FIRM_FIELDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "registered_capital_yuan": ("注册资本", "yuan"),
        "revenue_yuan": ("营业收入", "yuan"),
        "revenue_growth": ("营业收入增长率", "fraction"),
        "net_profit_yuan": ("净利润", "yuan"),
        "total_assets_yuan": ("资产总额", "yuan"),
        "debt_ratio": ("资产负债率", "fraction"),
        "rd_ratio": ("研发费用占比", "fraction"),
        "rd_staff_ratio": ("研发人员占比", "fraction"),
        "employees": ("职工人数", "person"),
        "invention_patents": ("发明专利数", "piece"),
        "utility_patents": ("实用新型专利数", "piece"),
        "software_copyrights": ("软件著作权数", "piece"),
        "innovation_points": ("企业创新积分", "point"),
        "rd_expense_yuan": ("研发费用", "yuan"),
        "insured_employees": ("参保人数", "person"),
        "order_backlog_yuan": ("在手订单金额", "yuan"),
        "fiscal_year": ("数据所属年度", "year"),
    }
)

# Losses and shrinking revenue are real; every other numeric field stops at zero.
SIGNED_FIRM_FIELDS: Final = frozenset({"net_profit_yuan", "revenue_growth"})

# Fields that take only ==, !=, in and not_in in `terms`.
CODED_FIRM_FIELDS: Final = _table(incubator="所在孵化器", taxpayer_rating="纳税信用等级")
