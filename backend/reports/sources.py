"""Three sources side by side: the platform's rows, institutions' aggregates, officers' indicators.

Nothing here adds one source to another, nor one institution or one period to the next: a branch
is part of its head office, a month of its quarter, and all may speak of the same loan.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any, Final

from backend.common.workdays import HOURS
from backend.filings.enums import Measure
from backend.filings.models import Aggregate, Indicator
from backend.filings.selectors import list_aggregates, list_indicators
from backend.reports.cells import Cell
from backend.reports.facts import Entry, Facts, load_facts
from backend.reports.figures import Figure, Source, rows_of
from backend.reports.funnel import in_period, tally_of
from backend.reports.groups import TECH, GroupBy, read_keys
from backend.reports.scope import Scope

NOTE: Final = (
    "三类数据来源和口径不同，分别列示，不得相加；机构签报之间也可能重复（上级含下级、年含季含月）。"
)
# What an aggregate says, by what it stands beside.
_OF_AGGREGATES: Final = {
    Measure.FIRMS_FUNDED: "firms_served",
    Measure.AMOUNT_FUNDED: "disbursed_yuan",
    Measure.BALANCE: "balance_yuan",
}
_FIELDS: Final = {
    "firms_served": ("服务科技企业", "户"),
    "loans": ("贷款", "笔"),
    "disbursed_yuan": ("投放金额", "元"),
    "balance_yuan": ("期末余额", "元"),
}


def draw_sources(*, scope: Scope) -> dict[str, Any]:
    """Return, per measure, what each source says of the period; a silent source has no entries."""
    platform = platform_figures(scope, load_facts(scope))
    aggregates = aggregates_of(scope)
    indicators = indicators_of(scope)
    return {
        "as_of": scope.as_of,
        "region": scope.region,
        "from": scope.start,
        "until": scope.end,
        "note": NOTE,
        "measures": [
            {
                "measure": measure.value,
                "label": measure.label,
                Source.PLATFORM.value: platform.get(measure, []),
                "aggregates": [
                    figure for row in aggregates for figure in _of_measure(row, measure)
                ],
                "indicators": [
                    indicator_figure(row) for row in indicators if row.measure == measure
                ],
            }
            for measure in Measure
        ],
    }


def aggregates_of(scope: Scope) -> list[Aggregate]:
    """Return the signed aggregates of the period that stood at the end of the day."""
    return list_aggregates(
        actor=scope.actor,
        region=scope.region,
        start=scope.start,
        end=scope.end,
        cutoff=scope.cutoff,
    )


def indicators_of(scope: Scope) -> list[Indicator]:
    """Return the indicators of the period that stood at the end of the day."""
    return list_indicators(
        actor=scope.actor,
        region=scope.region,
        start=scope.start,
        end=scope.end,
        cutoff=scope.cutoff,
    )


def figures_of_aggregate(row: Aggregate) -> Iterator[Figure]:
    """Yield what an aggregate says, each with its version and signature."""
    period = f"{row.period_from}至{row.period_until - timedelta(days=1)}"
    for field, (label, unit) in _FIELDS.items():
        if getattr(row, field) is None:
            continue
        yield Figure(
            code=f"{field}_{row.public_id.hex}",
            label=f"{row.institution.name}{label}",
            value=getattr(row, field),
            unit=unit,
            basis=f"机构签报第{row.version}版，期间{period}；签报人：{row.signed_by}",
            day=HOURS.local(row.signed_at or row.prepared_at).date(),
            rows=f"aggregates/{row.public_id}/",
            source=Source.AGGREGATE,
        )


def _of_measure(row: Aggregate, measure: Measure) -> list[Figure]:
    field = _OF_AGGREGATES.get(measure)
    return [
        figure
        for figure in figures_of_aggregate(row)
        if field is not None and figure.code.startswith(f"{field}_")
    ]


def indicator_figure(row: Indicator) -> Figure:
    """Return an indicator with its paper; its day is the last that it covers or the paper's."""
    days = f"{row.covers_from}至" if row.covers_from else "累计至"
    return Figure(
        code=f"indicator_{row.public_id.hex}",
        label=row.name,
        value=row.value,
        unit=row.get_unit_display(),
        basis=f"{row.source}，{days}{row.last_day}；{row.department.name}填报"
        + (f"。{row.note}" if row.note else ""),
        day=row.source_on,
        rows=f"indicators/{row.public_id}/",
        source=Source.INDICATOR,
    )


def platform_figures(scope: Scope, facts: Facts) -> dict[Measure, list[Figure]]:
    """Return what the platform's own rows say, where they say anything comparable."""
    keys = read_keys(scope, facts, GroupBy.TECH_FIRM) if scope.actor.is_department else None
    tallies = tally_of(keys, in_period(facts, scope.start, scope.end))
    everything, tech = tallies[""], tallies[TECH]
    found = {
        Measure.INFORMATION_GIVEN: [
            _of(scope, Cell.REFERRED, "推送企业需求信息", len(everything[Cell.REFERRED]), "户次")
        ],
        Measure.FIRMS_RECOMMENDED: [
            _of(scope, Cell.REFERRED, "推送企业", _firms(facts, everything[Cell.REFERRED]), "户")
        ],
        Measure.FIRMS_FUNDED: [
            _of(
                scope,
                Cell.DISBURSED,
                "获得投放企业",
                _firms(facts, everything[Cell.DISBURSED]),
                "户",
            )
        ],
        Measure.AMOUNT_FUNDED: [
            _of(
                scope,
                Cell.DISBURSED_AMOUNT,
                "投放金额",
                _sum(everything[Cell.DISBURSED_AMOUNT]),
                "元",
            )
        ],
    }
    if keys is not None:
        of_tech = {"group_by": GroupBy.TECH_FIRM.value, "key": TECH}
        found[Measure.TECH_FIRMS_FUNDED] = [
            _of(
                scope,
                Cell.DISBURSED,
                "获得投放的科技型企业",
                _firms(facts, tech[Cell.DISBURSED]),
                "户",
                **of_tech,
            )
        ]
        found[Measure.TECH_AMOUNT_FUNDED] = [
            _of(
                scope,
                Cell.DISBURSED_AMOUNT,
                "科技型企业投放金额",
                _sum(tech[Cell.DISBURSED_AMOUNT]),
                "元",
                **of_tech,
            )
        ]
    return found


def _of(scope: Scope, cell: Cell, label: str, value: int, unit: str, **group: str) -> Figure:
    basis = f"平台逐笔记录，环节“{cell.label}”，{scope.start}至{scope.end - timedelta(days=1)}"
    return Figure(
        code=f"{cell.value}{':tech' if group else ''}:{unit}",
        label=label,
        value=value,
        unit=unit,
        basis=basis,
        day=scope.as_of,
        rows=rows_of(scope, "funnel/rows/", cell=cell.value, **group),
    )


def _firms(facts: Facts, entries: Iterable[Entry]) -> int:
    return len({facts.firm_of[entry.need] for entry in entries})


def _sum(entries: Iterable[Entry]) -> int:
    return sum(entry.amount_yuan or 0 for entry in entries)
