"""The monthly and the annual report: text, figures with basis and date, and the way to their rows.

Drawn as of a day it says what it said then: nothing that was recorded later counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from django.db import models

from backend.common.errors import InvalidInput
from backend.organizations.actors import Actor
from backend.organizations.permissions import Permission
from backend.reference.models import Region
from backend.reports.facts import Facts, load_facts
from backend.reports.figures import Figure
from backend.reports.gathering import gather
from backend.reports.narrative import Narrator, Section, write_sections
from backend.reports.scope import EARLIEST, Scope, day_drawn, make_scope
from backend.reports.sources import (
    aggregates_of,
    figures_of_aggregate,
    indicator_figure,
    indicators_of,
)
from backend.reports.wording import say_day

TITLE_BREAK = "信息共享机制"
_TITLE = f"科技金融{TITLE_BREAK}运行情况"
_MONTHS = 12


class ReportKind(models.TextChoices):
    """How long a report's period is."""

    ANNUAL = "annual", "年度报告"
    MONTHLY = "monthly", "月度报告"


@dataclass(frozen=True, slots=True)
class Report:
    """A report as it is drawn; ``figures`` holds those that the text names, by code."""

    kind: ReportKind
    title: str
    period: str
    scope: Scope
    department: str
    region_name: str
    sections: list[Section]
    figures: Mapping[str, Figure]
    # What the figures were counted from, for whoever groups it further.
    facts: Facts = field(repr=False, compare=False)


def report_scope(
    *,
    actor: Actor,
    kind: ReportKind,
    year: int | None = None,
    month: int | None = None,
    region: str | None = None,
    as_of: date | None = None,
) -> Scope:
    """Return the period of a report: by default this year, or the last month that is over.

    A period that is not over ends with the day. Raises NotPermitted for everybody but
    departments, and InvalidInput for a period that has not begun.
    """
    actor.require(Permission.REPORT_DRAW)
    day = day_drawn(actor, as_of)
    if kind is ReportKind.ANNUAL:
        if month is not None:
            raise InvalidInput.of("month", "not_available", "年度报告不按月份；请只给出 year。")
        start = _first(day.year if year is None else year, 1)
        end = start + relativedelta(years=1)
    else:
        if (year is None) is not (month is None):
            raise InvalidInput.of("month", "incomplete", "year 与 month 须同时给出。")
        last = day.replace(day=1) - timedelta(days=1)
        start = _first(last.year if year is None else year, last.month if month is None else month)
        end = start + relativedelta(months=1)
    if start > day:
        raise InvalidInput.of("year", "not_begun", f"{start} 起的期间在 {day} 尚未开始。")
    end = min(end, day + timedelta(days=1))
    return make_scope(actor=actor, region=region, start=start, end=end, as_of=as_of)


def _first(year: int, month: int) -> date:
    if not EARLIEST.year <= year <= date.max.year - 1:
        raise InvalidInput.of("year", "out_of_range", f"{year} 应为 {EARLIEST.year} 年以后的年份。")
    if not 1 <= month <= _MONTHS:
        raise InvalidInput.of("month", "out_of_range", f"{month} 应为 1 至 12。")
    return date(year, month, 1)


def draw_report(*, scope: Scope, kind: ReportKind) -> Report:
    """Return the report of a period as of the scope's day."""
    aggregates, indicators = aggregates_of(scope), indicators_of(scope)
    facts = load_facts(scope)
    figures = gather(scope, facts)
    for aggregate in aggregates:
        figures |= {figure.code: figure for figure in figures_of_aggregate(aggregate)}
    figures |= {figure.code: figure for figure in map(indicator_figure, indicators)}
    narrator = Narrator(
        figures,
        since=_said(scope, kind),
        period="本年度" if kind is ReportKind.ANNUAL else "本月",
        last=say_day(scope.last_day),
    )
    sections = write_sections(narrator, aggregates=aggregates, indicators=indicators)
    told = [
        code
        for section in sections
        for paragraph in section.paragraphs
        for code in paragraph.figures
    ]
    region = Region.objects.get(pk=scope.region)
    return Report(
        kind=kind,
        title=f"{region.name}{_TITLE}{kind.label}",
        period=_period(scope, kind),
        scope=scope,
        department=scope.actor.organization.name,
        region_name=region.name,
        sections=sections,
        figures={code: figures[code] for code in dict.fromkeys(told)},
        facts=facts,
    )


def _period(scope: Scope, kind: ReportKind) -> str:
    """Return the period as the cover says it."""
    name = f"{scope.start.year}年"
    return name if kind is ReportKind.ANNUAL else f"{name}{scope.start.month}月"


def _said(scope: Scope, kind: ReportKind) -> str:
    """Return the period as a sentence begins; one that is not over says until when."""
    name = _period(scope, kind)
    is_annual = kind is ReportKind.ANNUAL
    whole = relativedelta(years=1) if is_annual else relativedelta(months=1)
    if scope.start + whole == scope.end:
        return name
    day = scope.last_day
    return f"{name}（截至{day.month}月{day.day}日）" if is_annual else f"{name}（截至{day.day}日）"
