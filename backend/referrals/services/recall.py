"""Take back what was sent: a whole list, or the sheet of one institution."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from backend.common.errors import StateConflict
from backend.journal.enums import EventType
from backend.journal.services import record, record_many
from backend.needs.enums import NeedStatus
from backend.needs.models import Need
from backend.needs.services import lock_needs, reopen_needs
from backend.organizations.actors import Actor
from backend.referrals import list_policies
from backend.referrals.enums import ENDED, CaseState, ReferralStatus, Step
from backend.referrals.list_lifecycle import ListAction, next_status
from backend.referrals.models import (
    EscalationCase,
    Referral,
    ReferralList,
    ReferralStep,
    Sheet,
    SheetRecall,
)
from backend.referrals.services.editing import check_reason, lock_list

BATCH = 1_000
# Money is not asked back.
_WITH_MONEY = {ReferralStatus.FUNDED, ReferralStatus.CONFIRMED}


@dataclass(frozen=True, slots=True)
class Recall:
    """What a recall came to."""

    referral_list: ReferralList
    sheets: Sequence[Sheet]
    withdrawn: Sequence[Referral]
    asked: Sequence[Referral]


@transaction.atomic
def recall_list(
    *,
    actor: Actor,
    referral_list: ReferralList,
    reason: str,
    sheet: Sheet | None = None,
    expected_revision: int | None,
    now: datetime,
) -> Recall:
    """Recall a sent list, or one institution's sheet of it, with a reason.

    What nobody has answered yet is withdrawn. Of what is at work the institution is asked to
    give it back (a step of the referral, and an event); until it does, the work goes on. A
    need that nobody works on any more is matched again. With its last sheet the list is
    recalled.
    """
    locked = lock_list(referral_list)
    list_policies.require_can_send(actor, locked)
    locked.check_revision(expected_revision)
    recalled = next_status(locked.status, ListAction.RECALL)
    check_reason("reason", reason)
    reason = reason.strip()
    sheets = _recall_sheets(locked, sheet, reason, actor=actor, now=now)
    is_whole = not locked.sheets.in_force().exists()

    needs = lock_needs(
        set(Referral.objects.filter(sheet__in=sheets).values_list("need_id", flat=True))
    )
    referrals = list(
        Referral.objects.select_for_update(of=("self",))
        .select_related("need", "institution")
        .filter(sheet__in=sheets)
        .order_by("pk")
    )
    unanswered = [one for one in referrals if one.status == ReferralStatus.SENT]
    at_work = [
        one for one in referrals if one.status not in ENDED | _WITH_MONEY | {ReferralStatus.SENT}
    ]
    _withdraw(unanswered, reason, actor=actor, now=now)
    _ask_back(at_work, reason, actor=actor, now=now)
    _reopen(unanswered, needs, actor=actor, now=now)
    if is_whole:
        locked.status = recalled
        locked.recalled_at, locked.recall_reason = now, reason
    locked.save_revision(update_fields=["status", "recalled_at", "recall_reason"])
    record(
        EventType.LIST_RECALLED if is_whole else EventType.SHEET_RECALLED,
        subject=locked,
        actor=actor,
        payload={
            "number": locked.number,
            "reason": reason,
            "sheets": [str(one.public_id) for one in sheets],
            "withdrawn": len(unanswered),
            "asked": len(at_work),
        },
    )
    return Recall(locked, sheets, unanswered, at_work)


def _recall_sheets(
    locked: ReferralList, sheet: Sheet | None, reason: str, *, actor: Actor, now: datetime
) -> list[Sheet]:
    """Mark the sheets that are in force; one that was recalled already is refused."""
    sheets = list(
        locked.sheets.in_force().select_related("institution").defer("content").order_by("pk")
    )
    if sheet is not None:
        sheets = [one for one in sheets if one.pk == sheet.pk]
        if not sheets:
            raise StateConflict("already_recalled", "该机构的清单已经撤回。")
    SheetRecall.objects.bulk_create(
        SheetRecall(sheet=one, reason=reason, recalled_at=now, recalled_by=actor.user)
        for one in sheets
    )
    return sheets


def _withdraw(referrals: Sequence[Referral], reason: str, *, actor: Actor, now: datetime) -> None:
    """End referrals that nobody has answered, and what the department was told of them."""
    Referral.objects.filter(pk__in=[one.pk for one in referrals]).update(
        status=ReferralStatus.WITHDRAWN,
        last_step=Step.WITHDRAWN,
        ended_at=now,
        next_due_on=None,
        updated_at=now,
        revision=F("revision") + 1,
    )
    EscalationCase.objects.open().filter(referral__in=referrals).update(
        state=CaseState.ENDED, closed_at=now, updated_at=now, revision=F("revision") + 1
    )
    _note(referrals, Step.WITHDRAWN, reason, actor=actor, now=now)
    record_many(EventType.REFERRAL_WITHDRAWN, _told(referrals), actor=actor)


def _ask_back(referrals: Sequence[Referral], reason: str, *, actor: Actor, now: datetime) -> None:
    """Ask the institutions to give back what they work on; whether they do is theirs."""
    _note(referrals, Step.RECALL_ASKED, f"请退回：{reason}", actor=actor, now=now)
    record_many(EventType.REFERRAL_RECALL_ASKED, _told(referrals), actor=actor)


def _note(
    referrals: Sequence[Referral], step: Step, note: str, *, actor: Actor, now: datetime
) -> None:
    ReferralStep.objects.bulk_create(
        (
            ReferralStep(
                referral=one,
                step=step,
                happened_on=actor.today,
                recorded_at=now,
                user=actor.user,
                organization=actor.organization,
                note=note,
            )
            for one in referrals
        ),
        batch_size=BATCH,
    )


def _told(referrals: Sequence[Referral]) -> list[tuple[Referral, dict[str, str]]]:
    return [
        (one, {"need": one.need.code, "institution": one.institution.code}) for one in referrals
    ]


def _reopen(
    withdrawn: Collection[Referral], needs: Mapping[int, Need], *, actor: Actor, now: datetime
) -> None:
    """Match again the needs of which the last referral has ended here, and none with money."""
    candidates = {one.need_id for one in withdrawn}
    goes_on = set(
        Referral.objects.filter(need_id__in=candidates)
        .exclude(status__in=sorted(ENDED - _WITH_MONEY))
        .values_list("need_id", flat=True)
    )
    idle = [
        needs[pk]
        for pk in sorted(candidates - goes_on)
        if needs[pk].status == NeedStatus.IN_REFERRAL
    ]
    reopen_needs(actor=actor, needs=idle, now=now)
