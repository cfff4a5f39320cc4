"""Made-up firms with their dated figures, qualifications and stays in incubators.

Each firm is opened by its service; what hangs on it is checked by the same validators and
stored in bulk, so that the first start of the platform does not wait for thousands of locks.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal

from backend.firms import validators
from backend.firms.enums import FactSource
from backend.firms.fact_fields import FACT_FIELDS, YEARLY_FIELDS
from backend.firms.models import Fact, Firm, FirmQualification, Tenancy
from backend.firms.services import create_firm, new_facts
from backend.journal.enums import EventType
from backend.journal.services import record_many
from backend.matches.demonstration.records import DemoRecords, Record, day
from backend.organizations.models import Organization


def load_firms(
    records: DemoRecords,
    incubators: dict[str, Organization],
    *,
    today: date,
    now: datetime,
) -> dict[str, Firm]:
    """Store the firms with all that is known of them; return them by code."""
    firms = {
        record["uscc"]: create_firm(
            actor=None,
            uscc=record["uscc"],
            name=record["name"],
            region=record.get("region"),
            profile=_profile(record),
            today=today,
            is_demonstration=True,
        )
        for record in records.firms
    }
    pairs = [(firms[record["uscc"]], record) for record in records.firms]
    _load_figures(pairs, as_of=min(records.as_of, today), today=today, now=now)
    _load_qualifications(pairs, now=now)
    _load_tenancies(pairs, incubators, today=today)
    return firms


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


def _load_figures(
    pairs: list[tuple[Firm, Record]], *, as_of: date, today: date, now: datetime
) -> None:
    facts: list[Fact] = []
    for firm, record in pairs:
        year = min(record.get("fiscal_year") or as_of.year - 1, today.year - 1)
        for is_yearly in (True, False):
            values = {
                field: Decimal(str(record[field]))
                for field in FACT_FIELDS
                if record.get(field) is not None and (field in YEARLY_FIELDS) is is_yearly
            }
            period = {
                "as_of": None if is_yearly else as_of,
                "fiscal_year": year if is_yearly else None,
            }
            if values:
                validators.check_facts(values, today=today, **period)
                facts += new_facts(
                    firm, values, source=FactSource.DECLARED, recorded_at=now, **period
                )
    Fact.objects.bulk_create(facts)
    record_many(
        EventType.FACT_RECORDED,
        [
            (firm, {"source": FactSource.DECLARED.value})
            for firm in dict.fromkeys(fact.firm for fact in facts)
        ],
        actor=None,
    )


def _load_qualifications(pairs: list[tuple[Firm, Record]], *, now: datetime) -> None:
    held = []
    for firm, record in pairs:
        for entry in record.get("qualifications") or ():
            period = {key: day(entry.get(key)) for key in ("valid_from", "valid_until")}
            validators.check_qualification(entry["code"], **period)
            held.append(
                FirmQualification(
                    firm=firm,
                    code=entry["code"],
                    source=FactSource.DECLARED,
                    recorded_at=now,
                    **period,
                )
            )
    FirmQualification.objects.bulk_create(held)
    record_many(
        EventType.QUALIFICATION_RECORDED,
        [(entry.firm, {"code": entry.code, "source": entry.source.value}) for entry in held],
        actor=None,
    )


def _load_tenancies(
    pairs: list[tuple[Firm, Record]], incubators: dict[str, Organization], *, today: date
) -> None:
    stays = []
    for firm, record in pairs:
        if record.get("incubator") is None:
            continue
        stays.append(
            Tenancy(
                firm=firm,
                incubator=incubators[record["incubator"]],
                valid_from=_moved_in(record, today),
            )
        )
    Tenancy.objects.bulk_create(stays)
    record_many(
        EventType.TENANCY_CHANGED,
        [(stay.firm, {"incubator": stay.incubator.code, "change": "recorded"}) for stay in stays],
        actor=None,
    )


def _moved_in(record: Record, today: date) -> date:
    """Return since when the firm is a tenant: its qualification says so, or a year ago."""
    held = {entry["code"]: entry for entry in record.get("qualifications") or ()}
    since = held.get("incubated", {}).get("valid_from") or record.get("founded_on")
    return day(since) or today - timedelta(days=365)
