"""Every reason, component, change and question has words for people."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.matches.change_texts import change_text, question_text
from backend.matches.reason_texts import COMPONENT_LABELS, criterion_text
from backend.matches.wording import FIELD_LABELS, Names
from matching.parameters import COMPONENTS
from matching.schema import Need
from matching.vocabulary import (
    CHANGE_KINDS,
    CODED_FIRM_FIELDS,
    CRITERIA,
    NUMERIC_FIRM_FIELDS,
    OUTCOMES,
    TERM_OPERATORS,
)

NAMES = Names(regions={"220100": "吉林省长春市"}, industries={"C39": "计算机、通信制造业"})
# A product's side and the other side of each criterion, as the library compares them.
COMPARED = {
    "financing_type": ("credit_loan", ("credit_loan", "equity")),
    "stage": (("seed", "growth"), "growth"),
    "amount": ((1_000_000, None), (3_000_000, 3_000_000)),
    "term": ((None, 36), (12, 24)),
    "rate": (0.0385, 0.05),
    "region": (("220100",), "220102"),
    "industry": (("C39",), "C3976"),
    "industry_excluded": (("C39",), "C3976"),
    "tech_field": (("materials",), ()),
    "purpose": (("research",), ("plant",)),
    "qualifications_all": (("high_tech",), ("tech_sme",)),
    "qualifications_any": (("high_tech", "srdi"), ()),
    "firm_age": ((24, None), 30),
    "collateral": (("patent",), ("real_estate",)),
}


def test_every_criterion_of_the_vocabulary_is_tried_here():
    """`terms` stands for the further conditions, which are tried below."""
    assert {*COMPARED, "terms"} == {*CRITERIA}


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("code", COMPARED)
def test_every_criterion_and_outcome_has_a_text(code, outcome):
    """Both values are said where both are known; no code shows through."""
    required, actual = COMPARED[code]
    text = criterion_text(code, outcome, required, actual, NAMES)
    unknown = criterion_text(code, "unknown", required, None, NAMES)
    for said in (text, unknown):
        assert said
        assert "{" not in said
        assert "None" not in said
        assert "_" not in said


@pytest.mark.parametrize("code", CRITERIA)
def test_every_undisclosed_condition_says_whom_to_ask(code):
    """Silence is shown as silence."""
    text = criterion_text(code, "unknown", None, None, NAMES)
    assert "未公布" in text
    assert "机构" in text


@pytest.mark.parametrize("operator", TERM_OPERATORS)
@pytest.mark.parametrize("field", [*NUMERIC_FIRM_FIELDS, *CODED_FIRM_FIELDS])
@pytest.mark.parametrize("outcome", OUTCOMES)
def test_every_further_condition_has_a_text(field, operator, outcome):
    """Numbers in people's units, lists enumerated."""
    value = "A" if field in CODED_FIRM_FIELDS else 1
    required = (value, value) if operator in {"in", "not_in"} else value
    text = criterion_text(f"term:{field}:{operator}", outcome, required, value, NAMES)
    assert FIELD_LABELS[field] in text
    assert TERM_OPERATORS[operator] in text


def test_every_component_that_the_library_scores_has_a_label():
    """None is missing, none is left over; the learned part is there while a model is in use."""
    assert {*COMPONENTS, "learned"} == set(COMPONENT_LABELS)


def test_values_are_said_as_people_say_them():
    """万元, months, percent."""
    assert criterion_text("amount", "met", (500_000, 5_000_000), (3_000_000, None), NAMES) == (
        "可融资金额 50 万元至 500 万元，与所需 300 万元起相合"
    )
    assert criterion_text("rate", "unmet", 0.0385, 0.03, NAMES) == (
        "年化利率 3.85% 起，高于可接受的 3%"
    )
    assert criterion_text("region", "unmet", ("220100",), "220202", NAMES) == (
        "服务地区为吉林省长春市，企业在 220202"
    )
    assert criterion_text("amount", "met", (None, None), (3_000_000, 3_000_000), NAMES) == (
        "可融资金额不限，与所需 300 万元相合"
    )
    assert criterion_text("term:net_profit_yuan:>=", "unknown", -50_000, None, NAMES) == (
        "要求净利润不低于 -5 万元，企业未填"
    )
    assert criterion_text("term:revenue_yuan:>=", "unmet", 5_000_000, 3_000_000, NAMES) == (
        "要求营业收入不低于 500 万元，实为 300 万元"
    )


CHANGES = [
    ("adjust", "financing_types", ("equity",), ("credit_loan",), "融资方式增加：信用贷款"),
    ("adjust", "purposes", (), ("research",), "资金用途增加：研发投入"),
    ("adjust", "collateral", (), ("patent",), "可提供的担保增加：专利权"),
    ("adjust", "amount_max_yuan", 100_000, 300_000, "融资金额由 10 万元变为 30 万元"),
    ("adjust", "term_min_months", 36, 24, "融资期限下限由 36 个月变为 24 个月"),
    ("adjust", "max_annual_rate", 0.03, 0.0385, "可接受的最高年化利率由 3% 变为 3.85%"),
    ("attain", "qualifications", (), ("high_tech",), "取得资质：高新技术企业"),
    ("attain", "revenue_yuan", 3_000_000, 5_000_000, "营业收入由 300 万元变为 500 万元"),
    ("attain", "debt_ratio", 0.8, 0.7, "资产负债率由 80% 变为 70%"),
    (
        "wait",
        "founded_on",
        date(2025, 1, 1),
        date(2027, 1, 1),
        "2027-01-01 起，企业成立时间满足要求",
    ),
]


@pytest.mark.parametrize(("kind", "field", "before", "after", "expected"), CHANGES)
def test_a_change_is_said_with_both_values(kind, field, before, after, expected):
    """And its kind has a label."""
    assert CHANGE_KINDS[kind]
    assert change_text(kind, field, before, after) == expected


@pytest.mark.parametrize("field", NUMERIC_FIRM_FIELDS)
def test_every_numeric_field_can_be_attained_in_words(field):
    """None raises for the lack of a label or unit."""
    assert FIELD_LABELS[field] in change_text("attain", field, 1, 2)


QUESTION_FIELDS = [
    *NUMERIC_FIRM_FIELDS,
    *CODED_FIRM_FIELDS,
    *[
        "region",
        "industry",
        "stage",
        "qualifications",
        "founded_on",
        "tech_fields",
        "purposes",
        "collateral",
    ],
    *["amount_max_yuan", "term_max_months"],
]


@pytest.mark.parametrize("field", QUESTION_FIELDS)
def test_every_question_to_a_firm_has_a_text(field):
    """With the number of products that wait for the answer."""
    text = question_text("firm", field, 7)
    assert FIELD_LABELS[field] in text
    assert "7 个产品" in text


@pytest.mark.parametrize("code", CRITERIA)
def test_every_question_to_institutions_has_a_text(code):
    """Named by the criterion."""
    assert CRITERIA[code] in question_text("institution", code, 2)


def test_every_field_of_a_need_that_can_change_has_a_label():
    """Whatever near misses move."""
    moved = {"financing_types", "purposes", "collateral", "max_annual_rate"}
    moved |= {f"{end}" for end in Need.__dataclass_fields__ if end.startswith(("amount", "term"))}
    assert moved <= FIELD_LABELS.keys()


@given(st.lists(st.sampled_from(["materials", "energy", "satellite"]), max_size=20))
def test_long_lists_are_cut_in_a_sentence(codes):
    """The codes themselves stand beside it."""
    text = criterion_text("tech_field", "met", ("materials",), tuple(codes), NAMES)
    assert len(text) < 80
