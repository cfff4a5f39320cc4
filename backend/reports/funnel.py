"""The funnel: needs (个), firms (户) and referrals (户次) by stage, and money, each apart.

A row counts in the period in which it reached a stage first; a referral counts once per stage,
however often it was taken up again. Nothing is added across stages, amounts or outcomes.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from backend.needs.models import Need
from backend.referrals.enums import OutcomeState
from backend.referrals.models import ApprovedLine, Drawdown, Referral
from backend.reports.cells import (
    AMOUNTS,
    NEED_CELLS,
    NEED_STAGES,
    OUTCOME_OF,
    REFERRAL_STAGES,
    Cell,
)
from backend.reports.facts import Entry, Facts, load_facts
from backend.reports.groups import (
    OF_REFERRALS,
    OVERLAPPING,
    GroupBy,
    Keys,
    labels_of,
    read_keys,
    require_group,
)
from backend.reports.scope import Scope, one_year_before

_SOURCE = "平台记录"
_TOTAL = ""
Tally = dict[Cell, list[Entry]]


@dataclass(frozen=True, slots=True)
class FoundRows:
    """The visible rows behind one figure; ``entries`` says by key when and how much."""

    visible: QuerySet
    entries: Mapping[int, Entry]

    @property
    def rows(self) -> QuerySet:
        """All of them, as a set to be filtered and ordered."""
        return self.visible.filter(pk__in=self.entries)

    def rows_of(self, keys: Collection[int]) -> list[Any]:
        """Return some of them, in the order of their keys: a page need not look for all."""
        found = self.visible.in_bulk(list(keys))
        return [found[key] for key in keys if key in found]


def draw_funnel(
    *, scope: Scope, group_by: GroupBy | None = None, facts: Facts | None = None
) -> dict[str, Any]:
    """Return the funnel of a period beside that of the year before, in all and by group.

    Both are drawn as of the same day; ``facts`` are those of the scope where they are at hand.
    Raises InvalidInput for groups that the reader may not have.
    """
    if group_by is not None:
        require_group(scope, group_by)
    facts = facts or load_facts(scope)
    keys = read_keys(scope, facts, group_by) if group_by else None
    now = tally_of(keys, in_period(facts, scope.start, scope.end))
    before = tally_of(keys, in_year_before(facts, scope))
    found = sorted((now.keys() | before.keys()) - {_TOTAL}, key=_own_first(scope, group_by))
    labels = labels_of(group_by, found) if group_by else {}
    by_department = scope.actor.is_department
    of_needs = by_department and group_by not in OF_REFERRALS
    return {
        "source": _SOURCE,
        "as_of": scope.as_of,
        "region": scope.region,
        "from": scope.start,
        "until": scope.end,
        "group_by": group_by,
        "groups_overlap": group_by in OVERLAPPING,
        "total": figures_of(facts, now[_TOTAL], with_needs=by_department),
        "year_before": figures_of(facts, before[_TOTAL], with_needs=by_department),
        "groups": [
            {
                "key": key,
                "label": labels.get(key, key),
                "figures": figures_of(facts, now[key], with_needs=of_needs),
                "year_before": figures_of(facts, before[key], with_needs=of_needs),
            }
            for key in found
        ],
    }


def _own_first(scope: Scope, group_by: GroupBy | None) -> Callable[[str], Any]:
    """Return the order of groups: an institution's own unit comes before the others."""
    own = scope.actor.organization.code
    is_unit = group_by in {GroupBy.INSTITUTION, GroupBy.UNIT}
    return lambda key: (is_unit and key != own, key)


def find_rows(
    *, scope: Scope, cell: Cell, group_by: GroupBy | None = None, key: str | None = None
) -> FoundRows:
    """Return the rows behind a figure: needs, referrals, lines or drawdowns."""
    if group_by is not None:
        require_group(scope, group_by)
    facts = load_facts(scope)
    entries: Iterable[Entry] = (
        entry for entry in in_period(facts, scope.start, scope.end) if entry.cell is cell
    )
    if group_by is not None and key is not None:
        keys = read_keys(scope, facts, group_by)
        entries = (entry for entry in entries if key in keys(entry))
    found = {entry.row: entry for entry in entries}
    return FoundRows(_visible(scope, cell), found)


