"""What is read of firms: the record that matching works on, and figures with their history."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONArray

from backend.common import statements
from backend.common.statements import Statement
from backend.firms.fact_fields import FACT_FIELDS, to_number
from backend.firms.models import Fact, Firm, FirmQualification, Tenancy


@dataclass(frozen=True, slots=True)
class QualificationPeriod:
    """A qualification held during ``valid_from <= day < valid_until``."""

    code: str
    valid_from: date | None
    valid_until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmSnapshot:
    """A firm on a day, with exactly the fields of the exchange format; None is unknown."""

    uscc: str
    name: str
    region: str | None
    industry: str | None
    founded_on: date | None
    stage: str | None
    qualifications: tuple[QualificationPeriod, ...] | None
    incubator: str | None
    tech_fields: tuple[str, ...] | None
    taxpayer_rating: str | None
    description: str | None
    fiscal_year: int | None = None
    registered_capital_yuan: int | None = None
    revenue_yuan: int | None = None
    revenue_growth: float | None = None
    net_profit_yuan: int | None = None
    total_assets_yuan: int | None = None
    debt_ratio: float | None = None
    rd_ratio: float | None = None
    rd_staff_ratio: float | None = None
    employees: int | None = None
    invention_patents: int | None = None
    utility_patents: int | None = None
    software_copyrights: int | None = None
    innovation_points: float | None = None
    rd_expense_yuan: int | None = None
    insured_employees: int | None = None
    order_backlog_yuan: int | None = None


Figures = dict[str, int | float]


def list_figures(firm_ids: Collection[int], as_of: date) -> dict[int, Figures]:
    """Return, per firm and field, the figure that counts on a day; one query of plain rows."""
    rows = Fact.objects.filter(firm_id__in=firm_ids).current(as_of)
    found: dict[int, list[Any]] = defaultdict(list)
    for firm_id, *fact in rows.values_list("firm_id", "field", "value", "fiscal_year"):
        found[firm_id].append(fact)
    return {firm_id: _figures(facts) for firm_id, facts in found.items()}


def get_figures(firm: Firm, as_of: date) -> dict[str, int | float | None]:
    """Return every figure of a firm on a day; what nobody recorded is None."""
    known = list_figures([firm.pk], as_of).get(firm.pk, {})
    return dict.fromkeys((*FACT_FIELDS, "fiscal_year")) | known


def list_yearly_figures(
    firm_ids: Collection[int], as_of: date, fields: Collection[str]
) -> dict[int, dict[int, Figures]]:
    """Return, per firm and fiscal year, the yearly figures that count on a day; one query."""
    rows = Fact.objects.filter(firm_id__in=firm_ids, field__in=fields).current_of_years(as_of)
    found: dict[int, dict[int, Figures]] = defaultdict(dict)
    for firm_id, field, value, year in rows.values_list("firm_id", "field", "value", "fiscal_year"):
        found[firm_id].setdefault(year, {})[field] = to_number(field, value)
    return found


def list_firm_snapshots(firm_ids: Collection[int], as_of: date) -> dict[int, FirmSnapshot]:
    """Return the firms' snapshots on a day by primary key; one query however many there are."""
    rows = _snapshots().rows(firms=list(firm_ids), as_of=as_of)
    return {pk: read_snapshot(json.loads(columns)) for pk, columns in rows}


@cache
def _snapshots() -> Statement:
    as_of, firms = statements.ANY_DAY, statements.ANY_KEYS
    rows = Firm.objects.filter(statements.one_of("pk", firms))
    return statements.write(
        rows.values_list("pk", snapshot_columns(as_of)), firms=firms, as_of=as_of
    )


def snapshot_columns(as_of: date, *, path: str = "") -> JSONArray:
    """Select all that is read of a firm, in the order that ``read_snapshot`` takes it.

    ``path`` leads from the queried model to the firm, for example ``firm__``.
    """
    firm = OuterRef(f"{path}pk")
    facts = Fact.objects.filter(firm=firm).current(as_of)
    held = FirmQualification.objects.filter(firm=firm).order_by("code", "valid_from", "pk")
    stays = Tenancy.objects.filter(firm=firm).current(as_of).order_by("-valid_from", "-pk")
    return JSONArray(
        f"{path}organization__code",
        f"{path}organization__name",
        f"{path}organization__region_id",
        f"{path}industry",
        f"{path}founded_on",
        f"{path}stage_override",
        f"{path}declared_stage",
        f"{path}tech_fields",
        f"{path}taxpayer_rating",
        f"{path}description",
        f"{path}qualifications_known",
        statements.json_rows(facts, "field", "value", "fiscal_year"),
        statements.json_rows(held, "code", "valid_from", "valid_until"),
        Subquery(stays.values("incubator__code")[:1]),
    )


def read_snapshot(columns: list[Any]) -> FirmSnapshot:
    """Read what ``snapshot_columns`` selected."""
    uscc, name, region, industry, founded_on, override, declared, *rest = columns
    tech_fields, taxpayer_rating, description, is_known, facts, held, incubator = rest
    return FirmSnapshot(
        uscc=uscc,
        name=name,
        region=region,
        industry=industry or None,
        founded_on=statements.read_day(founded_on),
        stage=override or declared or None,
        qualifications=_periods(held) if is_known else None,
        incubator=incubator,
        tech_fields=None if tech_fields is None else tuple(tech_fields),
        taxpayer_rating=taxpayer_rating or None,
        description=description or None,
        **_figures(facts),
    )


def _figures(facts: Iterable[Any]) -> Figures:
    """Return current figures as the exchange format has them.

    The fiscal year stands with the yearly figures. Where they belong to several years, the
    oldest counts: nothing is claimed to be newer than it is.
    """
    figures: Figures = {}
    for field, value, year in facts:
        figures[field] = to_number(field, value)
        if year is not None:
            figures["fiscal_year"] = min(figures.get("fiscal_year", year), year)
    return figures


def _periods(held: list[Any]) -> tuple[QualificationPeriod, ...]:
    return tuple(
        QualificationPeriod(code, statements.read_day(since), statements.read_day(until))
        for code, since, until in held
    )
