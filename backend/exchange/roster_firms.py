"""Finds the firms of a roster, and opens records for those that are new."""

from dataclasses import dataclass

from backend.exchange.faults import as_invalid_input
from backend.exchange.roster_file import RosterFile, RosterRow
from backend.firms.models import Firm
from backend.firms.traits import keep_traits
from backend.organizations.actors import Actor
from backend.organizations.enums import OrganizationKind
from backend.organizations.models import Organization
from backend.reference.regions import containing_divisions, known_regions, lies_in
from matching.errors import Fault, InputError
from matching.uscc import division_of_uscc

_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class RosterNotice:
    """Something in a row that was not taken over, for a person to look at."""

    row: int
    message: str


@dataclass(frozen=True, slots=True)
class RosterFirms:
    """The firms of a roster by code, locked; those opened just now; what to look at."""

    by_uscc: dict[str, Firm]
    created: tuple[Firm, ...]
    notices: tuple[RosterNotice, ...]


@dataclass(frozen=True, slots=True)
class Area:
    """Where the firms of a roster have to lie, and whether the roster may say where that is."""

    region: str | None
    name: str
    fills_regions: bool


def area_of(actor: Actor) -> Area:
    """Return a department's region; for an incubator the city that it is in.

    An incubator does not say where a firm on record lies: the region decides who verifies.
    """
    if actor.is_incubator:
        region = actor.region and containing_divisions(actor.region)[1]
        return Area(region, "本载体所在市（州）", fills_regions=False)
    return Area(actor.region, "本部门辖区", fills_regions=True)


def open_firms(*, file: RosterFile, area: Area) -> RosterFirms:
    """Return every firm of the roster, opened where it is new.

    Whoever imports does so for firms of the area only. A firm without a region takes a
    department's roster's; a name that differs from the one on record is noted and not taken over.
    """
    organizations = _organizations_of(file)
    regions = _regions_of(file)
    faults: list[Fault] = []
    for row in file.rows:
        _check_region(row, organizations.get(row.uscc), regions, area, file.sheet, faults)
    if faults:
        raise as_invalid_input(InputError(faults))
    _create_organizations(file, organizations, regions)
    if area.fills_regions:
        _fill_regions(file, organizations, regions)
    known = set(_lock_firms(file))
    _create_firms(file, known)
    firms = _lock_firms(file)
    keep_traits(firms.values())
    return RosterFirms(
        by_uscc=firms,
        created=tuple(firm for uscc, firm in firms.items() if uscc not in known),
        notices=tuple(_differing_names(file, organizations)),
    )


def _organizations_of(file: RosterFile) -> dict[str, Organization]:
    codes = {row.uscc for row in file.rows}
    rows = Organization.objects.filter(kind=OrganizationKind.FIRM, code__in=codes)
    return {row.code: row for row in rows}


def _regions_of(file: RosterFile) -> dict[str, str]:
    """Return each firm's region: the row's own, else the known one that registered the firm."""
    candidates = {
        row: (row.region,) if row.region else containing_divisions(division_of_uscc(row.uscc))
        for row in file.rows
    }
    known = known_regions({code for codes in candidates.values() for code in codes})
    found: dict[str, str] = {}
    for row, codes in candidates.items():
        region = next((code for code in codes if code in known), None)
        if region is not None:
            found.setdefault(row.uscc, region)
    return found


def _check_region(
    row: RosterRow,
    organization: Organization | None,
    regions: dict[str, str],
    area: Area,
    sheet: str,
    faults: list[Fault],
) -> None:
    on_record = organization.region_code if organization else None
    region = on_record or regions.get(row.uscc)
    if region is None:
        expected = "已登记的行政区划：请在“所在地区”填写 6 位代码或全称"
        faults.append(Fault(sheet, row.number, "所在地区", row.region, expected, "unknown_region"))
    elif not lies_in(region, area.region):
        expected = f"{area.name}（{area.region}）内的企业"
        faults.append(Fault(sheet, row.number, "所在地区", region, expected, "outside_region"))


def _create_organizations(
    file: RosterFile, organizations: dict[str, Organization], regions: dict[str, str]
) -> None:
    missing = {row.uscc: row for row in file.rows if row.uscc not in organizations}
    # Somebody else may open the same firm now: theirs is as good.
    Organization.objects.bulk_create(
        (
            Organization(
                kind=OrganizationKind.FIRM,
                code=uscc,
                name=row.name,
                region_id=regions[uscc],
                source="名单导入",
            )
            for uscc, row in missing.items()
        ),
        batch_size=_BATCH,
        ignore_conflicts=True,
    )
    organizations.update(_organizations_of(file) if missing else {})


def _fill_regions(
    file: RosterFile, organizations: dict[str, Organization], regions: dict[str, str]
) -> None:
    lacking = {
        organizations[row.uscc].pk: organizations[row.uscc]
        for row in file.rows
        if organizations[row.uscc].region_code is None
    }
    for organization in lacking.values():
        organization.region_id = regions[organization.code]
        organization.save_revision(update_fields=["region"])


def _create_firms(file: RosterFile, known: set[str]) -> None:
    codes = {row.uscc for row in file.rows} - known
    owners = Organization.objects.filter(kind=OrganizationKind.FIRM, code__in=codes)
    Firm.objects.bulk_create(
        (Firm(organization=owner) for owner in owners.order_by("pk")),
        batch_size=_BATCH,
        ignore_conflicts=True,
    )


def _lock_firms(file: RosterFile) -> dict[str, Firm]:
    """Return the firms by code, locked in one order so that two imports cannot block each other."""
    rows = (
        Firm.objects.select_for_update(of=("self",))
        .select_related("organization")
        .filter(
            organization__kind=OrganizationKind.FIRM,
            organization__code__in={row.uscc for row in file.rows},
        )
        .order_by("pk")
    )
    return {firm.organization.code: firm for firm in rows}


def _differing_names(
    file: RosterFile, organizations: dict[str, Organization]
) -> list[RosterNotice]:
    return [
        RosterNotice(
            row.number,
            f"名单中的名称“{row.name}”与平台登记的“{organizations[row.uscc].name}”不同，未改动。",
        )
        for row in file.rows
        if organizations[row.uscc].name != row.name
    ]
