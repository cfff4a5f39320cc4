"""What people read for each criterion and its outcome, and for each component of a score.

The code of a criterion with its outcome is stable; the sentence may be improved. Every pair
of them has a text, which the tests of the project's shape verify.
"""

from collections.abc import Callable, Mapping
from typing import Any

from backend.matches.wording import (
    FIELD_LABELS,
    Names,
    say_codes,
    say_firm_value,
    say_number,
    say_range,
    spaced,
)
from matching.vocabulary import (
    COLLATERAL,
    CRITERIA,
    FINANCING_TYPES,
    PURPOSES,
    QUALIFICATIONS,
    STAGES,
    TECH_FIELDS,
    TERM_OPERATORS,
)

COMPONENT_LABELS: Mapping[str, str] = {
    "stage_fit": "阶段契合",
    "amount_cover": "金额满足程度",
    "term_cover": "期限满足程度",
    "cost": "资金成本",
    "region_closeness": "地区贴近程度",
    "industry_focus": "行业聚焦程度",
    "tech_field": "技术领域契合",
    "purpose": "资金用途契合",
    "qualifications": "资质契合",
    "requirements": "已满足的附加条件",
    "green_channel": "绿色通道",
    "speed": "审批时效",
    "text": "需求与产品说明相近",
    "learned": "以往对接结果",
}
# What the learned component is made of.
PART_LABELS: Mapping[str, str] = {
    "history": "机构以往成交",
    "stage": "同阶段企业",
    "industry": "同行业企业",
    "region": "同地区企业",
    "amount": "相近金额",
    "family": "产品类别",
    "stage_industry": "同阶段同行业企业",
    "region_industry": "同地区同行业企业",
    "region_stage": "同地区同阶段企业",
    "family_stage": "产品类别与企业阶段",
}

Say = Callable[[Any, Names], str]


def _codes(labels: Mapping[str, str]) -> Say:
    return lambda value, _names: say_codes(value, labels)


def _range(unit: str) -> Say:
    return lambda value, _names: say_range(value, unit)


# How the two compared values of a criterion are said: the product's side, then the other.
_VALUES: Mapping[str, Say] = {
    "financing_type": _codes(FINANCING_TYPES),
    "stage": _codes(STAGES),
    "amount": _range("yuan"),
    "term": _range("month"),
    "rate": lambda value, _names: say_number(value, "fraction"),
    "region": lambda value, names: say_codes(value, names.regions),
    "industry": lambda value, names: say_codes(value, names.industries),
    "industry_excluded": lambda value, names: say_codes(value, names.industries),
    "tech_field": _codes(TECH_FIELDS),
    "purpose": _codes(PURPOSES),
    "qualifications_all": _codes(QUALIFICATIONS),
    "qualifications_any": _codes(QUALIFICATIONS),
    "firm_age": lambda value, _names: (
        say_range(value, "month") if isinstance(value, tuple | list) else f"{value} 个月"
    ),
    "collateral": _codes(COLLATERAL),
}

