"""What a roster says that firms hold: qualifications, and places in incubators."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import F

from backend.exchange.faults import as_invalid_input
from backend.exchange.roster_file import RosterFile, RosterRow
from backend.firms.enums import FactSource
from backend.firms.models import Firm, FirmQualification, Roster, Tenancy
from backend.organizations.enums import OrganizationKind
from backend.organizations.models import Organization
from matching.errors import Fault, InputError

_BATCH = 1_000


@dataclass(slots=True)
class Plan:
    """Rows to add and rows to change; what is already so stands in neither."""

    created: list = field(default_factory=list)
    changed: list = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.created or self.changed)

    @property
    def rows(self) -> list:
        """Every row that is written."""
        return self.created + self.changed

    def add(self, row: FirmQualification | Tenancy, values: dict[str, object]) -> None:
        """Give a row these values; it is created when new and left alone when they are its own."""
        differing = {name for name, value in values.items() if getattr(row, name) != value}
        for name in differing:
            setattr(row, name, values[name])
        if row.pk is None:
            self.created.append(row)
        elif differing:
            self.changed.append(row)


def plan_qualifications(file: RosterFile, firms: dict[str, Firm]) -> Plan:
    """Compare the roster's qualifications with those on record.

    Firm, qualification and first day tell them apart; level, certificate and last day follow
    the newest list.
    """
    rows = FirmQualification.objects.filter(
        firm__in=firms.values(), code__in={row.code for row in file.rows}
    )
    on_record = {(row.firm_id, row.code, row.valid_from): row for row in rows}
    plan = Plan()
    for row in file.rows:
        firm = firms[row.uscc]
        held = on_record.get((firm.pk, row.code, row.valid_from))
        if held is None:
            held = FirmQualification(code=row.code, valid_from=row.valid_from)
        held.firm = firm
        plan.add(held, _qualification_values(row, held))
    return plan


def _qualification_values(row: RosterRow, held: FirmQualification) -> dict[str, object]:
    return {
        "valid_until": row.valid_until,
        "level": row.level or held.level,
        "certificate_number": row.certificate_number or held.certificate_number,
        "source": FactSource.DEPARTMENT,
    }


def plan_tenancies(file: RosterFile, firms: dict[str, Firm]) -> Plan:
    """Compare the roster's stays in incubators with those on record; most rosters have none."""
    stays = [row for row in file.rows if row.incubator is not None]
    incubators = _incubators_of(stays, file.sheet)
    rows = Tenancy.objects.filter(
        firm__in=[firms[row.uscc] for row in stays], incubator__in=incubators.values()
    )
    on_record = {(row.firm_id, row.incubator_id, row.valid_from): row for row in rows}
    plan = Plan()
    for row in stays:
        firm, incubator = firms[row.uscc], incubators[row.incubator]
        stay = on_record.get((firm.pk, incubator.pk, row.valid_from))
        if stay is None:
            stay = Tenancy(valid_from=row.valid_from)
        stay.firm, stay.incubator = firm, incubator
        plan.add(stay, {"valid_until": row.valid_until})
    return plan


def _incubators_of(stays: list[RosterRow], sheet: str) -> dict[str, Organization]:
    codes = {row.incubator for row in stays}
    rows = Organization.objects.filter(
        kind=OrganizationKind.INCUBATOR, code__in=codes, is_active=True
    )
    found = {row.code: row for row in rows}
    faults = [
        Fault(
            sheet,
            row.number,
            "孵化载体代码",
            row.incubator,
            "平台上已登记的孵化载体代码",
            "unknown_incubator",
        )
        for row in stays
        if row.incubator not in found
    ]
    if faults:
        raise as_invalid_input(InputError(faults))
    return found


def write_qualifications(plan: Plan, roster: Roster, *, now: datetime) -> None:
    """Store what the roster says, with the roster as its origin."""
    for row in plan.rows:
        row.roster = roster
        row.recorded_by = roster.imported_by
        row.recorded_at = now
    FirmQualification.objects.bulk_create(plan.created, batch_size=_BATCH)
    FirmQualification.objects.bulk_update(
        plan.changed,
        [
            "valid_until",
            "level",
            "certificate_number",
            "source",
            "roster",
            "recorded_by",
            "recorded_at",
        ],
        batch_size=_BATCH,
    )


def write_tenancies(plan: Plan, roster: Roster) -> None:
    """Store the stays; a consent that was given stays given."""
    for row in plan.rows:
        row.roster = roster
    Tenancy.objects.bulk_create(plan.created, batch_size=_BATCH)
    Tenancy.objects.bulk_update(plan.changed, ["valid_until", "roster"], batch_size=_BATCH)


def mark_changed(firms: Collection[Firm], *, with_qualifications: bool, now: datetime) -> None:
    """Count one revision more of each firm.

    Where the roster spoke of qualifications, the firm's list of them is known from now on.
    """
    known = {"qualifications_known": True} if with_qualifications else {}
    Firm.objects.filter(pk__in=[firm.pk for firm in firms]).update(
        revision=F("revision") + 1, updated_at=now, **known
    )
