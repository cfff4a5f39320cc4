"""Sums for everybody: few, over the whole province, and by quarter, so that none tells on anybody.

A figure is published only when enough firms, and enough institutions, stand behind it, and it
moves only when as many have moved it: what two publications differ by is a figure, too. There
is nothing to choose, so nothing can be narrowed down.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.core.cache import cache
from django.db.models import QuerySet

from backend.common.workdays import HOURS
from backend.needs.models import Need
from backend.referrals.models import Referral
from backend.reports.cells import NEED_CELLS, Cell
from backend.reports.facts import Entry, Facts, load_facts
from backend.reports.funnel import in_period

CELLS: Final = (
    Cell.POSTED,
    Cell.REFERRED,
    Cell.APPROVED,
    Cell.DISBURSED,
    Cell.DISBURSED_AMOUNT,
)
KEPT_SECONDS: Final = 3_600
_QUARTER: Final = 3
_NOTE: Final = (
    "全省合计，按季公布；企业或机构少于规定数量的数字不公布，变动涉及的企业或机构少于规定数量时"
    "沿用上期数字。推荐不构成担保或信用评价。"
)


@dataclass(frozen=True, slots=True)
class WholeProvince:
    """What `load_facts` asks of a scope, for nobody in particular."""

    as_of: date

    @property
    def cutoff(self) -> datetime:
        """The midnight that ends the day."""
        return HOURS.end_of(self.as_of)

    @property
    def last_recorded(self) -> date:
        """The day that the midnight ends."""
        return self.as_of

    def needs(self) -> QuerySet[Need]:
        """Return the needs that were ever submitted."""
        return Need.objects.filter(submitted_at__isnull=False)

    def referrals(self) -> QuerySet[Referral]:
        """Return the referrals that were sent until the day."""
        return Referral.objects.filter(sent_at__lt=self.cutoff)


def draw_public(*, today: date) -> dict[str, Any]:
    """Return the sums of the year until the last quarter that is over; kept for a while."""
    as_of = _first_of_quarter(today) - timedelta(days=1)
    least = settings.REPORTS_PUBLIC_LEAST
    key = f"reports.public:{as_of}:{least}"
    answer: dict[str, Any] | None = cache.get(key)
    if answer is None:
        answer = _draw(as_of, least)
        cache.set(key, answer, KEPT_SECONDS)
    return answer


def _draw(as_of: date, least: int) -> dict[str, Any]:
    published: dict[Cell, dict[str, int]] = {}
    shown: dict[Cell, set[Entry]] = {cell: set() for cell in CELLS}
    for day in _quarter_ends(as_of):
        facts = load_facts(WholeProvince(day))
        until = day + timedelta(days=1)
        entries = list(in_period(facts, date(as_of.year, 1, 1), until))
        for cell in CELLS:
            found = {entry for entry in entries if entry.cell is cell}
            if _is_enough(facts, cell, found ^ shown[cell], least):
                shown[cell] = found
                published[cell] = _sums(facts, cell, found)
    return {
        "source": "平台记录",
        "as_of": as_of,
        "from": date(as_of.year, 1, 1),
        "until": as_of + timedelta(days=1),
        "least": least,
        "note": _NOTE,
        "figures": [
            {"cell": cell.value, "label": cell.label, "sums": published.get(cell)} for cell in CELLS
        ],
    }


def _is_enough(facts: Facts, cell: Cell, moved: Iterable[Entry], least: int) -> bool:
    """Tell whether enough firms moved a figure, and enough institutions where it has any."""
    moved = list(moved)
    firms = {facts.firm_of[entry.need] for entry in moved if entry.need in facts.firm_of}
    institutions = {
        facts.sent[entry.referral].institution for entry in moved if entry.referral in facts.sent
    }
    return len(firms) >= least and (cell in NEED_CELLS or len(institutions) >= least)


def _sums(facts: Facts, cell: Cell, found: set[Entry]) -> dict[str, int]:
    needs = {entry.need for entry in found}
    sums = {"firms": len({facts.firm_of[need] for need in needs}), "needs": len(needs)}
    if cell not in NEED_CELLS:
        sums["referrals"] = len({entry.referral for entry in found})
    if cell is Cell.DISBURSED_AMOUNT:
        sums["amount_yuan"] = sum(entry.amount_yuan or 0 for entry in found)
    return sums


def _first_of_quarter(day: date) -> date:
    return date(day.year, (day.month - 1) // _QUARTER * _QUARTER + 1, 1)


def _quarter_ends(as_of: date) -> list[date]:
    """Return the last days of the quarters of a year until the one that ends on a day."""
    first = date(as_of.year, 1, 1)
    ends = [first + relativedelta(months=months) - timedelta(days=1) for months in (3, 6, 9, 12)]
    return [day for day in ends if day <= as_of]
