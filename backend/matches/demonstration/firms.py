"""Made-up firms with their dated figures, qualifications and stays in incubators."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from backend.firms.enums import FactSource
from backend.firms.fact_fields import FACT_FIELDS, YEARLY_FIELDS
from backend.firms.models import Firm
from backend.firms.services import create_firm, record_facts, record_qualification
from backend.firms.tenancies import record_tenancy
from backend.matches.demonstration.records import DemoRecords, Record, day
from backend.organizations.models import Organization


def load_firms(
    records: DemoRecords,
    incubators: dict[str, Organization],
    *,
    today: date,
    now: datetime,
) -> dict[str, Firm]:
    """Store the firms through their services; return them by code."""
    stored = {}
    for record in records.firms:
        firm = create_firm(
            actor=None,
            uscc=record["uscc"],
            name=record["name"],
            region=record.get("region"),
            profile=_profile(record),
            today=today,
            is_demonstration=True,
        )
        stored[record["uscc"]] = firm
        _load_figures(firm, record, as_of=min(records.as_of, today), today=today, now=now)
        for held in record.get("qualifications") or ():
            record_qualification(
                actor=None,
                firm=firm,
                code=held["code"],
                source=FactSource.DECLARED,
                valid_from=day(held.get("valid_from")),
                valid_until=day(held.get("valid_until")),
                now=now,
            )
        if record.get("incubator") is not None:
            record_tenancy(
                actor=None,
                firm=firm,
                incubator=incubators[record["incubator"]],
                valid_from=_moved_in(record, today),
            )
    return stored


def _profile(record: Record) -> Record:
    return {
        "industry": record.get("industry") or "",
        "founded_on": day(record.get("founded_on")),
        "declared_stage": record.get("stage") or "",
        "tech_fields": record.get("tech_fields"),
        "taxpayer_rating": record.get("taxpayer_rating") or "",
        "qualifications_known": record.get("qualifications") is not None,
        "description": record.get("description") or "",
    }


def _load_figures(firm: Firm, record: Record, *, as_of: date, today: date, now: datetime) -> None:
    figures = {
        field: Decimal(str(record[field])) for field in FACT_FIELDS if record.get(field) is not None
    }
    yearly = {field: value for field, value in figures.items() if field in YEARLY_FIELDS}
    dated = {field: value for field, value in figures.items() if field not in YEARLY_FIELDS}
    year = min(record.get("fiscal_year") or as_of.year - 1, today.year - 1)
    common = {"actor": None, "firm": firm, "source": FactSource.DECLARED, "today": today}
    if yearly:
        record_facts(values=yearly, fiscal_year=year, now=now, **common)
    if dated:
        record_facts(values=dated, as_of=as_of, now=now, **common)


def _moved_in(record: Record, today: date) -> date:
    """Return since when the firm is a tenant: its qualification says so, or a year ago."""
    held = {entry["code"]: entry for entry in record.get("qualifications") or ()}
    since = held.get("incubated", {}).get("valid_from") or record.get("founded_on")
    return day(since) or today - timedelta(days=365)
