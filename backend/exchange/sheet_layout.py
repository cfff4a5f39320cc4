"""The columns of a sheet's workbook: what identifies a row, and what the institution answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from backend.exchange import sheet_words as words
from backend.referrals.enums import DeclineReason, ReferralStatus, Renewal
from backend.referrals.models.outcomes import AMOUNT_MAX_YUAN, TERM_MAX_MONTHS
from backend.referrals.models.referrals import (
    MOST_REASONS,
    NAME_MAX_LENGTH,
    NOTE_MAX_LENGTH,
    PRODUCT_MAX_LENGTH,
)
from matching.exchange.records.compounds import CodeList
from matching.exchange.records.kinds import Choice, Day, Flag, Fraction, Kind, Text, Whole
from matching.exchange.workbook.cells_out import Writable
from matching.vocabulary import COLLATERAL

SHEET_NAME: Final = "需求清单"
DIGEST_LABEL: Final = "清单摘要"
MOST_DRAWDOWNS: Final = 3

Line = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """A locked column, and how its cell follows from a row of the sheet."""

    header: str
    width: int
    cell: Callable[[Line], Writable]


@dataclass(frozen=True, slots=True)
class Answer:
    """A column for the institution: its name here, its header, what its cells hold."""

    name: str
    header: str
    kind: Kind
    choices: tuple[str, ...] = ()
    hint: str = ""


TOLD: Final = (
    Told("行号", 6, lambda line: line.get("line")),
    Told("需求编号", 16, lambda line: line["code"]),
    Told("变化", 8, words.change),
    Told("企业名称", 28, words.firm),
    Told("统一社会信用代码", 22, words.plain("uscc")),
    Told("所在地区", 22, words.region),
    Told("技术领域", 20, words.tech_fields),
    Told("所属行业", 10, words.industry),
    Told("主营业务", 30, words.plain("firm_description")),
    Told("企业阶段", 10, words.stage),
    Told("阶段依据", 24, words.stage_basis),
    Told("资质及有效期", 34, words.qualifications),
    Told("成立日期", 12, words.day("founded_on")),
    Told("分年度营业收入（万元）", 24, words.by_year("revenue_yuan")),
    Told("分年度研发投入（万元）", 24, words.by_year("rd_expense_yuan")),
    Told("融资金额（万元）", 16, words.amount),
    Told("融资方式", 14, words.financing_types),
    Told("期限（月）", 12, words.term),
    Told("可承受年利率上限（%）", 12, words.rate),
    Told("资金用途", 20, words.purposes),
    Told("可提供的担保", 20, words.collateral),
    Told("需求说明", 30, words.plain("description")),
    Told("拟对接产品", 24, words.product),
    Told("优先次序", 8, words.plain("preference")),
    Told("最迟用款日期", 12, words.day("needed_by")),
    Told("推荐单位", 18, words.plain("recommended_by")),
    Told("授权联系人", 24, words.contact),
    Told("授权及有效期", 30, words.authorisations),
    Told("待确认事项", 34, words.to_confirm),
)
REFERRAL_HEADER: Final = "推送编号"
REVISION_HEADER: Final = "推送版本"

STATES: Final[Mapping[str, str]] = {
    state.value: state.label
    for state in (
        ReferralStatus.ACKNOWLEDGED,
        ReferralStatus.IN_CONTACT,
        ReferralStatus.APPROVED,
        ReferralStatus.FUNDED,
        ReferralStatus.DECLINED,
    )
}
_AMOUNT = Whole(AMOUNT_MAX_YUAN, "yuan", minimum=1)
_RATE = Fraction(1.0, what="年利率")
_YES_NO = ("是", "否")


def _drawdown(number: int) -> tuple[Answer, ...]:
    name, header = f"drawn{number}", f"第{number}笔放款"
    labels = dict(Renewal.choices)
    return (
        Answer(f"{name}_on", f"{header}日期", Day()),
        Answer(f"{name}_amount", f"{header}金额（万元）", _AMOUNT),
        Answer(f"{name}_rate", f"{header}年利率（%）", _RATE),
        Answer(
            f"{name}_security",
            f"{header}担保方式",
            CodeList(Choice(COLLATERAL)),
            hint=f"可填多项，用“、”分隔：{'、'.join(COLLATERAL.values())}",
        ),
        Answer(f"{name}_first", f"{header}是否首贷", Flag(), _YES_NO),
        Answer(f"{name}_renewal", f"{header}新增或续贷", Choice(labels), tuple(labels.values())),
    )


ANSWERS: Final = (
    Answer("received", "受理日期", Day()),
    Answer("branch", "承办分支机构", Text(100), hint="下级机构的名称或代码"),
    Answer("manager", "客户经理", Text(NAME_MAX_LENGTH), hint="承办机构人员的姓名或账号"),
    Answer("contacted", "首次联系日期", Day()),
    Answer("visited", "实地走访日期", Day()),
    Answer("documents_complete", "材料齐全日期", Day()),
    Answer("state", "办理状态", Choice(STATES), tuple(STATES.values())),
    Answer("product", "实际对接产品", Text(PRODUCT_MAX_LENGTH)),
    Answer("approved_on", "批准日期", Day()),
    Answer("line", "批准额度（万元）", _AMOUNT),
    Answer("term", "批准期限（月）", Whole(TERM_MAX_MONTHS, "month", minimum=1)),
    Answer("line_rate", "批准年利率（%）", _RATE),
    *(column for number in range(1, MOST_DRAWDOWNS + 1) for column in _drawdown(number)),
    Answer("green", "绿色通道", Flag(), _YES_NO),
    *(
        Answer(
            f"reason{number}",
            f"不予支持原因{number}",
            Choice(dict(DeclineReason.choices)),
            tuple(DeclineReason.labels),
        )
        for number in range(1, MOST_REASONS + 1)
    ),
    Answer("missing", "缺少的材料", Text(2_000), hint="多份材料用“、”分隔"),
    Answer("alternative", "替代方案", Text(NOTE_MAX_LENGTH)),
    Answer("matter", "需协调事项", Text(NOTE_MAX_LENGTH)),
    Answer("filled_by", "填报人", Text(NAME_MAX_LENGTH)),
    Answer("checked_by", "复核人", Text(NAME_MAX_LENGTH)),
)
LABELS: Final[Mapping[str, str]] = {column.name: column.header for column in ANSWERS}
