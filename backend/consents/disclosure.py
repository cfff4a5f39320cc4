"""The one policy on what an institution is shown of a firm and its need.

API, pages, workbooks and webhooks all ask here. First `groups_shown` (or `list_grounds`, which
also says by which consent), then `describe`, and for what left the platform `record_shown`.
"""

import re
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from backend.accounts.models import User
from backend.common.bulk import copy_values
from backend.consents.enums import ROSTER_GROUPS, Channel, Direction, FieldGroup
from backend.consents.fields import CODE_FIELD, FIELDS_OF, FREE_TEXTS, MASKED_FIELDS
from backend.consents.grounds import NO_GROUNDS, Grounds, Pair, list_grounds
from backend.consents.models import Disclosure, RosterConsent
from backend.consents.records import DisclosableRecord, FirmRecord, list_disclosable
from backend.needs.models import Need
from backend.organizations.models import Organization
from backend.organizations.row_security import as_platform

__all__ = [
    "NO_GROUNDS",
    "DisclosableRecord",
    "Grounds",
    "Shown",
    "describe",
    "describe_firm",
    "groups_reported",
    "groups_shown",
    "list_disclosable",
    "list_grounds",
    "may_report",
    "record_roster_shown",
    "record_shown",
    "shown_by",
]

# A firm, a need, the consent that covered it (None for a masked row), and the fields.
Shown = tuple[int, int, int | None, Collection[str]]

MASK = "＊＊＊"
# A mobile or fixed-line number, however it is spaced.
_PHONE = re.compile(r"(?<!\d)(?:1[3-9]\d[ -]?\d{4}[ -]?\d{4}|0\d{2,3}[ -]?\d{7,8})(?!\d)")


def groups_shown(*, pairs: Iterable[Pair], day: date) -> dict[Pair, frozenset[FieldGroup]]:
    """Return which groups each institution's unit may be shown of each need on a day.

    A consent given to an institution covers the units below it. One query; every pair that was
    asked for stands in the answer, without consent with no group.
    """
    return _groups(pairs, day=day, direction=Direction.TO_INSTITUTION)


def groups_reported(*, pairs: Iterable[Pair], day: date) -> dict[Pair, frozenset[FieldGroup]]:
    """Return which groups each institution's unit may report on each need; one query."""
    return _groups(pairs, day=day, direction=Direction.TO_DEPARTMENT)


def may_report(*, need: Need, institution: Organization, day: date) -> frozenset[FieldGroup]:
    """Return what an institution may report to the department on a need on a day.

    Without ``PROGRESS`` only "answered" is kept, and no clock counts against the institution.
    """
    pair = (need.pk, institution.pk)
    return groups_reported(pairs=[pair], day=day)[pair]


def _groups(
    pairs: Iterable[Pair], *, day: date, direction: Direction
) -> dict[Pair, frozenset[FieldGroup]]:
    asked = set(pairs)
    grounds = list_grounds(asked, day=day, direction=direction)
    return {pair: grounds.get(pair, NO_GROUNDS).groups for pair in asked}


def describe(
    record: DisclosableRecord,
    groups: Collection[FieldGroup],
    *,
    institution_code: str | None = None,
) -> dict[str, Any]:
    """Return what may be shown of a need, by field; an empty answer is "there is no such need".

    Fields of groups that are not covered do not appear. Without the firm's identity the row is
    masked: code, and if the need is open to others also city, section of industry, stage, band of
    the amount and financing types. ``institution_code`` tells the reader its own place in the
    firm's order, never who else stands there.
    """
    if record.is_withdrawn:
        return {}
    covered = frozenset(groups) & FIELDS_OF.keys()
    if not covered and not record.need.open_to_others:
        return {}
    shown: dict[str, Any] = {
        CODE_FIELD: record.need.code,
        "is_masked": FieldGroup.IDENTITY not in covered,
    }
    if record.need.open_to_others and FieldGroup.IDENTITY not in covered:
        shown |= {field: read(record) for field, read in MASKED_FIELDS.items()}
    for group, fields in FIELDS_OF.items():
        if group in covered:
            shown |= {field: read(record) for field, read in fields.items()}
    if FieldGroup.WISH in covered and institution_code is not None:
        shown["preference"] = _place(record.need.preferred_institutions, institution_code)
    return _without_hints(shown, record, covered)


