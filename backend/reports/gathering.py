"""Every figure that a periodic report may speak of, by code; the text picks from them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from backend.referrals.enums import ClockKind
from backend.reports.activities import (
    COUNTED,
    ActivityFigure,
    count_activity_rows,
    load_activity_rows,
)
from backend.reports.cells import Cell
from backend.reports.distribution import distribute
from backend.reports.facts import Facts
from backend.reports.figures import Figure, rows_of
from backend.reports.funnel import Tally, in_period, in_year_before, tally_of
from backend.reports.green import draw_green_channel
from backend.reports.groups import TECH, GroupBy, read_keys
from backend.reports.measured import load_measured
from backend.reports.mechanism import MechanismFigure, list_mechanism_rows
from backend.reports.scope import EARLIEST, LONGEST, Scope, one_year_before

_UNITS: Final = {
    MechanismFigure.AGREEMENTS_LIVE: "份",
    MechanismFigure.AGREEMENTS_SIGNED: "份",
    MechanismFigure.PARTNERS: "家",
    MechanismFigure.CONTACTS: "名",
    MechanismFigure.SHEETS_SENT: "份",
    MechanismFigure.PRODUCTS_OFFERED: "个",
    MechanismFigure.PRODUCTS_NEW: "个",
    MechanismFigure.PRODUCTS_GREEN: "个",
    MechanismFigure.PRODUCTS_OF_INCUBATORS: "个",
    MechanismFigure.POLICIES_NEW: "项",
    MechanismFigure.MATTERS_RAISED: "件",
    MechanismFigure.MATTERS_REPAIRED: "件",
}
_OF_A_PERIOD: Final = frozenset(
    {
        MechanismFigure.AGREEMENTS_SIGNED,
        MechanismFigure.SHEETS_SENT,
        MechanismFigure.PRODUCTS_NEW,
        MechanismFigure.POLICIES_NEW,
        MechanismFigure.MATTERS_RAISED,
        MechanismFigure.MATTERS_REPAIRED,
    }
)
# code, cell, label, how it is counted; a count is of needs (个), firms (户) or entries.
_CELLS: Final = (
    ("posted_needs", Cell.POSTED, "发布融资需求", "个"),
    ("posted_firms", Cell.POSTED, "发布融资需求的企业", "户"),
    ("verified_needs", Cell.VERIFIED, "经核验的需求", "个"),
    ("asked_amount", Cell.ASKED_AMOUNT, "经核验的需求金额（上限）", "元"),
    ("referred_times", Cell.REFERRED, "推送企业需求信息", "户次"),
    ("referred_firms", Cell.REFERRED, "推送涉及企业", "户"),
    ("referred_needs", Cell.REFERRED, "推送涉及需求", "个"),
    ("acknowledged_times", Cell.ACKNOWLEDGED, "机构受理", "户次"),
    ("contacted_times", Cell.CONTACTED, "机构已联系企业", "户次"),
    ("approved_times", Cell.APPROVED, "机构批准", "户次"),
    ("approved_firms", Cell.APPROVED, "获得批准的企业", "户"),
    ("line_amount", Cell.LINE_AMOUNT, "批准额度", "元"),
    ("disbursed_firms", Cell.DISBURSED, "获得投放的企业", "户"),
    ("drawdowns", Cell.DISBURSED_AMOUNT, "投放笔数", "笔"),
    ("disbursed_amount", Cell.DISBURSED_AMOUNT, "投放金额", "元"),
    ("confirmed_amount", Cell.OUTCOME_CONFIRMED, "投放金额中企业已确认", "元"),
    ("contested_amount", Cell.OUTCOME_CONTESTED, "投放金额中企业有异议", "元"),
    ("unanswered_amount", Cell.OUTCOME_UNANSWERED, "投放金额中企业未答复", "元"),
    ("reconciled_amount", Cell.OUTCOME_RECONCILED, "投放中部门已核实（按核实金额）", "元"),
    ("reported_amount", Cell.OUTCOME_REPORTED, "投放金额中待企业核对", "元"),
)
_TECH_CELLS: Final = (
    ("tech_disbursed_firms", Cell.DISBURSED, "获得投放的科技型企业", "户"),
    ("tech_disbursed_amount", Cell.DISBURSED_AMOUNT, "科技型企业投放金额", "元"),
)
_TECH_BASIS = "；科技型企业指截至日持有有效的科技型中小企业、高新技术企业或四科企业资质的企业"
_CLOCKS: Final = (ClockKind.ACKNOWLEDGE, ClockKind.CONTACT, ClockKind.DECIDE)
_CLOCK_BASIS = "期间推送且企业同意反馈进展的对接，按协议约定的工作日时限"
_GREEN_BASIS = "期间推送至绿色通道产品且企业同意反馈进展的对接"


def gather(scope: Scope, facts: Facts) -> dict[str, Figure]:
    """Return the figures of a period, each with the same days of the year before it."""
    found = [
        *_of_mechanism(scope),
        *_of_funnel(scope, facts),
        _ever_referred(scope, facts),
        *_of_clocks(scope),
        *_of_green(scope),
        *_of_activities(scope),
    ]
    return {figure.code: figure for figure in found}


def _of_mechanism(scope: Scope) -> Iterator[Figure]:
    before = _year_before(scope)
    for figure, unit in _UNITS.items():
        is_of_period = figure in _OF_A_PERIOD
        yield Figure(
            code=figure.value,
            label=figure.label,
            value=len(list_mechanism_rows(scope=scope, figure=figure)),
            unit=unit,
            basis="平台登记，" + (_days(scope) if is_of_period else f"{scope.last_day}当日"),
            day=scope.as_of if is_of_period else scope.last_day,
            rows=rows_of(scope, "mechanism/rows/", figure=figure.value),
            year_before=len(list_mechanism_rows(scope=before, figure=figure))
            if is_of_period
            else None,
        )


def _year_before(scope: Scope) -> Scope:
    return replace(scope, start=one_year_before(scope.start), end=one_year_before(scope.end))


def _of_activities(scope: Scope) -> Iterator[Figure]:
    now, before = load_activity_rows(scope), load_activity_rows(_year_before(scope))
    for figure in ActivityFigure:
        unit, basis = COUNTED[figure]
        yield Figure(
            code=figure.value,
            label=figure.label,
            value=count_activity_rows(now, figure),
            unit=unit,
            basis=f"平台登记，{basis}，{_days(scope)}",
            day=scope.as_of,
            rows=rows_of(scope, "activities/rows/", figure=figure.value),
            year_before=count_activity_rows(before, figure),
        )


def _of_funnel(scope: Scope, facts: Facts) -> Iterator[Figure]:
    keys = read_keys(scope, facts, GroupBy.TECH_FIRM)
    now = tally_of(keys, in_period(facts, scope.start, scope.end))
    before = tally_of(keys, in_year_before(facts, scope))
    for group, cells in (("", _CELLS), (TECH, _TECH_CELLS)):
        asked = {"group_by": GroupBy.TECH_FIRM.value, "key": TECH} if group else {}
        for code, cell, label, unit in cells:
            yield Figure(
                code=code,
                label=label,
                value=_count(facts, now[group], cell, unit),
                unit=unit,
                basis=f"平台逐笔记录，“{cell.label}”日期在{_days(scope)}"
                + (_TECH_BASIS if group else ""),
                day=scope.as_of,
                rows=rows_of(scope, "funnel/rows/", cell=cell.value, **asked),
                year_before=_count(facts, before[group], cell, unit),
            )


def _count(facts: Facts, tally: Tally, cell: Cell, unit: str) -> int:
    entries = tally.get(cell, [])
    if unit == "元":
        return sum(entry.amount_yuan or 0 for entry in entries)
    needs = {entry.need for entry in entries}
    if unit == "户":
        return len({facts.firm_of[need] for need in needs})
    return len(needs) if unit == "个" else len(entries)


def _ever_referred(scope: Scope, facts: Facts) -> Figure:
    """Return what was ever referred until the last day, as far back as figures reach."""
    ever = replace(scope, start=max(EARLIEST, scope.end - LONGEST))
    entries = [
        entry for entry in in_period(facts, ever.start, ever.end) if entry.cell is Cell.REFERRED
    ]
    return Figure(
        code="referred_ever",
        label="累计推送企业需求信息",
        value=len(entries),
        unit="户次",
        basis=f"平台逐笔记录，截至{scope.last_day}累计",
        day=scope.as_of,
        rows=rows_of(ever, "funnel/rows/", cell=Cell.REFERRED.value),
    )


def _of_clocks(scope: Scope) -> Iterator[Figure]:
    measured = load_measured(scope)
    for kind in _CLOCKS:
        found = distribute(one.clocks[kind] for one in measured if kind in one.clocks)
        yield from _times(
            scope, kind.value, kind.label, found, "response/rows/", _CLOCK_BASIS, kind
        )


def _of_green(scope: Scope) -> Iterator[Figure]:
    total = draw_green_channel(scope=scope)["total"]
    yield _green(scope, "green_referrals", "绿色通道产品对接", total["referrals"], "户次")
    quota = total["quota"]
    for code, label in (("asked", "绿色通道申请额度"), ("granted", "绿色通道批准额度")):
        yield _green(scope, f"green_{code}", label, quota[code]["count"], "户次")
        yield _green(scope, f"green_{code}_amount", label, quota[code]["amount_yuan"], "元")
    for code, label in (("approval", "绿色通道审批"), ("disbursement", "绿色通道投放")):
        yield from _times(
            scope, f"green_{code}", label, total[code], "green-channel/rows/", _GREEN_BASIS, None
        )


def _green(scope: Scope, code: str, label: str, value: int, unit: str) -> Figure:
    return Figure(
        code=code,
        label=label,
        value=value,
        unit=unit,
        basis=f"{_GREEN_BASIS}，{_days(scope)}",
        day=scope.as_of,
        rows=rows_of(scope, "green-channel/rows/"),
    )


def _times(
    scope: Scope,
    code: str,
    label: str,
    found: dict[str, Any],
    path: str,
    basis: str,
    kind: ClockKind | None,
) -> Iterator[Figure]:
    """Yield how many have answered, how many of them in time, and the middle of their days."""
    asked = {"clock": kind.value} if kind else {}
    in_time = {**asked, "state": "stopped_in_time"} if kind else {}
    common = {"basis": f"{basis}，{_days(scope)}", "day": scope.as_of}
    yield Figure(
        code=f"{code}_answered",
        label=f"{label}已完成",
        value=found["answered"],
        unit="户次",
        rows=rows_of(scope, path, **asked),
        **common,
    )
    yield Figure(
        code=f"{code}_within",
        label=f"{label}在时限内完成",
        value=found["within"],
        unit="户次",
        rows=rows_of(scope, path, **in_time),
        **common,
    )
    if found["median_workdays"] is not None:
        yield Figure(
            code=f"{code}_median",
            label=f"{label}用时中位数",
            value=found["median_workdays"],
            unit="个工作日",
            rows=rows_of(scope, path, **asked),
            **common,
        )


def _days(scope: Scope) -> str:
    return f"{scope.start}至{scope.end - timedelta(days=1)}"
