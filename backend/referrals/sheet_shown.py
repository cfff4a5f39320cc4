"""What may be shown today of a sheet that was sent: never more than was sent, often less."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from backend.common.errors import StateConflict
from backend.consents.disclosure import Shown, describe, shown_by
from backend.consents.enums import Direction
from backend.consents.fields import CODE_FIELD, FREE_TEXTS
from backend.consents.grounds import NO_GROUNDS, list_grounds
from backend.partners.selectors import addressee
from backend.referrals.described import list_described
from backend.referrals.enums import ChangeKind, ListKind, ReferralStatus
from backend.referrals.list_selectors import content_of
from backend.referrals.models import Referral, Sheet

_OVER = frozenset(
    {
        ReferralStatus.DECLINED,
        ReferralStatus.RETURNED,
        ReferralStatus.WITHDRAWN,
        ReferralStatus.EXPIRED,
    }
)
_TAKEN_BACK = frozenset({ReferralStatus.WITHDRAWN, ReferralStatus.EXPIRED})
# What a row says beside the description of firm and need.
_OF_THE_ROW = frozenset({"line", "row", "change", "product"})

_BESIDE_THE_NAME = frozenset(
    {"verdict", "verdict_label", "to_confirm", "recommended_by", "authorisations"}
)


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One row: as it was sent, as it may be shown today, and its referral."""

    sent: Mapping[str, Any]
    shown: Mapping[str, Any]
    referral: Referral


@dataclass(frozen=True, slots=True)
class ShownSheet:
    """A sheet's content without rows, its rows, and what the ledger notes of showing them."""

    head: Mapping[str, Any]
    lines: tuple[ShownLine, ...]
    ledger: tuple[Shown, ...]


def show_sheet(sheet: Sheet, *, day: date) -> ShownSheet:
    """Return a sheet as sent, without what has been taken back since; a fixed number of queries.

    A consent that ended, a need that was withdrawn and a referral that ended without money take
    their fields away. Nothing is added: what was masked stays masked, values stay as sent.
    """
    if sheet.referral_list.kind == ListKind.ROSTER:
        raise StateConflict("roster_has_no_answers", "企业名单不需填写回执。")
    content = content_of(sheet)
    referrals = {
        str(referral.list_row.public_id): referral
        for referral in Referral.objects.filter(sheet=sheet).select_related(
            "list_row", "need", "institution", "unit"
        )
    }
    pairs = {(one.need_id, one.institution_id) for one in referrals.values()}
    grounds = list_grounds(pairs, day=day, direction=Direction.TO_INSTITUTION)
    records = list_described({need_id for need_id, _ in pairs}, day=day)
    lines, ledger = [], []
    for sent in content["rows"]:
        referral = referrals[sent["row"]]
        ground = grounds.get((referral.need_id, referral.institution_id), NO_GROUNDS)
        if referral.status in _OVER:
            ground = NO_GROUNDS
        record = records[referral.need_id]
        now = describe(record, ground.groups, institution_code=referral.institution.code)
        shown = _reduce(sent, now, referral)
        lines.append(ShownLine(sent, shown, referral))
        told = {field: value for field, value in shown.items() if field in now}
        ledger += shown_by(record=record, grounds=ground, description=told)
    head = {key: value for key, value in content.items() if key != "rows"}
    return ShownSheet(_with_people_of(sheet, head, day), tuple(lines), tuple(ledger))


def _reduce(sent: Mapping[str, Any], now: Mapping[str, Any], referral: Referral) -> dict[str, Any]:
    """Return of a row what the description of today holds as well."""
    if not now or referral.status in _TAKEN_BACK:
        kept = {"line", "row", CODE_FIELD}
        return {key: sent[key] for key in kept} | {"change": ChangeKind.WITHDRAWN.value}
    allowed = now.keys() | _OF_THE_ROW
    if not now["is_masked"]:
        allowed |= _BESIDE_THE_NAME
    if "contact_name" in sent and "contact_name" not in now:
        allowed -= FREE_TEXTS  # as they were sent they may hold the person's number
    shown = {key: value for key, value in sent.items() if key in allowed}
    return shown | {"is_masked": sent["is_masked"] or now["is_masked"]}


def _with_people_of(sheet: Sheet, head: dict[str, Any], day: date) -> dict[str, Any]:
    """Leave persons out of the head who may no longer be named."""
    for side in ("department", "institution"):
        agreement = sheet.agreement
        called = addressee(
            contact=getattr(agreement, f"{side}_contact"),
            unit=getattr(agreement, f"{side}_unit"),
            day=day,
        )
        if side in head and called.name is None:
            person = dict.fromkeys(("name", "post", "phone", "email"))
            head[side] = {**head[side], "contact": {**head[side]["contact"], **person}}
    return head
