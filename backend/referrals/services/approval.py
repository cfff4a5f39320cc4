"""Lead a list through its chain of signatures."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from backend.common.errors import InvalidInput, StateConflict
from backend.common.problems import ProblemList
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.organizations.actors import Actor
from backend.organizations.enums import Rank, Role
from backend.organizations.models import Membership, Organization
from backend.referrals import list_policies
from backend.referrals.enums import ApprovalPost, ListStatus
from backend.referrals.limits import REASON_MAX_LENGTH
from backend.referrals.list_content import content_digest
from backend.referrals.list_lifecycle import ListAction, next_status
from backend.referrals.models import ApprovalSeat, ListApproval, ReferralList
from backend.referrals.services.editing import check_reason, lock_list

# 经办 → 处长 → 分管领导, as long as a department has not said otherwise.
_DEFAULT_CHAIN = (
    (ApprovalPost.HANDLER, ""),
    (ApprovalPost.DIVISION_HEAD, Rank.MANAGER),
    (ApprovalPost.LEADER, Rank.MANAGER),
)


def get_chain(department: Organization) -> list[ApprovalSeat]:
    """Return who signs a department's lists, in order; the first is the drafter's."""
    configured = list(ApprovalSeat.objects.filter(department=department).order_by("position"))
    return configured or [
        ApprovalSeat(department=department, position=position, post=post, rank=rank)
        for position, (post, rank) in enumerate(_DEFAULT_CHAIN, start=1)
    ]


def describe_chain(department: Organization) -> list[tuple[ApprovalSeat, int]]:
    """Return who signs, each with the number of the department's people who could."""
    people = Membership.objects.active().filter(organization=department, role=Role.DEPARTMENT)
    held = list(people.values_list("rank", "post"))
    return [
        (
            seat,
            sum(
                (not seat.rank or seat.rank == rank) and (not seat.title or seat.title == title)
                for rank, title in held
            ),
        )
        for seat in get_chain(department)
    ]


@transaction.atomic
def configure_chain(
    *, actor: Actor, department: Organization, seats: Sequence[ApprovalSeat]
) -> list[ApprovalSeat]:
    """Say who signs; rounds under way go on with the new chain.

    A chain begins with 经办, names each post once, and has another signature after it.
    """
    list_policies.require_can_configure_chain(actor, department)
    posts = [seat.post for seat in seats]
    problems = ProblemList()
    if len(posts) < 2 or posts[0] != ApprovalPost.HANDLER or len(set(posts)) != len(posts):
        problems.add(
            "seats",
            "not_a_chain",
            "签批岗位应以经办人开头，其后至少一个岗位，每个岗位只出现一次。",
        )
    problems.refuse()
    Organization.objects.select_for_update().get(pk=department.pk)
    ApprovalSeat.objects.filter(department=department).delete()
    for position, seat in enumerate(seats, start=1):
        seat.department, seat.position = department, position
    ApprovalSeat.objects.bulk_create(seats)
    record(
        EventType.ORGANIZATION_CHANGED,
        subject=department,
        actor=actor,
        payload={"fields": ["approval_chain"], "posts": posts},
    )
    return get_chain(department)


@transaction.atomic
def submit_list(
    *, actor: Actor, referral_list: ReferralList, expected_revision: int | None, now: datetime
) -> ReferralList:
    """Sign as 经办 and hand the list to the next post; a new round begins."""
    locked = lock_list(referral_list)
    list_policies.require_can_submit(actor, locked)
    locked.check_revision(expected_revision)
    locked.status = next_status(locked.status, ListAction.SUBMIT)
    if not (locked.rows.standing().exists() or locked.roster_rows.standing().exists()):
        raise StateConflict("empty_list", "清单中没有需求或企业，不能送审。")
    locked.approval_round += 1
    signed = _sign(locked, ApprovalPost.HANDLER, actor=actor, note="", is_granted=True, now=now)
    locked.save_revision(update_fields=["status", "approval_round"])
    _record(EventType.LIST_SUBMITTED, signed, actor)
    return locked


