"""A firm's manager asks for a correction or a deletion; the department's manager answers."""

from datetime import datetime

from django.db import transaction

from backend.common.errors import StateConflict
from backend.common.problems import ProblemList
from backend.common.workdays import due_day
from backend.data_requests import policies
from backend.data_requests.enums import RequestKind, RequestStatus
from backend.data_requests.erasure import erase
from backend.data_requests.models import TEXT_MAX_LENGTH, WHAT_MAX_LENGTH, DataRequest
from backend.firms.models import Firm
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.organizations.actors import Actor

ANSWER_WORKDAYS = 15
MOST_OPEN = 10
# What a deletion leaves, in words for the firm.
KEPT = (
    "依法须保存的不删除：授权、展示、推送、回执和放款记录至少保存三年，操作日志按规定保存；"
    "已推送需求的内容、企业名称和代码、经营数据、资质和评价是这些记录的依据，一并保留。"
    "账号名和姓名随操作记录保留，账号仍可使用。"
)


@transaction.atomic
def open_request(
    *, actor: Actor, firm: Firm, kind: RequestKind, what: str, why: str, now: datetime
) -> DataRequest:
    """Ask for a correction or a deletion; an answer is due within fifteen working days.

    Raises InvalidInput, NotPermitted, and StateConflict while a deletion is asked for already or
    too many requests wait.
    """
    policies.require_can_ask(actor, firm)
    _check(what=(what, WHAT_MAX_LENGTH), why=(why, TEXT_MAX_LENGTH))
    Firm.objects.select_for_update(no_key=True).get(pk=firm.pk)
    waiting = list(DataRequest.objects.open().filter(firm=firm))
    if kind == RequestKind.DELETION and any(one.kind == kind for one in waiting):
        raise StateConflict("deletion_asked_already", "已有一项删除申请等待答复，请勿重复提出。")
    if len(waiting) >= MOST_OPEN:
        raise StateConflict(
            "too_many_open", f"已有 {len(waiting)} 项申请等待答复，请等答复后再提出。"
        )
    asked = DataRequest.objects.create(
        firm=firm,
        kind=kind,
        what=what.strip(),
        why=why.strip(),
        requested_by=actor.user,
        requested_at=now,
        due_on=due_day(now, ANSWER_WORKDAYS).day,
    )
    _record(EventType.DATA_REQUEST_OPENED, asked, actor, due_on=asked.due_on.isoformat())
    return asked


@transaction.atomic
def grant_request(
    *,
    actor: Actor,
    data_request: DataRequest,
    answer: str,
    expected_revision: int | None,
    now: datetime,
) -> DataRequest:
    """Say that what was asked for is done; of a deletion this is the deletion, all or nothing.

    Raises InvalidInput, NotPermitted, StaleRevision, and StateConflict where it was answered
    already, where a referral is under way, or where whoever asked may not act for the firm now.
    """
    asked = _lock(actor, data_request, expected_revision)
    _check_length("answer", answer)
    removed = None
    if asked.kind == RequestKind.DELETION:
        removed = erase(actor=actor, firm=asked.firm, asked_by=asked.requested_by, now=now)
    asked.removed = removed
    return _answer(asked, RequestStatus.DONE, answer, actor, now)


@transaction.atomic
def refuse_request(
    *,
    actor: Actor,
    data_request: DataRequest,
    reason: str,
    expected_revision: int | None,
    now: datetime,
) -> DataRequest:
    """Say why what was asked for is not done."""
    asked = _lock(actor, data_request, expected_revision)
    _check(reason=(reason, TEXT_MAX_LENGTH))
    return _answer(asked, RequestStatus.REFUSED, reason, actor, now)


def _lock(actor: Actor, data_request: DataRequest, expected_revision: int | None) -> DataRequest:
    asked = (
        DataRequest.objects.select_for_update(of=("self",)).for_display().get(pk=data_request.pk)
    )
    policies.require_can_answer(actor, asked.firm)
    asked.check_revision(expected_revision)
    if asked.status != RequestStatus.OPEN:
        raise StateConflict("already_answered", f"该申请已答复：{asked.get_status_display()}。")
    return asked


def _answer(
    asked: DataRequest, status: RequestStatus, answer: str, actor: Actor, now: datetime
) -> DataRequest:
    asked.status = status
    asked.answer = answer.strip()
    asked.answered_by, asked.answered_at = actor.user, now
    asked.save_revision()
    if status == RequestStatus.REFUSED:
        _record(EventType.DATA_REQUEST_REFUSED, asked, actor)
    else:
        _record(EventType.DATA_REQUEST_GRANTED, asked, actor, removed=asked.removed)
    return asked


def _check(**texts: tuple[str, int]) -> None:
    problems = ProblemList()
    for field, (text, limit) in texts.items():
        if not text.strip():
            problems.add(field, "required", "请填写。")
        problems.check_length(field, text, limit)
    problems.refuse()


def _check_length(field: str, text: str) -> None:
    problems = ProblemList()
    problems.check_length(field, text, TEXT_MAX_LENGTH)
    problems.refuse()


def _record(event_type: EventType, asked: DataRequest, actor: Actor, **payload: object) -> None:
    record(event_type, subject=asked, actor=actor, payload={"kind": asked.kind, **payload})
