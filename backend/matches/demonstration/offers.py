"""Made-up institutions and their products, loaded as those of the catalogue are."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from backend.catalogue.loading import load_institution, load_product
from backend.matches.demonstration.records import SOURCE, Record, day
from backend.organizations.enums import OFFERING_KINDS, InstitutionLevel
from backend.organizations.models import Organization


def load_institutions(records: list[Record]) -> dict[str, Organization]:
    """Store institutions and incubators, heads before branches; return them by code."""
    upper = {entry["parent"] for entry in records if entry.get("parent") is not None}
    for record in sorted(records, key=lambda entry: entry.get("parent") is not None):
        level = _level(record, has_branches=record["code"] in upper)
        load_institution(record, level=level, source=SOURCE, is_demonstration=True)
    stored = Organization.objects.filter(is_demonstration=True, kind__in=OFFERING_KINDS)
    return {institution.code: institution for institution in stored}


def load_products(records: list[Record], *, now: datetime) -> None:
    """Draft every product and publish those that are; main products before their variants."""
    for record in sorted(records, key=lambda entry: entry.get("variant_of") is not None):
        load_product(record, now=_publication(day(record.get("valid_until")), now))


def _publication(valid_until: date | None, now: datetime) -> datetime:
    """Return when a product was published: now, or on its last day if that has passed."""
    if valid_until is None or valid_until > timezone.localdate(now):
        return now
    return timezone.make_aware(datetime.combine(valid_until - timedelta(days=1), time(12)))


def _level(record: Record, *, has_branches: bool) -> str:
    """Return where a unit stands; what has branches in the province is the one above them."""
    if record["kind"] == "incubator":
        return ""
    if record.get("parent") is None:
        is_bank = record["kind"] == "bank"
        above = InstitutionLevel.PROVINCIAL_BRANCH, InstitutionLevel.HEAD_OFFICE
        return above[0] if is_bank and has_branches else above[1]
    is_city = (record.get("region") or "").endswith("00")
    return InstitutionLevel.CITY_BRANCH if is_city else InstitutionLevel.SUB_BRANCH
