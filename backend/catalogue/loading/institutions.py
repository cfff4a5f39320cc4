"""Institutions, incubators and the provincial department as organizations."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from backend.catalogue.loading.outcome import Outcome
from backend.common.errors import InvalidInput
from backend.common.problems import ProblemList, shown
from backend.journal.enums import EventType
from backend.journal.models import Event
from backend.journal.services import record as record_event
from backend.organizations.enums import OFFERING_KINDS, DepartmentLevel, OrganizationKind
from backend.organizations.models import Organization
from backend.organizations.validators import check_capacity, check_region
from backend.reference.regions import known_regions
from matching.vocabulary import INSTITUTION_KINDS

# The department that runs the mechanism. Its unified code heads the index number of its own
# letters (吉科发人才【2023】71号: 11220000013544429K/2023-01621).
PROVINCIAL_DEPARTMENT = {
    "code": "11220000013544429K",
    "name": "吉林省科学技术厅",
    "region": "220000",
    "source": "吉科发人才【2023】71号（索引号）",
}

_KEYS = frozenset({"code", "name", "kind", "region", "parent", "capacity"})


def load_department() -> Outcome:
    """Make the provincial department if it is missing; it is never changed here."""
    found = Organization.objects.filter(
        kind=OrganizationKind.DEPARTMENT, code=PROVINCIAL_DEPARTMENT["code"]
    )
    if found.exists():
        return Outcome.UNCHANGED
    if not known_regions([PROVINCIAL_DEPARTMENT["region"]]):
        raise InvalidInput.of(
            "region", "reference_missing", "尚未装入行政区划，请先运行 load_reference。"
        )
    _create(
        kind=OrganizationKind.DEPARTMENT,
        department_level=DepartmentLevel.PROVINCE,
        code=PROVINCIAL_DEPARTMENT["code"],
        name=PROVINCIAL_DEPARTMENT["name"],
        region_id=PROVINCIAL_DEPARTMENT["region"],
        source=PROVINCIAL_DEPARTMENT["source"],
    )
    return Outcome.CREATED


@transaction.atomic
def load_institution(
    record: Mapping[str, Any],
    *,
    level: str | None = None,
    source: str = "",
    is_demonstration: bool = False,
) -> Outcome:
    """Make or renew the organization of an institution's record of the exchange format.

    The parent must have been loaded before. An organization whose own people have changed it
    is left alone; without a ``level`` the one it has stays. Raises `InvalidInput`.
    """
    values = _checked(record)
    values |= {"source": source, "is_demonstration": is_demonstration}
    if level is not None:
        values["institution_level"] = level
    found = (
        Organization.objects.select_for_update()
        .filter(code=record["code"], kind__in=OFFERING_KINDS)
        .first()
    )
    if found is None:
        _create(code=record["code"], **values)
        return Outcome.CREATED
    changed = sorted(name for name, value in values.items() if getattr(found, name) != value)
    if not changed:
        return Outcome.UNCHANGED
    if _was_edited(found):
        return Outcome.KEPT
    for name in changed:
        setattr(found, name, values[name])
    found.save_revision()
    record_event(
        EventType.ORGANIZATION_CHANGED, subject=found, actor=None, payload={"fields": changed}
    )
    return Outcome.CHANGED


def _create(**values: Any) -> None:
    organization = Organization.objects.create(**values)
    record_event(
        EventType.ORGANIZATION_CREATED,
        subject=organization,
        actor=None,
        payload={"kind": organization.kind, "code": organization.code},
    )


def _was_edited(organization: Organization) -> bool:
    """Tell whether a person has changed the organization."""
    return (
        Event.objects.about("organization", organization.public_id)
        .filter(type=EventType.ORGANIZATION_CHANGED, user__isnull=False)
        .exists()
    )


def _checked(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns that a record stands for, or refuse it."""
    problems = ProblemList()
    problems.check_fields(record.keys(), _KEYS)
    for key in ("code", "name", "kind"):
        if not isinstance(record.get(key), str) or not record[key]:
            problems.add(key, "required", "必填，应为文字。")
    for key in ("region", "parent"):
        if not isinstance(record.get(key), str | None):
            problems.add(key, "wrong_type", f"“{shown(record[key])}”应为文字。")
    problems.refuse()
    problems.check_codes("kind", [record["kind"]], INSTITUTION_KINDS)
    problems.check_length("code", record["code"], 64)
    problems.check_length("name", record["name"], 200)
    capacity = record.get("capacity")
    if capacity is None or type(capacity) is int:
        check_capacity(problems, capacity)
    else:
        problems.add("capacity", "wrong_type", f"“{shown(capacity)}”应为整数。")
    check_region(problems, record.get("region"))
    problems.refuse()
    is_incubator = record["kind"] == "incubator"
    return {
        "kind": OrganizationKind.INCUBATOR if is_incubator else OrganizationKind.INSTITUTION,
        "institution_kind": record["kind"],
        "name": record["name"],
        "region_id": record.get("region"),
        "parent_id": _parent_of(record),
        "capacity": capacity,
    }


def _parent_of(record: Mapping[str, Any]) -> int | None:
    code = record.get("parent")
    if code is None:
        return None
    parent = Organization.objects.filter(code=code, kind__in=OFFERING_KINDS).first()
    if parent is None or code == record["code"]:
        raise InvalidInput.of("parent", "unknown_institution", f"没有代码为“{code}”的上级机构。")
    return parent.pk
