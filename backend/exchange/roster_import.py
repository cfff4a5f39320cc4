"""Turns a roster into firms, qualifications and tenancies: all of it, or nothing."""

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction

from backend.common.problems import ProblemList
from backend.exchange import roster_holdings as holdings
from backend.exchange.faults import as_invalid_input
from backend.exchange.roster_file import RosterFile, read_roster
from backend.exchange.roster_firms import RosterFirms, RosterNotice, open_firms
from backend.firms.enums import RosterKind
from backend.firms.models import Roster
from backend.journal.enums import EventType
from backend.journal.services import record, record_many
from backend.organizations.actors import Actor
from backend.organizations.permissions import Permission
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


@transaction.atomic
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
    problems = ProblemList()
    problems.check_period(valid_from, valid_until)
    problems.refuse()
    try:
        file = read_roster(data, kind, valid_from=valid_from, valid_until=valid_until)
    except InputError as error:
        raise as_invalid_input(error) from error
    firms = open_firms(actor=actor, file=file)
    roster = Roster(
        kind=kind,
        organization=actor.organization,
        file_name=file_name[:FILE_NAME_MAX_LENGTH],
        file_digest=hashlib.sha256(data).hexdigest(),
        row_count=len(file.rows),
        valid_from=valid_from,
        valid_until=valid_until,
        imported_by=actor.user,
    )
    result = _write(actor, roster, file, firms, now=now)
    if not is_dry_run:
        return result
    transaction.set_rollback(True)
    return replace(result, roster=None, is_dry_run=True)


def _write(
    actor: Actor, roster: Roster, file: RosterFile, firms: RosterFirms, *, now: datetime
) -> RosterResult:
    qualifications = holdings.plan_qualifications(file, firms.by_uscc)
    tenancies = holdings.plan_tenancies(file, firms.by_uscc)
    is_new = bool(firms.created or qualifications or tenancies)
    if is_new:
        roster.save()
        holdings.write_qualifications(qualifications, roster, now=now)
        holdings.write_tenancies(tenancies, roster)
        changed = {row.firm for row in (*qualifications.rows, *tenancies.rows)}
        holdings.mark_changed(changed, now=now)
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