_TEXTS: Mapping[tuple[str, str], str] = {
    ("financing_type", "met"): "融资方式为{required}，与需求一致",
    ("financing_type", "unmet"): "产品为{required}，需求为{actual}",
    ("financing_type", "unknown"): "融资方式未公布，请向机构核实",
    ("stage", "met"): "适用于{actual}企业",
    ("stage", "unmet"): "面向{required}企业，本企业为{actual}",
    ("stage", "unknown"): "面向{required}企业，企业阶段（{actual}）尚不能确定",
    ("amount", "met"): "可融资金额{required}，与所需{actual}相合",
    ("amount", "unmet"): "可融资金额{required}，所需为{actual}",
    ("amount", "unknown"): "可融资金额{required}，需求未填金额",
    ("term", "met"): "期限{required}，与所需{actual}相合",
    ("term", "unmet"): "期限{required}，所需为{actual}",
    ("term", "unknown"): "期限{required}，需求未填期限",
    ("rate", "met"): "年化利率{required}起，不高于可接受的{actual}",
    ("rate", "unmet"): "年化利率{required}起，高于可接受的{actual}",
    ("rate", "unknown"): "年化利率未公布，请向机构核实",
    ("region", "met"): "服务地区（{required}）包含{actual}",
    ("region", "unmet"): "服务地区为{required}，企业在{actual}",
    ("region", "unknown"): "服务地区为{required}，企业所在地区（{actual}）尚不能确定",
    ("industry", "met"): "支持行业（{required}）包含{actual}",
    ("industry", "unmet"): "支持行业为{required}，企业属于{actual}",
    ("industry", "unknown"): "支持行业为{required}，企业行业（{actual}）尚不能确定",
    ("industry_excluded", "met"): "{actual}不在限制行业之列",
    ("industry_excluded", "unmet"): "{actual}属于限制行业（{required}）",
    ("industry_excluded", "unknown"): "限制行业为{required}，企业行业（{actual}）尚不能确定",
    ("tech_field", "met"): "技术领域（{actual}）符合要求",
    ("tech_field", "unmet"): "要求技术领域为{required}，企业为{actual}",
    ("tech_field", "unknown"): "要求技术领域为{required}，企业未填",
    ("purpose", "met"): "资金用途（{actual}）符合要求",
    ("purpose", "unmet"): "资金须用于{required}，需求为{actual}",
    ("purpose", "unknown"): "资金须用于{required}，需求未填用途",
    ("qualifications_all", "met"): "具备所要求的全部资质：{required}",
    ("qualifications_all", "unmet"): "要求全部具备：{required}；企业现有：{actual}",
    ("qualifications_all", "unknown"): "要求全部具备：{required}；企业资质未填",
    ("qualifications_any", "met"): "具备所要求资质之一（{required}）",
    ("qualifications_any", "unmet"): "要求至少具备一项：{required}；企业现有：{actual}",
    ("qualifications_any", "unknown"): "要求至少具备一项：{required}；企业资质未填",
    ("firm_age", "met"): "成立{actual}，符合要求（{required}）",
    ("firm_age", "unmet"): "成立{actual}，要求{required}",
    ("firm_age", "unknown"): "要求成立{required}，成立日期未填",
    ("collateral", "met"): "可提供的担保（{actual}）被接受",
    ("collateral", "unmet"): "接受的担保为{required}，可提供：{actual}",
    ("collateral", "unknown"): "接受的担保为{required}，需求未填可提供的担保",
    ("terms", "met"): "{label}{op}{required}，实为{actual}",
    ("terms", "unmet"): "要求{label}{op}{required}，实为{actual}",
    ("terms", "unknown"): "要求{label}{op}{required}，企业未填",
}
# Every product has these; where they are not stated, that is said in their own words.
_NEVER_WITHOUT = frozenset({"financing_type", "rate"})
_UNDISCLOSED = "{label}的要求未公布，请向机构核实"


def criterion_label(code: str) -> str:
    """Name a criterion; ``term:<field>:<op>`` is named by the firm's field."""
    if code.startswith("term:"):
        return FIELD_LABELS.get(code.split(":")[1], code)
    return CRITERIA[code]


def criterion_text(code: str, outcome: str, required: Any, actual: Any, names: Names) -> str:
    """Say in one sentence what was compared and how it came out."""
    return spaced(_sentence(code, outcome, required, actual, names))


def _sentence(code: str, outcome: str, required: Any, actual: Any, names: Names) -> str:
    if required is None and code in _NEVER_WITHOUT:
        return _TEXTS[code, "unknown"]
    if required is None:
        return _UNDISCLOSED.format(label=criterion_label(code))
    if code.startswith("term:"):
        _, field, operator = code.split(":", 2)
        return _TEXTS["terms", outcome].format(
            label=criterion_label(code),
            op=TERM_OPERATORS[operator],
            required=say_firm_value(field, required),
            actual=say_firm_value(field, actual),
        )
    say = _VALUES[code]
    return _TEXTS[code, outcome].format(
        required=say(required, names),
        actual="未填" if actual is None else say(actual, names),
    )


def say_condition(code: str, value: Any, names: Names) -> str:
    """Say the codes of a condition, or the value of a further one, as a criterion says them."""
    if code.startswith("term:"):
        return say_firm_value(code.split(":")[1], value)
    return _VALUES[code](value, names)


def component_label(code: str) -> str:
    """Name a component of the score."""
    return COMPONENT_LABELS[code]


def part_label(code: str) -> str:
    """Name a part of the learned component; a part of a newer library goes by its code."""
    return PART_LABELS.get(code, code)
