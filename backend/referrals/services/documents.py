"""Documents that an institution misses: asked for by name, given by the firm."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from backend.common.errors import InvalidInput, StateConflict
from backend.consents.enums import FieldGroup
from backend.journal.enums import EventType
from backend.organizations.actors import Actor
from backend.referrals import policies
from backend.referrals.enums import Step
from backend.referrals.lifecycle import require_aside
from backend.referrals.models import DocumentRequest, Referral
from backend.referrals.services.working import (
    finish,
    lock_referral,
    reporting_of,
    require_need_stands,
    write_step,
)
from backend.referrals.validators import check_note

NAME_MAX_LENGTH = 100
MOST_NAMES = 30


@transaction.atomic
def ask_for_documents(
    *,
    actor: Actor,
    referral: Referral,
    names: Collection[str],
    expected_revision: int | None,
    now: datetime,
    note: str = "",
) -> Referral:
    """Name what is missing; the firm sees the names and the decision clock rests.

    Names that are missing already are not asked for twice; with nothing new nothing changes.
    """
    referral = lock_referral(referral)
    policies.require_can_answer(actor, referral)
    names = _names(names)
    new = [name for name in names if name not in missing_names(referral)]
    if not new:
        return referral
    referral.check_revision(expected_revision)
    require_need_stands(referral)
    require_aside(Step.DOCUMENTS_ASKED, status=referral.status)
    note = check_note("note", note)
    if FieldGroup.PROGRESS not in reporting_of(referral, actor.today):
        raise StateConflict(
            "progress_not_reported",
            "企业未授权贵机构向部门反馈办理进度，补充材料请直接与企业联系。",
        )
    DocumentRequest.objects.bulk_create(
        DocumentRequest(referral=referral, name=name, asked_at=now, asked_by=actor.user)
        for name in new
    )
    write_step(
        referral=referral,
        step=Step.DOCUMENTS_ASKED,
        actor=actor,
        now=now,
        note=note,
        data={"names": new},
    )
    return finish(
        referral=referral,
        actor=actor,
        event=EventType.DOCUMENTS_ASKED,
        now=now,
        payload={"count": len(new)},
    )


@transaction.atomic
def give_documents(
    *,
    actor: Actor,
    referral: Referral,
    names: Collection[str],
    expected_revision: int | None,
    now: datetime,
) -> Referral:
    """Say for the firm that documents were given; the clock goes on with the last of them."""
    referral = lock_referral(referral)
    policies.require_can_give_documents(actor, referral)
    names = _names(names)
    missing = missing_names(referral)
    asked = {document.name for document in referral.documents.all()}
    unknown = [name for name in names if name not in asked]
    if unknown:
        raise InvalidInput.of(
            "names",
            "not_asked_for",
            f"机构没有要求“{'、'.join(unknown)}”。现缺：{'、'.join(missing) or '无'}。",
        )
    given = [name for name in names if name in missing]
    if not given:
        return referral
    referral.check_revision(expected_revision)
    require_aside(Step.DOCUMENTS_GIVEN, status=referral.status)
    return _give(referral=referral, names=given, actor=actor, now=now)


def receive_missing(*, referral: Referral, actor: Actor, now: datetime) -> None:
    """Count what is still missing of a locked referral as given: its institution has it."""
    referral.documents.filter(given_at__isnull=True).update(given_at=now, given_by=actor.user)


def missing_names(referral: Referral) -> list[str]:
    """Return the names of the documents that were asked for and not given, in order."""
    return [document.name for document in referral.documents.all() if document.given_at is None]


def _give(*, referral: Referral, names: list[str], actor: Actor, now: datetime) -> Referral:
    referral.documents.filter(given_at__isnull=True, name__in=names).update(
        given_at=now, given_by=actor.user
    )
    write_step(
        referral=referral,
        step=Step.DOCUMENTS_GIVEN,
        actor=actor,
        now=now,
        data={"names": names},
    )
    return finish(
        referral=referral,
        actor=actor,
        event=EventType.DOCUMENTS_GIVEN,
        now=now,
        payload={"count": len(names)},
    )


def _names(names: Collection[str]) -> list[str]:
    kept = list(dict.fromkeys(name.strip() for name in names))
    if not 1 <= len(kept) <= MOST_NAMES:
        raise InvalidInput.of("names", "name_count", f"请列出 1 至 {MOST_NAMES} 份材料。")
    for name in kept:
        if not 1 <= len(name) <= NAME_MAX_LENGTH:
            raise InvalidInput.of(
                "names",
                "name_length",
                f"材料名称应为 1 至 {NAME_MAX_LENGTH} 字，例如“近三年审计报告”。",
            )
        check_note("names", name)
    return kept
