"""A database of the benchmarks' own, filled with a workload."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import psycopg

from tests.benchmarks.workload import AS_OF

_NAME = "kerong_bench"
_BATCH = 2_000
NOW = datetime(AS_OF.year, AS_OF.month, AS_OF.day, 4, tzinfo=UTC)


@contextmanager
def fresh_database() -> Iterator[None]:
    """Make an empty database with the platform's tables, and drop it afterwards."""
    given = os.environ["DATABASE_URL"]
    _execute(given, f"DROP DATABASE IF EXISTS {_NAME}", f"CREATE DATABASE {_NAME}")
    os.environ["DATABASE_URL"] = urlsplit(given)._replace(path=f"/{_NAME}").geturl()
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    try:
        call_command("migrate", verbosity=0)
        yield
    finally:
        connections.close_all()
        os.environ["DATABASE_URL"] = given
        _execute(given, f"DROP DATABASE IF EXISTS {_NAME} WITH (FORCE)")


def _execute(address: str, *statements: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def load(exchange: dict[str, Any]) -> None:
    """Store a workload: offers through the services, firms and open needs in bulk."""
    from django.core.management import call_command

    from backend.matches.demonstration.offers import load_institutions, load_products

    call_command("load_reference", verbosity=0)
    institutions = load_institutions(exchange["institutions"])
    load_products(exchange["products"], now=NOW)
    firms = _load_firms(exchange["firms"])
    _load_needs(exchange["needs"], firms, institutions)


def _load_firms(records: list[dict[str, Any]]) -> dict[str, Any]:
    from backend.firms.models import Firm
    from backend.organizations.models import Organization

    organizations = Organization.objects.bulk_create(
        (
            Organization(
                kind="firm", code=record["uscc"], name=record["name"], region_id=record["region"]
            )
            for record in records
        ),
        batch_size=_BATCH,
    )
    firms = Firm.objects.bulk_create(
        (
            Firm(
                organization=organization,
                industry=record["industry"],
                founded_on=record["founded_on"],
                declared_stage=record.get("stage", ""),
                tech_fields=record.get("tech_fields"),
                taxpayer_rating=record.get("taxpayer_rating", ""),
                qualifications_known="qualifications" in record,
            )
            for organization, record in zip(organizations, records, strict=True)
        ),
        batch_size=_BATCH,
    )
    _load_facts(firms, records)
    return {record["uscc"]: firm for record, firm in zip(records, firms, strict=True)}


def _load_facts(firms: list[Any], records: list[dict[str, Any]]) -> None:
    from backend.firms.fact_fields import FACT_FIELDS, YEARLY_FIELDS
    from backend.firms.models import Fact, FirmQualification

    year = AS_OF.year - 1
    facts = [
        Fact(
            firm=firm,
            field=field,
            value=Decimal(str(record[field])),
            as_of=f"{year}-12-31" if field in YEARLY_FIELDS else AS_OF,
            fiscal_year=year if field in YEARLY_FIELDS else None,
            audited=False if field in YEARLY_FIELDS else None,
            source="declared",
            recorded_at=NOW,
        )
        for firm, record in zip(firms, records, strict=True)
        for field in FACT_FIELDS
        if field in record
    ]
    Fact.objects.bulk_create(facts, batch_size=_BATCH)
    held = [
        FirmQualification(firm=firm, code=code, source="declared", recorded_at=NOW)
        for firm, record in zip(firms, records, strict=True)
        for code in record.get("qualifications", ())
    ]
    FirmQualification.objects.bulk_create(held, batch_size=_BATCH)


def _load_needs(
    records: list[dict[str, Any]], firms: dict[str, Any], institutions: dict[str, Any]
) -> None:
    from backend.accounts.models import User
    from backend.needs.models import NamedInstitution, Need

    officer = User.objects.create_user("bench-verifier")
    fields = ("financing_types", "amount_max_yuan", "term_max_months", "collateral", "purposes")
    needs = Need.objects.bulk_create(
        (
            Need(
                firm=firms[record["firm"]],
                code=record["code"],
                status="open",
                **{field: record.get(field) for field in fields},
                max_annual_rate=record.get("max_annual_rate"),
                description=record["description"],
                needed_by=AS_OF + timedelta(days=365),
                expires_on=AS_OF + timedelta(days=366),
                contact_name="基准",
                contact_phone="0431-80000000",
                submitted_at=NOW,
                verified_at=NOW,
                verified_by=officer,
            )
            for record in records
        ),
        batch_size=_BATCH,
    )
    NamedInstitution.objects.bulk_create(
        NamedInstitution(
            need=need, institution=institutions[code], attitude="excluded", position=position
        )
        for need, record in zip(needs, records, strict=True)
        for position, code in enumerate(record.get("excluded_institutions", ()), start=1)
    )