@transaction.atomic
def approve_list(
    *,
    actor: Actor,
    referral_list: ReferralList,
    note: str = "",
    expected_revision: int | None,
    now: datetime,
) -> ReferralList:
    """Sign for the post in turn; with the last signature the list may be sent."""
    locked = lock_list(referral_list)
    seat, is_last = _seat_in_turn(actor, locked, expected_revision, ListAction.SIGN)
    action = ListAction.APPROVE if is_last else ListAction.SIGN
    locked.status = next_status(locked.status, action)
    _check_note(note)
    signed = _sign(locked, seat.post, actor=actor, note=note.strip(), is_granted=True, now=now)
    require_one_content(locked)
    locked.save_revision(update_fields=["status"])
    _record(EventType.LIST_SIGNED, signed, actor)
    return locked


@transaction.atomic
def refuse_list(
    *,
    actor: Actor,
    referral_list: ReferralList,
    note: str,
    expected_revision: int | None,
    now: datetime,
) -> ReferralList:
    """Send a list back to its draft and say why; it begins a new round when it comes again."""
    locked = lock_list(referral_list)
    seat, _ = _seat_in_turn(actor, locked, expected_revision, ListAction.REFUSE)
    locked.status = next_status(locked.status, ListAction.REFUSE)
    check_reason("note", note)
    signed = _sign(locked, seat.post, actor=actor, note=note.strip(), is_granted=False, now=now)
    locked.save_revision(update_fields=["status"])
    _record(EventType.LIST_REFUSED, signed, actor)
    return locked


def require_one_content(referral_list: ReferralList) -> None:
    """Refuse a list of which the signatures of the round are not all for what it holds now."""
    signed = set(
        referral_list.approvals.filter(round=referral_list.approval_round).values_list(
            "content_sha256", flat=True
        )
    )
    if signed != {content_digest(referral_list)}:
        raise StateConflict(
            "content_changed", "清单内容与已签批的内容不一致，请退回修改后重新送审。"
        )


def _seat_in_turn(
    actor: Actor, locked: ReferralList, expected_revision: int | None, action: ListAction
) -> tuple[ApprovalSeat, bool]:
    """Return the post whose signature is due, and whether it is the last of the chain."""
    list_policies.require_can_approve(actor, locked)
    locked.check_revision(expected_revision)
    next_status(locked.status, action)
    chain = get_chain(locked.department)
    signatures = list(locked.approvals.filter(round=locked.approval_round))
    given = {signature.post for signature in signatures}
    due = next((seat for seat in chain if seat.post not in given), chain[-1])
    list_policies.require_can_sign(
        actor,
        locked,
        seat=due,
        has_signed=any(signature.signed_by_id == actor.user.pk for signature in signatures),
    )
    return due, due.post == chain[-1].post


def get_due_post(referral_list: ReferralList) -> str | None:
    """Return the post whose signature is due; None unless the list is in approval."""
    if referral_list.status != ListStatus.IN_APPROVAL:
        return None
    given = {
        signature.post
        for signature in referral_list.approvals.all()
        if signature.round == referral_list.approval_round
    }
    chain = get_chain(referral_list.department)
    return next((seat.post for seat in chain if seat.post not in given), None)


def _sign(
    locked: ReferralList, post: str, *, actor: Actor, note: str, is_granted: bool, now: datetime
) -> ListApproval:
    return ListApproval.objects.create(
        referral_list=locked,
        round=locked.approval_round,
        post=post,
        is_granted=is_granted,
        note=note,
        signed_by=actor.user,
        signed_at=now,
        content_sha256=content_digest(locked),
    )


def _check_note(note: str) -> None:
    if len(note) > REASON_MAX_LENGTH:
        raise InvalidInput.of(
            "note", "too_long", f"共 {len(note)} 字，最多 {REASON_MAX_LENGTH} 字。"
        )


def _record(event_type: EventType, signed: ListApproval, actor: Actor) -> None:
    record(
        event_type,
        subject=signed.referral_list,
        actor=actor,
        payload={
            "number": signed.referral_list.number,
            "round": signed.round,
            "post": signed.post,
            "content_sha256": signed.content_sha256,
        },
    )
