"""The sentences of a periodic report; every number in them is a figure with basis and date."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from backend.filings.models import Aggregate, Indicator
from backend.reports.figures import Figure, Source
from backend.reports.wording import say_day


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A text and the codes of the figures in it, in order."""

    text: str
    figures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its paragraphs."""

    heading: str
    paragraphs: list[Paragraph] = field(default_factory=list)


class _Listener(dict):
    """Hands out figures and remembers which were asked for."""

    def __init__(self, figures: Mapping[str, Figure], words: Mapping[str, str]) -> None:
        super().__init__(words)
        self._figures = figures
        self.told: list[str] = []

    def __missing__(self, code: str) -> Figure:
        self.told.append(code)
        return self._figures[code]


class Narrator:
    """Writes sentences about the figures of one period."""

    def __init__(self, figures: Mapping[str, Figure], **words: str) -> None:
        self._figures = figures
        self._words = words

    def tell(self, *sentences: str) -> Paragraph:
        """Fill in sentences; ``{code}`` is a figure or one of the words.

        ``since`` says the whole period, ``period`` refers to it, ``last`` is its last day.
        """
        listener = _Listener(self._figures, self._words)
        text = "".join(sentence.format_map(listener) for sentence in sentences)
        return Paragraph(text, tuple(dict.fromkeys(listener.told)))

    def is_zero(self, code: str) -> bool:
        """Tell whether a figure is nothing."""
        return self._figures[code].value == 0


def write_sections(
    narrator: Narrator, *, aggregates: list[Aggregate], indicators: list[Indicator]
) -> list[Section]:
    """Return the sections of a report, the annual one and the monthly one alike."""
    return [
        Section("机制建设情况", [*_mechanism(narrator)]),
        Section("信息共享情况", [*_sharing(narrator)]),
        Section("金融产品和优惠政策", [*_products(narrator)]),
        Section("对接成效", [*_outcomes(narrator)]),
        Section("活动与投资对接", [*_activities(narrator)]),
        Section("孵化载体", [*_incubators(narrator)]),
        Section("机构签报数据", [*_of_aggregates(narrator, aggregates)]),
        Section("部门填报指标", [*_of_indicators(narrator, indicators)]),
        Section("统计说明", [*_notes()]),
    ]


def _mechanism(narrator: Narrator) -> Iterator[Paragraph]:
    yield narrator.tell(
        "截至{last}，与{partners}金融机构签有有效合作协议{agreements_live}，"
        "协议明确双方责任处室（部门），并指定联系人{contacts}。",
        "{since}签订合作协议{agreements_signed:compared}。",
    )


def _sharing(narrator: Narrator) -> Iterator[Paragraph]:
    yield narrator.tell(
        "{since}，{posted_firms}企业发布融资需求{posted_needs}"
        "（上年同期{posted_firms:before}、{posted_needs:before}）；"
        "经核验的需求{verified_needs}，需求金额{asked_amount}。"
    )
    yield narrator.tell(
        "{period}向金融机构发送需求清单{sheets_sent:compared}，"
        "推送企业需求信息{referred_times:compared}，涉及企业{referred_firms}、需求{referred_needs}。"
        "截至{last}，平台累计推送企业需求信息{referred_ever}。"
    )
    yield narrator.tell(
        "机构受理{acknowledged_times:compared}，已与企业联系{contacted_times:compared}。",
        *_in_time(narrator),
    )


def _in_time(narrator: Narrator) -> Iterator[str]:
    """Yield a sentence per clock that has measured anything."""
    for code, name in (("acknowledge", "受理"), ("contact", "首次联系"), ("decide", "审批答复")):
        if narrator.is_zero(f"{code}_answered"):
            continue
        yield (
            f"纳入{name}时限统计并已完成的{{{code}_answered}}，其中时限内完成{{{code}_within}}，"
            f"用时中位数{{{code}_median}}。"
        )


def _products(narrator: Narrator) -> Iterator[Paragraph]:
    yield narrator.tell(
        "截至{last}，平台在架金融产品{products_offered}，其中设有绿色通道的{products_green}。"
        "{period}新发布金融产品{products_new:compared}，发布优惠政策{policies_new:compared}。"
    )
    if narrator.is_zero("green_referrals"):
        yield narrator.tell("{period}可统计的绿色通道产品对接{green_referrals}。")
        return
    yield narrator.tell(
        "{period}绿色通道产品对接{green_referrals}。额度优先：申请{green_asked}、"
        "{green_asked_amount}，批准{green_granted}、{green_granted_amount}。"
        "审批优先：已答复{green_approval_answered}，其中承诺时限内{green_approval_within}。"
        "投放优先：已投放{green_disbursement_answered}，其中承诺时限内{green_disbursement_within}。"
    )


def _outcomes(narrator: Narrator) -> Iterator[Paragraph]:
    yield narrator.tell(
        "{since}，{approved_firms}企业的{approved_times}需求对接获得机构批准，批准额度{line_amount}"
        "（上年同期{approved_firms:before}、{approved_times:before}、{line_amount:before}）。",
        "{disbursed_firms}企业获得资金投放{drawdowns}、{disbursed_amount}"
        "（上年同期{disbursed_firms:before}、{drawdowns:before}、{disbursed_amount:before}），"
        "其中科技型企业{tech_disbursed_firms}、{tech_disbursed_amount}"
        "（上年同期{tech_disbursed_firms:before}、{tech_disbursed_amount:before}）。",
    )
    if not narrator.is_zero("drawdowns"):
        yield narrator.tell(
            "投放情况由机构报告、企业核对：企业已确认{confirmed_amount}，有异议{contested_amount}，"
            "未答复{unanswered_amount}，待核对{reported_amount}；经部门核实的按核实金额计"
            "{reconciled_amount}。"
        )
    yield narrator.tell(
        "{period}企业和机构提出需协调事项{matters_raised:compared}，办结{matters_repaired:compared}。"
    )


def _activities(narrator: Narrator) -> Iterator[Paragraph]:
    if narrator.is_zero("activities"):
        yield narrator.tell("{since}没有登记举办的活动{activities:none}。")
    else:
        yield narrator.tell(
            "{since}举办活动{activities:compared}，其中联合活动{held_joint_event}、"
            "科技金融路演{held_roadshow}、创新创业大赛{held_contest}、培训{held_training}。",
            "参加活动的企业{activity_firms:compared}、{firm_attendances:compared}，"
            "金融机构等单位参加{institution_attendances:compared}，大赛获奖{awards:compared}。",
        )
    yield narrator.tell(
        _or_none(narrator, "projects", "{period}新入项目库项目{projects:compared}。"),
        _or_none(
            narrator,
            "intents",
            "投资机构提出投资意向{intents:compared}，其中企业授权反馈意向金额的{intents_stated}，"
            "意向金额{intent_amount:compared}。",
        ),
        _or_none(
            narrator,
            "investments",
            "实现投资{investments:compared}，其中企业授权反馈金额的{investments_stated}，"
            "投资金额{invested_amount:compared}。",
        ),
    )
    if not (narrator.is_zero("intents") and narrator.is_zero("investments")):
        yield Paragraph("意向金额、投资金额与批准额度、投放金额口径不同，分别列示，不相加。")


_NONE = {
    "projects": "{period}没有新入项目库的项目{projects:none}。",
    "intents": "没有投资机构提出投资意向{intents:none}。",
    "investments": "没有已反馈的投资{investments:none}。",
}


def _or_none(narrator: Narrator, code: str, sentence: str) -> str:
    """Return the sentence, or the words that there was nothing."""
    return _NONE[code] if narrator.is_zero(code) else sentence


def _incubators(narrator: Narrator) -> Iterator[Paragraph]:
    yield narrator.tell("截至{last}，孵化载体在平台发布的种子资金产品{products_of_incubators}。")


def _of_aggregates(narrator: Narrator, rows: Iterable[Aggregate]) -> Iterator[Paragraph]:
    rows = list(rows)
    if not rows:
        yield Paragraph("本期没有机构签报数据。")
        return
    yield Paragraph("以下为各机构按期间签报的数据，与平台记录口径不同，分别列示，不相加。")
    for row in rows:
        key = row.public_id.hex
        loans = "" if row.loans is None else f"、贷款{{loans_{key}}}"
        yield narrator.tell(
            f"{_plain(row.institution.name)}（{_period(row)}，第{row.version}版）：服务科技企业"
            f"{{firms_served_{key}}}{loans}，投放{{disbursed_yuan_{key}}}，"
            f"期末余额{{balance_yuan_{key}}}。"
        )


def _plain(text: str) -> str:
    """Return what people entered such that nothing in it is filled in."""
    return text.replace("{", "{{").replace("}", "}}")


def _period(row: Aggregate) -> str:
    year, month = row.period_from.year, row.period_from.month
    if row.period_kind == "year":
        return f"{year}年"
    if row.period_kind == "quarter":
        return f"{year}年第{(month + 2) // 3}季度"
    return f"{year}年{month}月"


def _of_indicators(narrator: Narrator, rows: Iterable[Indicator]) -> Iterator[Paragraph]:
    rows = list(rows)
    if not rows:
        yield Paragraph("本期没有部门填报指标。")
        return
    yield Paragraph("以下为部门依据文件填报的指标，与平台记录口径不同，分别列示，不相加。")
    for row in rows:
        until = say_day(row.last_day)
        since = f"{say_day(row.covers_from)}至{until}" if row.covers_from else f"截至{until}累计"
        yield narrator.tell(
            f"{_plain(row.name)}{{indicator_{row.public_id.hex}}}（{since}；来源：{_plain(row.source)}，"
            f"{say_day(row.source_on)}）。"
        )


def _notes() -> Iterator[Paragraph]:
    yield Paragraph(
        "“个”为需求数，“户”为去重后的企业数，“户次”为一个企业的一项需求推送一家机构计一次"
        "（活动的“户次”“家次”为一个企业或单位参加一场活动计一次），三者不相加。批准额度、投放金额、余额分别统计，不相加。"
        "以亿元、万元计的金额至多保留两位小数，附表列精确到元的数值。"
    )
    labels = "".join(f"“{source.label}”" for source in Source)
    yield Paragraph(
        f"{labels}为不同来源的数据，分别列示，不相加。"
        "推荐不构成担保或信用评价，是否提供融资由金融机构自主决定。"
    )
