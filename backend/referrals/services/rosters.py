"""Rosters of firms: drafted by qualification, region and day, edited, and sent."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from backend.common.errors import StateConflict
from backend.common.problems import ProblemList
from backend.consents.disclosure import record_roster_shown
from backend.consents.enums import Channel
from backend.consents.services.rosters import list_roster_consents
from backend.firms.models import Firm, FirmQualification
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.organizations.actors import Actor
from backend.organizations.models import Organization
from backend.organizations.querysets import OrganizationQuerySet
from backend.partners.models import Agreement
from backend.partners.selectors import list_live_agreements, list_partners
from backend.reference.regions import known_regions
from backend.referrals import list_policies
from backend.referrals.enums import ListKind, ListStatus, Obstacle
from backend.referrals.limits import TITLE_MAX_LENGTH
from backend.referrals.list_lifecycle import ListAction, next_status
from backend.referrals.models import ReferralList, RosterRow
from backend.referrals.roster_sheets import Consents, compose_roster
from backend.referrals.services.approval import require_one_content
from backend.referrals.services.drafting import next_number
from backend.referrals.services.editing import edit_list, lock_list
from backend.referrals.services.sending import (
    Sending,
    check_head,
    lock_agreements,
    say_fallen,
    seal,
    store_sheets,
)
from backend.referrals.sheet_content import Head
from matching.vocabulary import QUALIFICATIONS

BATCH = 1_000


def draft_roster(
    *,
    actor: Actor,
    qualifications: Collection[str],
    region: str | None = None,
    held_on: date | None = None,
    institutions: Sequence[Organization] | None = None,
    title: str = "",
    now: datetime,
) -> ReferralList:
    """Draft a roster of the firms that hold one of some qualifications on a day.

    Firms of the department's region (or of one inside it) that agreed to stand on rosters for an
    institution with a live agreement; without ``institutions`` for all of them.
    """
    list_policies.require_can_draft(actor)
    day = held_on or actor.today
    region = region or actor.region
    _check(qualifications, region, title)
    agreements = _agreements(actor.organization, institutions, actor.today)
    consents = list_roster_consents(institution_ids=agreements.keys(), day=actor.today)
    held = _holders(actor, qualifications, region, day, {firm for firm, _ in consents})
    with transaction.atomic():
        drafted = ReferralList.objects.create(
            kind=ListKind.ROSTER,
            department=actor.organization,
            drafted_by=actor.user,
            number=next_number(now),
            status=ListStatus.DRAFT,
            title=title.strip() or f"科技企业名单（{actor.today:%Y年%m月%d日}）",
            per_need=1,
            roster_criteria={
                "qualifications": sorted(qualifications),
                "region": region,
                "held_on": day.isoformat(),
            },
        )
        rows = [
            RosterRow(
                referral_list=drafted,
                firm_id=firm,
                institution_id=unit,
                qualifications=held[firm],
                added_by=actor.user,
            )
            for firm, unit in sorted(consents)
            if firm in held
        ]
        RosterRow.objects.bulk_create(rows, batch_size=BATCH)
        record(
            EventType.LIST_DRAFTED,
            subject=drafted,
            actor=actor,
            payload={"number": drafted.number, "rows": len(rows), "unplaced": 0},
        )
    return drafted


def _check(qualifications: Collection[str], region: str | None, title: str) -> None:
    problems = ProblemList()
    if not qualifications:
        problems.add("qualifications", "required", "请至少选择一项资质。")
    problems.check_codes("qualifications", qualifications, QUALIFICATIONS)
    problems.check_length("title", title, TITLE_MAX_LENGTH)
    if region is None or region not in known_regions([region]):
        problems.add("region", "unknown_code", f"没有代码为“{region}”的行政区划。")
    problems.refuse()


def _agreements(
    department: Organization, institutions: Sequence[Organization] | None, day: date
) -> dict[int, Agreement]:
    """Return the agreements in force with the institutions that are asked for, or with all."""
    if institutions is None:
        pks = set(list_partners(department=department, day=day).values_list("pk", flat=True))
    else:
        pks = {one.pk for one in institutions}
    return list_live_agreements(department=department, institution_ids=pks, day=day)


def _holders(
    actor: Actor, codes: Collection[str], region: str, day: date, among: Collection[int]
) -> dict[int, list[str]]:
    """Return which of some firms hold which of some qualifications on a day."""
    firms = Firm.objects.visible_to(actor).filter(
        OrganizationQuerySet.inside(region, path="organization__"),
        pk__in=among,
        organization__is_active=True,
    )
    rows = FirmQualification.objects.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=day),
        Q(valid_until__isnull=True) | Q(valid_until__gt=day),
        firm__in=firms,
        code__in=codes,
    )
    found: dict[int, set[str]] = defaultdict(set)
    for firm, code in rows.values_list("firm_id", "code"):
        found[firm].add(code)
    return {firm: sorted(held) for firm, held in found.items()}


def add_firm(
    *,
    actor: Actor,
    referral_list: ReferralList,
    firm: Firm,
    institution: Organization,
    reason: str,
    expected_revision: int | None,
) -> RosterRow:
    """Put a firm on a roster for an institution, with a reason; refused without its consent."""

    def change(locked: ReferralList) -> tuple[RosterRow, dict[str, Any]]:
        _require_roster(locked)
        obstacle = _obstacle(
            firm.pk,
            institution.pk,
            _agreements(locked.department, [institution], actor.today),
            list_roster_consents(institution_ids=[institution.pk], day=actor.today),
        )
        if obstacle is not None:
            raise StateConflict(obstacle.value, f"不能列入名单：{_LABELS[obstacle]}。")
        if locked.roster_rows.standing().filter(firm=firm, institution=institution).exists():
            raise StateConflict("already_listed", "该企业已在名单中。")
        criteria = locked.roster_criteria or {}
        wanted = criteria.get("qualifications", [])
        held = firm.qualifications.filter(code__in=wanted).values_list("code", flat=True)
        row = RosterRow.objects.create(
            referral_list=locked,
            firm=firm,
            institution=institution,
            qualifications=sorted(set(held)),
            added_by=actor.user,
            added_reason=reason.strip(),
        )
        return row, {"added": str(firm.public_id), "institution": institution.code}

    return edit_list(actor, referral_list, reason, expected_revision, change)


def remove_firm(
    *,
    actor: Actor,
    referral_list: ReferralList,
    row: RosterRow,
    reason: str,
    expected_revision: int | None,
    now: datetime,
) -> RosterRow:
    """Take a firm off a roster, with a reason; the row stays as a trace."""

    def change(locked: ReferralList) -> tuple[RosterRow, dict[str, Any]]:
        found = locked.roster_rows.select_for_update(of=("self",)).with_names().get(pk=row.pk)
        if found.removed_at is not None:
            raise StateConflict("already_removed", "本行已被剔除。")
        found.removed_at, found.removed_by = now, actor.user
        found.removed_reason = reason.strip()
        found.save(update_fields=["removed_at", "removed_by", "removed_reason", "updated_at"])
        return found, {
            "removed": str(found.firm.public_id),
            "institution": found.institution.code,
        }

    return edit_list(actor, referral_list, reason, expected_revision, change)


def _require_roster(referral_list: ReferralList) -> None:
    if referral_list.kind != ListKind.ROSTER:
        raise StateConflict("not_a_roster", "本清单是需求清单，不能列入企业。")


_LABELS = {
    Obstacle.NO_AGREEMENT: Obstacle.NO_AGREEMENT.label,
    Obstacle.CONSENT_ENDED: "企业没有同意列入发送给该机构的名单，或已撤回、到期",
}


def _obstacle(
    firm_id: int, institution_id: int, agreements: Mapping[int, Agreement], consents: Consents
) -> Obstacle | None:
    if institution_id not in agreements:
        return Obstacle.NO_AGREEMENT
    return None if (firm_id, institution_id) in consents else Obstacle.CONSENT_ENDED


def find_fallen_firms(
    rows: Sequence[RosterRow], *, agreements: Mapping[int, Agreement], consents: Consents
) -> dict[RosterRow, Obstacle]:
    """Return the rows that may not be sent, with what stands in their way."""
    found = {row: _obstacle(row.firm_id, row.institution_id, agreements, consents) for row in rows}
    return {row: obstacle for row, obstacle in found.items() if obstacle is not None}


@transaction.atomic
def send_roster(
    *,
    actor: Actor,
    referral_list: ReferralList,
    document_number: str,
    basis: str,
    answer_by: date | None,
    expected_revision: int | None,
    now: datetime,
) -> Sending:
    """Send an approved roster to its institutions in one transaction, once.

    Under locks on the list, the agreements and the firms' consents: a firm that took its consent
    back falls out. No referral begins, and nobody owes an answer.
    """
    locked = lock_list(referral_list)
    list_policies.require_can_send(actor, locked)
    locked.check_revision(expected_revision)
    _require_roster(locked)
    locked.status = next_status(locked.status, ListAction.SEND)
    head = Head(document_number.strip(), basis.strip(), answer_by)
    check_head(head, today=actor.today)
    require_one_content(locked)
    rows = list(locked.roster_rows.standing().with_names())
    institutions = {row.institution_id for row in rows}
    agreements = lock_agreements(locked, institutions, day=actor.today)
    consents = list_roster_consents(institution_ids=institutions, day=actor.today, lock=True)
    fallen = find_fallen_firms(rows, agreements=agreements, consents=consents)
    kept = [row for row in rows if row not in fallen]
    if not kept:
        raise StateConflict("nothing_to_send", f"没有可发送的企业：{say_fallen(fallen)}")
    for row, obstacle in fallen.items():
        RosterRow.objects.filter(pk=row.pk).update(
            removed_at=now, removed_reason=f"发送时剔除：{_LABELS[obstacle]}", updated_at=now
        )
    composed = compose_roster(
        referral_list=locked,
        rows=kept,
        consents=consents,
        agreements=agreements,
        head=head,
        day=actor.today,
    )
    sheets = store_sheets(locked, composed.sheets, now=now)
    for sheet in composed.sheets:
        record_roster_shown(
            institution=sheet.institution,
            user=actor.user,
            channel=Channel.SHEET,
            shown=composed.shown[sheet.institution.pk],
            now=now,
        )
    seal(locked, head, actor=actor, now=now)
    record(
        EventType.LIST_SENT,
        subject=locked,
        actor=actor,
        payload={
            "number": locked.number,
            "document_number": locked.document_number,
            "sheets": [str(sheet.public_id) for sheet in sheets.values()],
            "referrals": 0,
            "firms": len(kept),
            "fallen": len(fallen),
        },
    )
    return Sending(locked, list(sheets.values()), [], fallen)
