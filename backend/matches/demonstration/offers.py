"""Made-up institutions and their products, published by the catalogue's own services."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from backend.catalogue.conditions import NEVER_OPEN, applicable_criteria, is_stated
from backend.catalogue.services.products import create_product, publish_product
from backend.journal.enums import EventType
from backend.journal.services import record_many
from backend.matches.demonstration.records import Record, day
from backend.organizations.enums import InstitutionLevel, OrganizationKind
from backend.organizations.models import Organization

_SOURCE = "演示数据"
_NOT_CONTENT = frozenset({"code", "institution", "published"})


def load_institutions(records: list[Record]) -> dict[str, Organization]:
    """Store institutions and incubators, heads before branches; return them by code."""
    stored: dict[str, Organization] = {}
    for record in sorted(records, key=lambda entry: entry.get("parent") is not None):
        is_incubator = record["kind"] == "incubator"
        stored[record["code"]] = Organization.objects.create(
            kind=OrganizationKind.INCUBATOR if is_incubator else OrganizationKind.INSTITUTION,
            code=record["code"],
            name=record["name"],
            region_id=record.get("region"),
            parent=stored.get(record.get("parent") or ""),
            institution_kind=record["kind"],
            institution_level="" if is_incubator else _level(record),
            capacity=record.get("capacity"),
            is_demonstration=True,
            source=_SOURCE,
        )
    record_many(
        EventType.ORGANIZATION_CREATED,
        [(organization, {"code": code}) for code, organization in stored.items()],
        actor=None,
        subject_type="organization",
    )
    return stored


def load_products(
    records: list[Record], institutions: dict[str, Organization], *, now: datetime
) -> None:
    """Draft every product and publish those that are; main products before their variants."""
    for record in sorted(records, key=lambda entry: entry.get("variant_of") is not None):
        product = create_product(
            actor=None,
            institution=institutions[record["institution"]],
            values=_content(record),
            code=record["code"],
        )
        if record.get("published", True):
            publish_product(
                actor=None,
                product=product,
                no_tie_in=True,
                expected_revision=None,
                now=_publication(day(record.get("valid_until")), now),
            )


def _content(record: Record) -> Record:
    """Return the content; what an exchange file leaves out is a condition that does not exist."""
    content = {key: value for key, value in record.items() if key not in _NOT_CONTENT}
    undisclosed = content.setdefault("undisclosed", [])
    content["open_conditions"] = sorted(
        code
        for code in applicable_criteria(record.get("financing_type")) - NEVER_OPEN - {"terms"}
        if code not in undisclosed and not is_stated(code, _without_empty(content))
    )
    return content


def _without_empty(content: Record) -> Record:
    return {key: value for key, value in content.items() if value != []}


def _publication(valid_until: date | None, now: datetime) -> datetime:
    """Return when a product was published: now, or on its last day if that has passed."""
    if valid_until is None or valid_until > timezone.localdate(now):
        return now
    return timezone.make_aware(datetime.combine(valid_until - timedelta(days=1), time(12)))


def _level(record: Record) -> str:
    if record.get("parent") is None:
        return InstitutionLevel.HEAD_OFFICE
    is_city = (record.get("region") or "").endswith("00")
    return InstitutionLevel.CITY_BRANCH if is_city else InstitutionLevel.SUB_BRANCH
