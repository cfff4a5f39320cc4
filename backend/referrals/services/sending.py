"""Send an approved list: once, as a whole, and nothing that may not go out any more."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from backend.common.bulk import copy_rows
from backend.common.errors import StateConflict
from backend.common.problems import ProblemList
from backend.consents.disclosure import record_shown
from backend.consents.enums import Channel
from backend.consents.services import lock_live_consents
from backend.journal.enums import EventType
from backend.journal.services import record, record_many
from backend.needs.models import Need
from backend.needs.services import lock_needs, refer_needs
from backend.organizations.actors import Actor
from backend.partners.models import Agreement
from backend.partners.selectors import list_live_agreements
from backend.referrals import list_policies
from backend.referrals.canonical import DEFAULT_ALGORITHM, digest, write_canonical
from backend.referrals.described import list_described
from backend.referrals.enums import Obstacle
from backend.referrals.limits import (
    BASIS_MAX_LENGTH,
    DOCUMENT_NUMBER_MAX_LENGTH,
    LONGEST_ANSWER_DAYS,
)
from backend.referrals.list_lifecycle import ListAction, next_status
from backend.referrals.models import ListRow, Referral, ReferralList, RosterRow, Sheet
from backend.referrals.obstacles import Standing, load_standing
from backend.referrals.services.approval import require_one_content
from backend.referrals.services.due_days import set_first_due_days
from backend.referrals.services.editing import lock_list
from backend.referrals.sheet_content import ComposedSheet, Head, compose_sheets
from backend.referrals.tracks import track_code


@dataclass(frozen=True, slots=True)
class Sending:
    """What went out, and what fell out at the last moment."""

    referral_list: ReferralList
    sheets: Sequence[Sheet]
    referrals: Sequence[Referral]
    fallen: Mapping[ListRow | RosterRow, Obstacle]


@transaction.atomic
def send_list(
    *,
    actor: Actor,
    referral_list: ReferralList,
    document_number: str,
    basis: str,
    answer_by: date | None,
    expected_revision: int | None,
    now: datetime,
) -> Sending:
    """Send an approved list to all of its institutions in one transaction.

    Under locks on the list, the agreements, the consents and the needs: a row of which the
    consent was withdrawn, the need is no longer open or the agreement has ended falls out and is
    reported. Whoever comes second finds the list sent and is refused. Raises StateConflict
    when nothing is left to send.
    """
    locked = lock_list(referral_list)
    list_policies.require_can_send(actor, locked)
    locked.check_revision(expected_revision)
    locked.status = next_status(locked.status, ListAction.SEND)
    head = Head(document_number.strip(), basis.strip(), answer_by)
    check_head(head, today=actor.today)
    require_one_content(locked)

    rows = locked.rows.standing().sharing_names()
    standing, needs = _lock_around(locked, rows, day=actor.today)
    fallen = find_fallen(rows, needs=needs, standing=standing)
    kept = [row for row in rows if row not in fallen]
    if not kept:
        raise StateConflict("nothing_to_send", f"没有可发送的需求：{say_fallen(fallen)}")
    _take_off(fallen, now=now)
    composed = compose_sheets(
        referral_list=locked,
        rows=kept,
        records=list_described({row.need_id for row in kept}, day=actor.today),
        standing=standing,
        head=head,
    )
    sheets = store_sheets(locked, composed, now=now)
    referrals = create_referrals(rows=kept, sheets=sheets, actor=actor, now=now)
    refer_needs(actor=actor, needs=[needs[pk] for pk in _need_ids(kept)], now=now)
    _record_disclosures(composed, actor=actor, now=now)
    seal(locked, head, actor=actor, now=now)
    _record(locked, sheets, referrals, fallen, actor=actor)
    return Sending(locked, list(sheets.values()), referrals, fallen)


def create_referrals(
    *,
    rows: Sequence[ListRow],
    sheets: Mapping[int, Sheet],
    actor: Actor | None,
    now: datetime,
) -> list[Referral]:
    """Begin one referral per row, with its event; a fixed number of statements.

    ``rows`` have need, institution and product loaded, ``sheets`` are by institution. The
    caller sees to the state of the needs.
    """
    referrals = [
        Referral(
            list_row=row,
            sheet=sheets[row.institution_id],
            need=row.need,
            institution=row.institution,
            unit=row.institution,
            agreement=sheets[row.institution_id].agreement,
            product_version=row.product_version,
            track=track_code(
                financing_type=row.product_version.financing_type,
                institution_kind=row.institution.institution_kind,
            ),
            sent_at=now,
        )
        for row in rows
    ]
    set_first_due_days(referrals, now)
    copy_rows(Referral, referrals)
    record_many(
        EventType.REFERRAL_SENT,
        (
            (
                referral,
                {
                    "need": referral.need.code,
                    "institution": referral.institution.code,
                    "sheet": str(referral.sheet.public_id),
                    "track": referral.track,
                },
            )
            for referral in referrals
        ),
        actor=actor,
    )
    return referrals


def find_fallen(
    rows: Iterable[ListRow], *, needs: Mapping[int, Need], standing: Standing
) -> dict[ListRow, Obstacle]:
    """Return the rows that may not be sent on the day, with what stands in their way."""
    found = {
        row: standing.obstacle(
            needs[row.need_id],
            row.institution_id,
            origin=row.origin,
            product=row.product_version.product,
        )
        for row in rows
    }
    return {row: obstacle for row, obstacle in found.items() if obstacle is not None}


def say_fallen(fallen: Mapping[ListRow | RosterRow, Obstacle]) -> str:
    """Say in one sentence why rows fell out, without naming anybody."""
    counts: dict[Obstacle, int] = defaultdict(int)
    for obstacle in fallen.values():
        counts[obstacle] += 1
    return "；".join(f"{count} 行因{obstacle.label}" for obstacle, count in counts.items()) + "。"


def _lock_around(
    locked: ReferralList, rows: Sequence[ListRow], *, day: date
) -> tuple[Standing, dict[int, Need]]:
    """Hold agreements, consents and needs until the end, and read what forbids to send."""
    pairs = [(row.need_id, row.institution_id) for row in rows]
    agreements = lock_agreements(locked, {institution for _, institution in pairs}, day=day)
    grounds = lock_live_consents(pairs, day)
    needs = lock_needs({need for need, _ in pairs})
    standing = load_standing(pairs, day=day, agreements=agreements, grounds=grounds)
    return standing, needs


def lock_agreements(
    locked: ReferralList, institutions: Collection[int], *, day: date
) -> dict[int, Agreement]:
    """Hold the agreements with some institutions until the end; those that hold no more are out.

    They come first and in one order, so that two lists to one institution are sent one after the
    other and their sheets are numbered without a gap.
    """
    found = list_live_agreements(
        department=locked.department, institution_ids=institutions, day=day
    )
    held = {
        agreement.pk
        for agreement in Agreement.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in={agreement.pk for agreement in found.values()})
        .live_on(day)
        .order_by("pk")
    }
    return {pk: agreement for pk, agreement in found.items() if agreement.pk in held}


def _take_off(fallen: Mapping[ListRow, Obstacle], *, now: datetime) -> None:
    """Take fallen rows off the list, one statement per reason."""
    by_obstacle: dict[Obstacle, list[int]] = defaultdict(list)
    for row, obstacle in fallen.items():
        by_obstacle[obstacle].append(row.pk)
    for obstacle, pks in by_obstacle.items():
        ListRow.objects.filter(pk__in=pks).update(
            removed_at=now, removed_reason=f"发送时剔除：{obstacle.label}", updated_at=now
        )


def store_sheets(
    locked: ReferralList, composed: Sequence[ComposedSheet], *, now: datetime
) -> dict[int, Sheet]:
    """Store composed sheets under their digests; return them by institution."""
    contents = [write_canonical(sheet.content) for sheet in composed]
    sheets = [
        Sheet(
            referral_list=locked,
            department=locked.department,
            institution=sheet.institution,
            agreement=sheet.agreement,
            version=sheet.version,
            previous=sheet.previous,
            content=content,
            digest_algorithm=DEFAULT_ALGORITHM,
            digest=digest(content, DEFAULT_ALGORITHM),
            changes=dict(sheet.changes),
            sent_at=now,
        )
        for sheet, content in zip(composed, contents, strict=True)
    ]
    copy_rows(Sheet, sheets)
    return {sheet.institution_id: sheet for sheet in sheets}


def _record_disclosures(composed: Sequence[ComposedSheet], *, actor: Actor, now: datetime) -> None:
    for sheet in composed:
        record_shown(
            institution=sheet.institution,
            user=actor.user,
            channel=Channel.SHEET,
            shown=sheet.shown,
            now=now,
        )


def seal(locked: ReferralList, head: Head, *, actor: Actor, now: datetime) -> None:
    """Save a locked list as sent; from then on it is immutable."""
    locked.document_number, locked.basis = head.document_number, head.basis
    locked.answer_by = head.answer_by
    locked.sent_at, locked.sent_by = now, actor.user
    locked.save_revision(
        update_fields=["status", "document_number", "basis", "answer_by", "sent_at", "sent_by"]
    )


def _record(
    locked: ReferralList,
    sheets: Mapping[int, Sheet],
    referrals: Sequence[Referral],
    fallen: Mapping[ListRow, Obstacle],
    *,
    actor: Actor,
) -> None:
    record(
        EventType.LIST_SENT,
        subject=locked,
        actor=actor,
        payload={
            "number": locked.number,
            "document_number": locked.document_number,
            "sheets": [str(sheet.public_id) for sheet in sheets.values()],
            "referrals": len(referrals),
            "fallen": len(fallen),
        },
    )


def _need_ids(rows: Collection[ListRow]) -> list[int]:
    return sorted({row.need_id for row in rows})


def check_head(head: Head, *, today: date) -> None:
    """Refuse a head that lacks something or asks for answers at an impossible day."""
    problems = ProblemList()
    for field, text, limit, label in (
        ("document_number", head.document_number, DOCUMENT_NUMBER_MAX_LENGTH, "文号"),
        ("basis", head.basis, BASIS_MAX_LENGTH, "授权依据"),
    ):
        if not text:
            problems.add(field, "required", f"请填写{label}。")
        problems.check_length(field, text, limit)
    last = today + timedelta(days=LONGEST_ANSWER_DAYS)
    if head.answer_by is None:
        problems.add("answer_by", "required", "请填写反馈截止日。")
    elif not today < head.answer_by <= last:
        problems.add(
            "answer_by",
            "out_of_range",
            f"反馈截止日 {head.answer_by} 应晚于今天（{today}），不晚于 {last}。",
        )
    problems.refuse()