def describe_firm(record: FirmRecord, groups: Collection[FieldGroup]) -> dict[str, Any]:
    """Return what a roster may say of a firm; nothing without its identity.

    The same allow-list as for needs, without the groups that speak of a need or of a person.
    """
    covered = frozenset(groups) & frozenset(ROSTER_GROUPS)
    if FieldGroup.IDENTITY not in covered:
        return {}
    shown = {
        field: read(record)
        for group in ROSTER_GROUPS
        if group in covered
        for field, read in FIELDS_OF[group].items()
    }
    for field in FREE_TEXTS & shown.keys():
        shown[field] = shown[field] and _PHONE.sub(MASK, shown[field])
    return shown


def _place(order: tuple[str, ...], code: str) -> int | None:
    """Return the place, from 1, in the firm's order of preference."""
    return order.index(code) + 1 if code in order else None


def _without_hints(
    shown: dict[str, Any], record: DisclosableRecord, covered: frozenset[FieldGroup]
) -> dict[str, Any]:
    """Keep free texts from telling what is not covered: the firm's name or whom to call."""
    for field in FREE_TEXTS & shown.keys():
        if FieldGroup.IDENTITY not in covered:
            del shown[field]
        elif shown[field] and FieldGroup.CONTACT not in covered:
            text = shown[field]
            for hint in filter(None, (record.contact_phone, record.contact_name)):
                text = text.replace(hint, MASK)
            shown[field] = _PHONE.sub(MASK, text)
    return shown


def shown_by(
    *, record: DisclosableRecord, grounds: Grounds, description: dict[str, Any]
) -> list[Shown]:
    """Return what `record_shown` takes for one description, a tuple per consent it rests on.

    A field that was empty told nothing and is left out.
    """
    group_of = {field: group for group in grounds.groups for field in FIELDS_OF.get(group, ())} | {
        "preference": FieldGroup.WISH
    }
    fields: dict[int | None, list[str]] = {}
    for field, value in description.items():
        if field != "is_masked" and value is not None:
            consent_id = grounds.consent_of.get(group_of.get(field))
            fields.setdefault(consent_id, []).append(field)
    return [
        (record.firm_pk, record.need_pk, consent_id, names) for consent_id, names in fields.items()
    ]


def record_roster_shown(
    *,
    institution: Organization,
    user: User | None,
    channel: Channel,
    shown: Iterable[tuple[RosterConsent, dict[str, Any]]],
    now: datetime,
) -> None:
    """Write into the ledger which fields of which firms a roster showed, and by which consent."""
    copy_values(
        Disclosure,
        (
            {
                "firm_id": consent.firm_id,
                "roster_consent_id": consent.pk,
                "fields": sorted(field for field, value in described.items() if value is not None),
            }
            for consent, described in shown
        ),
        institution_id=institution.pk,
        user_id=user.pk if user else None,
        channel=channel,
        shown_at=now,
    )


def record_shown(
    *,
    institution: Organization,
    user: User | None,
    channel: Channel,
    shown: Iterable[Shown],
    now: datetime,
) -> None:
    """Write into the ledger what an institution was shown; ``user`` is None for a system.

    Call it in the transaction that shows or sends.
    """
    with as_platform():
        copy_values(
            Disclosure,
            (
                {
                    "firm_id": firm_id,
                    "need_id": need_id,
                    "consent_id": consent_id,
                    "fields": sorted(fields),
                }
                for firm_id, need_id, consent_id, fields in shown
            ),
            institution_id=institution.pk,
            user_id=user.pk if user else None,
            channel=channel,
            shown_at=now,
        )