def _visible(scope: Scope, cell: Cell) -> QuerySet:
    """Return what stands behind a cell and may be seen."""
    referrals = Referral.objects.visible_to(scope.actor)
    if cell in NEED_CELLS:
        needs = Need.objects.visible_to(scope.actor)
        return needs.select_related("firm__organization")
    related = ("need__firm__organization", "institution", "unit")
    if cell in REFERRAL_STAGES:
        return referrals.select_related(*related)
    model = ApprovedLine if cell is Cell.LINE_AMOUNT else Drawdown
    rows = model.objects.filter(referral__in=referrals.values("pk"))
    return rows.order_by("pk").select_related(*(f"referral__{path}" for path in related))


def in_period(facts: Facts, start: date, end: date) -> Iterable[Entry]:
    """Return what counts on the days ``start`` <= day < ``end``."""
    return (entry for entry in facts.entries if start <= entry.day < end)


def in_year_before(facts: Facts, scope: Scope) -> Iterable[Entry]:
    """Return the entries of the same days of the year before, dated into the present period."""
    start, end = one_year_before(scope.start), one_year_before(scope.end)
    for entry in in_period(facts, start, end):
        # Only the month is read of it, and every month has a first day.
        yield entry._replace(day=entry.day.replace(year=entry.day.year + 1, day=1))


def count_months(facts: Facts, scope: Scope) -> dict[str, Counter[Cell]]:
    """Count the rows of each cell by month, as 2026-11; only months in which something happened.

    A need stands once in a stage of needs and a referral once in each of its stages, so that the
    rows of a stage are as many as what it counts.
    """
    found: defaultdict[str, Counter[Cell]] = defaultdict(Counter)
    months: dict[date, str] = {}
    for entry in in_period(facts, scope.start, scope.end):
        month = months.get(entry.day)
        if month is None:
            month = months[entry.day] = f"{entry.day:%Y-%m}"
        found[month][entry.cell] += 1
    return dict(found)


def tally_of(keys: Keys | None, entries: Iterable[Entry]) -> defaultdict[str, Tally]:
    """Sort entries by group and cell; the group without a name is the total."""
    found: defaultdict[str, Tally] = defaultdict(lambda: defaultdict(list))
    for entry in entries:
        found[_TOTAL][entry.cell].append(entry)
        if keys is not None:
            for key in keys(entry):
                found[key][entry.cell].append(entry)
    return found


def figures_of(facts: Facts, tally: Tally, *, with_needs: bool) -> dict[str, Any]:
    """Return every figure of one group."""

    def shown(cell: Cell) -> bool:
        return with_needs or cell not in NEED_CELLS

    return {
        "stages": {
            cell.value: count_of(facts, tally.get(cell, [])) if shown(cell) else None
            for cell in (*NEED_STAGES, *REFERRAL_STAGES)
        },
        "amounts": {
            cell.value: money_of(tally.get(cell, [])) if shown(cell) else None for cell in AMOUNTS
        },
        "outcomes": {
            state.value: money_of(tally.get(OUTCOME_OF[state], [])) for state in OutcomeState
        },
    }


def count_of(facts: Facts, entries: list[Entry]) -> dict[str, Any]:
    """Count needs, their firms and referrals; a stage of needs has no referrals yet."""
    needs = {entry.need for entry in entries}
    return {
        "needs": len(needs),
        "firms": len({facts.firm_of[need] for need in needs}),
        "referrals": sum(entry.referral is not None for entry in entries),
    }


def money_of(entries: list[Entry]) -> dict[str, int]:
    """Return rows and what they come to."""
    return {"count": len(entries), "amount_yuan": sum(entry.amount_yuan or 0 for entry in entries)}


def describe_row(row: Any, entry: Entry | None, *, with_firm: bool) -> dict[str, Any]:
    """Say what stands behind a figure; institutions read names of firms in the referral only."""
    referral = getattr(row, "referral", row if isinstance(row, Referral) else None)
    need = row if isinstance(row, Need) else referral.need
    firm = need.firm.organization
    return {
        "id": row.public_id,
        "kind": row._meta.model_name,
        "day": entry.day if entry else None,
        "amount_yuan": entry.amount_yuan if entry else None,
        "need": need.public_id if with_firm else None,
        "need_code": need.code,
        "firm_name": firm.name if with_firm else None,
        "region": firm.region_id if with_firm else None,
        "referral": referral.public_id if referral else None,
        "institution": referral.institution.code if referral else None,
        "institution_name": referral.institution.name if referral else None,
        "unit": referral.unit.code if referral else None,
        "unit_name": referral.unit.name if referral else None,
    }
