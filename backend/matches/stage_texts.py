"""What people read of the rule by which a stage was inferred; every rule has its words."""

from collections.abc import Mapping

INFERRED_BASIS = "平台推断"

RULE_TEXTS: Mapping[str, str] = {
    "revenue_beyond_sme": "营业收入超过科技型中小企业上限",
    "employees_beyond_sme": "职工人数超过科技型中小企业上限",
    "fast_growth": "营业收入达到一定规模且增长较快",
    "established": "成立多年且营业收入超过初创科技型企业上限",
    "revenue_beyond_startup": "营业收入超过初创科技型企业上限",
    "employees_beyond_startup": "从业人数超过初创科技型企业上限",
    "newly_founded": "成立不久且营业收入较少",
    "still_in_research": "成立时间较短、营业收入较少且以研发投入为主",
    "within_startup_age": "成立时间在初创科技型企业年限之内",
    "beyond_startup_age": "成立时间超过初创科技型企业年限",
    "revenue_of_seed": "营业收入较少，成立时间未知",
    "revenue_of_startup": "营业收入在初创科技型企业上限之内，成立时间未知",
    "team_of_seed": "人员较少，成立时间和营业收入未知",
    "team_of_startup": "人数在初创科技型企业上限之内，成立时间和营业收入未知",
}


def say_rule(rule: str, *, is_settled: bool = True) -> str:
    """Say a rule in words with its code; one that a missing fact could overturn says so."""
    doubt = "" if is_settled else "；数据不全，可能变化"
    return f"{RULE_TEXTS[rule]}（规则 {rule}{doubt}）"
