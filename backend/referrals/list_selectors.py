"""What is read of lists: pages, the preview of what would be sent, differences, sheets."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from backend.common.errors import StateConflict
from backend.consents.disclosure import describe
from backend.consents.enums import Direction
from backend.consents.grounds import list_grounds
from backend.consents.services.rosters import list_roster_consents
from backend.needs.models import Need
from backend.partners.selectors import list_live_agreements
from backend.referrals.canonical import write_canonical
from backend.referrals.described import list_described
from backend.referrals.enums import ChangeKind, ListKind, Obstacle
from backend.referrals.models import ListRow, ReferralList, RosterRow, Sheet, UnplacedNeed
from backend.referrals.obstacles import load_standing
from backend.referrals.roster_sheets import compose_roster
from backend.referrals.services.rosters import find_fallen_firms
from backend.referrals.services.sending import find_fallen
from backend.referrals.sheet_content import ComposedSheet, Head, compose_sheets


def list_rows(referral_list: ReferralList) -> QuerySet[ListRow]:
    """Return every row of a list with its names, also those that were taken off."""
    return referral_list.rows.with_names()


def list_unplaced(referral_list: ReferralList) -> QuerySet[UnplacedNeed]:
    """Return the needs that a draft could not place, with the firm's name loaded."""
    return referral_list.unplaced.select_related("need__firm__organization")


def list_sheets(referral_list: ReferralList) -> QuerySet[Sheet]:
    """Return the sheets that were sent, without their content."""
    return referral_list.sheets.for_display().order_by("institution__code")


@dataclass(frozen=True, slots=True)
class Preview:
    """What each institution would be sent now, and what would fall out."""

    sheets: list[ComposedSheet]
    fallen: Mapping[ListRow | RosterRow, Obstacle]


def preview_list(
    referral_list: ReferralList, *, day: date, keys: Collection[int] | None = None
) -> Preview:
    """Compose the sheets of a list that was not sent yet; nothing is kept or locked.

    ``keys`` are those of the rows that are asked about, by default all: sheets then hold no more
    than these, numbered from one.
    Raises StateConflict for a list that was sent: its sheets say what was shown.
    """
    if referral_list.sent_at is not None:
        raise StateConflict("already_sent", "清单已发送，请查看各机构收到的清单。")
    if referral_list.kind == ListKind.ROSTER:
        return _preview_roster(referral_list, day=day, keys=keys)
    rows = _among(referral_list.rows.standing(), keys).sharing_names()
    pairs = [(row.need_id, row.institution_id) for row in rows]
    standing = load_standing(
        pairs,
        day=day,
        agreements=list_live_agreements(
            department=referral_list.department,
            institution_ids={institution for _, institution in pairs},
            day=day,
        ),
        grounds=list_grounds(pairs, day=day, direction=Direction.TO_INSTITUTION),
    )
    needs = Need.objects.in_bulk({need for need, _ in pairs})
    fallen = find_fallen(rows, needs=needs, standing=standing)
    # Read later and without locks: what was taken back meanwhile falls out as well.
    records = list_described({need for need, _ in pairs}, day=day)
    fallen |= {
        row: Obstacle.NEED_NOT_OPEN if records[row.need_id].is_withdrawn else Obstacle.NO_CONSENT
        for row in rows
        if row not in fallen
        and not describe(
            records[row.need_id], standing.grounds_of((row.need_id, row.institution_id)).groups
        )
    }
    kept = [row for row in rows if row not in fallen]
    sheets = compose_sheets(
        referral_list=referral_list,
        rows=kept,
        records=records,
        standing=standing,
        head=Head(),
    )
    return Preview(sheets, fallen)


def _among(rows: Any, keys: Collection[int] | None) -> Any:
    return rows if keys is None else rows.filter(pk__in=keys)


def _preview_roster(
    referral_list: ReferralList, *, day: date, keys: Collection[int] | None
) -> Preview:
    rows = list(_among(referral_list.roster_rows.standing(), keys).with_names())
    institutions = {row.institution_id for row in rows}
    agreements = list_live_agreements(
        department=referral_list.department, institution_ids=institutions, day=day
    )
    consents = list_roster_consents(institution_ids=institutions, day=day)
    fallen = find_fallen_firms(rows, agreements=agreements, consents=consents)
    composed = compose_roster(
        referral_list=referral_list,
        rows=[row for row in rows if row not in fallen],
        consents=consents,
        agreements=agreements,
        head=Head(),
        day=day,
    )
    return Preview(composed.sheets, fallen)


def content_of(sheet: Sheet) -> dict[str, Any]:
    """Return what a sheet says."""
    return json.loads(bytes(sheet.content))


def content_as_sent(composed: ComposedSheet) -> dict[str, Any]:
    """Return what a sheet would say, in the form in which it would be sent."""
    return json.loads(write_canonical(composed.content))


def compare_sheets(newer: Sheet, older: Sheet | None) -> list[dict[str, Any]]:
    """Return, by need, what a sheet changed against an older one, with what differs."""
    before = {} if older is None else {row["code"]: row for row in content_of(older)["rows"]}
    after = {row["code"]: row for row in content_of(newer)["rows"]}
    return [
        {
            "need": code,
            "change": kind,
            "change_label": ChangeKind(kind).label,
            "differing": _differences(before.get(code), after.get(code)),
        }
        for code, kind in sorted(newer.changes.items())
    ]


_BESIDE_THE_NEED = {"line", "row", "change"}


def _differences(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> list[dict[str, Any]]:
    if before is None or after is None:
        return []
    fields = sorted((before.keys() | after.keys()) - _BESIDE_THE_NEED)
    return [
        {"field": field, "from": before.get(field), "to": after.get(field)}
        for field in fields
        if before.get(field) != after.get(field)
    ]
