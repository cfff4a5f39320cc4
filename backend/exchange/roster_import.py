"""Turns a roster into firms, qualifications and tenancies: all of it, or nothing."""

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction

from backend.common.errors import StateConflict
from backend.common.problems import ProblemList
from backend.exchange import roster_holdings as holdings
from backend.exchange.faults import as_invalid_input
from backend.exchange.roster_file import RosterFile, read_roster
from backend.exchange.roster_firms import RosterFirms, RosterNotice, area_of, open_firms
from backend.firms.enums import RosterKind
from backend.firms.models import Roster
from backend.journal.enums import EventType
from backend.journal.services import record, record_many
from backend.organizations.actors import Actor
from backend.organizations.permissions import Permission
from backend.organizations.policies import require_authority
from matching.errors import InputError

FILE_NAME_MAX_LENGTH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterResult:
    """What an import did, or would do when it is only tried; no ``roster``: nothing new."""

    roster: Roster | None
    is_dry_run: bool
    rows: int
    firms_created: int
    qualifications_created: int
    qualifications_changed: int
    tenancies_created: int
    tenancies_changed: int
    ignored_columns: tuple[str, ...]
    notices: tuple[RosterNotice, ...]


def import_roster(
    *,
    actor: Actor,
    data: bytes,
    file_name: str,
    kind: RosterKind,
    valid_from: date,
    valid_until: date | None,
    is_dry_run: bool,
    now: datetime,
) -> RosterResult:
    """Import a department's list of firms as facts; the same file again changes nothing.

    Firms that the platform does not know are opened. Every fault is reported by sheet, row
    and column, and then nothing is written; a trial writes nothing either way.
    """
    actor.require(Permission.ROSTER_IMPORT)
    upload = _Upload(data, file_name, kind, valid_from, valid_until)
    return _import(actor, upload, is_dry_run=is_dry_run, now=now)


def import_tenants(
    *,
    actor: Actor,
    data: bytes,
    file_name: str,
    valid_from: date,
    valid_until: date | None,
    is_dry_run: bool,
    now: datetime,
) -> RosterResult:
    """Import an incubator's own list of tenants, as `import_roster` does a department's.

    The list gives the incubator no say for a firm, and no qualification to the firm: that it is
    incubated is what a department's list says.
    """
    actor.require(Permission.TENANT_IMPORT)
    require_authority(actor)
    if actor.region is None:
        raise StateConflict(
            "region_missing", "本载体尚未登记所在地区，请联系系统管理员补充后再导入。"
        )
    upload = _Upload(data, file_name, RosterKind.TENANTS, valid_from, valid_until)
    return _import(actor, upload, is_dry_run=is_dry_run, now=now)


@dataclass(frozen=True, slots=True)
class _Upload:
    """A workbook with what was said about it."""

    data: bytes
    file_name: str
    kind: RosterKind
    valid_from: date
    valid_until: date | None


@transaction.atomic
def _import(actor: Actor, upload: _Upload, *, is_dry_run: bool, now: datetime) -> RosterResult:
    period = {"valid_from": upload.valid_from, "valid_until": upload.valid_until}
    problems = ProblemList()
    problems.check_period(**period)
    problems.refuse()
    own_incubator = actor.organization.code if actor.is_incubator else None
    try:
        file = read_roster(upload.data, upload.kind, own_incubator=own_incubator, **period)
    except InputError as error:
        raise as_invalid_input(error) from error
    firms = open_firms(file=file, area=area_of(actor))
    roster = Roster(
        kind=upload.kind,
        organization=actor.organization,
        file_name=upload.file_name[:FILE_NAME_MAX_LENGTH],
        file_digest=hashlib.sha256(upload.data).hexdigest(),
        row_count=len(file.rows),
        imported_by=actor.user,
        **period,
    )
    result = _write(actor, roster, file, firms, now=now)
    if not is_dry_run:
        return result
    transaction.set_rollback(True)
    return replace(result, roster=None, is_dry_run=True)


def _write(
    actor: Actor, roster: Roster, file: RosterFile, firms: RosterFirms, *, now: datetime
) -> RosterResult:
    by_department = not actor.is_incubator
    qualifications = (
        holdings.plan_qualifications(file, firms.by_uscc) if by_department else holdings.Plan()
    )
    tenancies = holdings.plan_tenancies(file, firms.by_uscc)
    is_new = bool(firms.created or qualifications or tenancies)
    if is_new:
        roster.save()
        holdings.write_qualifications(qualifications, roster, now=now)
        holdings.write_tenancies(tenancies, roster)
        changed = {row.firm for row in (*qualifications.rows, *tenancies.rows)}
        holdings.mark_changed(changed, with_qualifications=by_department, now=now)
    result = RosterResult(
        roster=roster if is_new else None,
        is_dry_run=False,
        rows=len(file.rows),
        firms_created=len(firms.created),
        qualifications_created=len(qualifications.created),
        qualifications_changed=len(qualifications.changed),
        tenancies_created=len(tenancies.created),
        tenancies_changed=len(tenancies.changed),
        ignored_columns=file.ignored_columns,
        notices=firms.notices,
    )
    if is_new:
        _journal(actor, roster, firms, qualifications, tenancies)
    return result


def _journal(
    actor: Actor,
    roster: Roster,
    firms: RosterFirms,
    qualifications: holdings.Plan,
    tenancies: holdings.Plan,
) -> None:
    """Record one event for the roster and one for each firm that it changed."""
    origin = {"roster": str(roster.public_id)}
    record(
        EventType.ROSTER_IMPORTED,
        subject=roster,
        actor=actor,
        payload={
            "kind": roster.kind,
            "rows": roster.row_count,
            "file_digest": roster.file_digest,
            "firms_created": len(firms.created),
        },
    )
    record_many(
        EventType.FIRM_CREATED,
        ((firm, origin) for firm in firms.created),
        actor=actor,
    )
    record_many(
        EventType.QUALIFICATION_RECORDED,
        ((row.firm, {**origin, "code": row.code}) for row in qualifications.rows),
        actor=actor,
    )
    record_many(
        EventType.TENANCY_CHANGED,
        ((row.firm, {**origin, "incubator": row.incubator.code}) for row in tenancies.rows),
        actor=actor,
    )
