"""Changes to agreements: registered, changed, ended; never two at a time for one pair."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import transaction

from backend.common.errors import InvalidInput, NotPermitted, StateConflict
from backend.common.problems import ProblemList
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.organizations.actors import Actor
from backend.organizations.models import Organization
from backend.partners import policies, validators
from backend.partners.models import Agreement, Contact
from backend.partners.services.contacts import enter_contact

EDITABLE_FIELDS = frozenset(
    {
        "document_number",
        "title",
        "sponsor",
        "signed_on",
        "valid_from",
        "valid_until",
        "department_unit",
        "department_contact",
        "institution_unit",
        "institution_contact",
        "second_contact",
        *(f"{clock}_workdays" for clock in validators.CLOCKS),
    }
)
_INSTITUTION_CONTACTS = ("institution_contact", "second_contact")
_REQUIRED = ("valid_from", "valid_until", "department_contact", "institution_contact")


@transaction.atomic
def register_agreement(
    *, actor: Actor, institution: Organization, values: Mapping[str, Any]
) -> Agreement:
    """Register an agreement of one's own department with an institution.

    A contact of the institution is an existing one, or the entries of a new one as the paper
    names them; a new one is not shown to anybody else before they agree. Raises `InvalidInput`,
    `NotPermitted`, and `StateConflict` when another agreement of the two covers a day of it.
    """
    if not policies.can_register_agreement(actor):
        raise NotPermitted("permission_denied", "只有科技管理部门负责人可以登记合作协议。")
    _lock_pairs_of(institution)
    agreement = Agreement(department=actor.organization, institution=institution)
    _apply(agreement, values, actor=actor)
    agreement.save()
    record(
        EventType.AGREEMENT_CREATED,
        subject=agreement,
        actor=actor,
        payload={
            "institution": institution.code,
            **{name: _told(getattr(agreement, name)) for name in sorted(EDITABLE_FIELDS)},
        },
    )
    return agreement


@transaction.atomic
def change_agreement(
    *,
    actor: Actor,
    agreement: Agreement,
    changes: Mapping[str, Any],
    expected_revision: int | None,
) -> Agreement:
    """Change what was agreed; the journal keeps what stood there before.

    Raises `InvalidInput`, `NotPermitted`, `StateConflict`, `StaleRevision`.
    """
    agreement = _lock(agreement)
    _require_can_edit(actor, agreement)
    agreement.check_revision(expected_revision)
    _require_not_ended(agreement)
    before = {name: getattr(agreement, name) for name in EDITABLE_FIELDS}
    _apply(agreement, changes, actor=actor)
    changed = sorted(name for name in before if getattr(agreement, name) != before[name])
    if not changed:
        return agreement
    agreement.save_revision()
    record(
        EventType.AGREEMENT_CHANGED,
        subject=agreement,
        actor=actor,
        payload={
            "document_number": agreement.document_number,
            "before": {name: _told(before[name]) for name in changed},
            "after": {name: _told(getattr(agreement, name)) for name in changed},
        },
    )
    return agreement


@transaction.atomic
def end_agreement(
    *,
    actor: Actor,
    agreement: Agreement,
    reason: str,
    expected_revision: int | None,
    now: datetime,
) -> Agreement:
    """End an agreement before its time; from now on nothing is sent under it."""
    agreement = _lock(agreement)
    _require_can_edit(actor, agreement)
    agreement.check_revision(expected_revision)
    _require_not_ended(agreement)
    validators.check_reason(reason)
    agreement.ended_at, agreement.ended_reason = now, reason.strip()
    agreement.save_revision()
    record(
        EventType.AGREEMENT_ENDED,
        subject=agreement,
        actor=actor,
        payload={"document_number": agreement.document_number, "reason": agreement.ended_reason},
    )
    return agreement


def _lock_pairs_of(institution: Organization) -> None:
    """Let changes of an institution's agreements wait for each other.

    The weaker lock leaves alone whoever only refers to the institution.
    """
    Organization.objects.select_for_update(no_key=True).get(pk=institution.pk)


def _lock(agreement: Agreement) -> Agreement:
    _lock_pairs_of(agreement.institution)
    return Agreement.objects.select_for_update(of=("self",)).with_contacts().get(pk=agreement.pk)


def _require_can_edit(actor: Actor, agreement: Agreement) -> None:
    if not policies.can_edit_agreement(actor, agreement):
        raise NotPermitted("permission_denied", "只有签约部门负责人可以变更或终止合作协议。")


def _require_not_ended(agreement: Agreement) -> None:
    if agreement.ended_at is not None:
        raise StateConflict(
            "agreement_ended", f"协议 {agreement.document_number} 已终止；续签请另行登记。"
        )


def _apply(agreement: Agreement, values: Mapping[str, Any], *, actor: Actor) -> None:
    """Set values and refuse what does not fit; new contacts of the institution are entered."""
    for name in values.keys() & EDITABLE_FIELDS:
        value = values[name]
        if name in _INSTITUTION_CONTACTS and isinstance(value, Mapping):
            value = _enter(agreement.institution, name, value, actor=actor)
        setattr(agreement, name, value)
    _require_all(agreement)
    validators.check_agreement(agreement, today=actor.today)
    _require_own_number(agreement)
    _require_no_other(agreement)


def _enter(
    institution: Organization, field: str, values: Mapping[str, Any], *, actor: Actor
) -> Contact:
    """Enter a new contact; what is wrong with it names the field that it came in."""
    try:
        return enter_contact(actor=actor, organization=institution, values=values)
    except InvalidInput as error:
        problems = tuple(
            replace(problem, field=f"new_{field}.{problem.field}") for problem in error.problems
        )
        raise InvalidInput(error.code, error.message, problems=problems) from error


def _require_all(agreement: Agreement) -> None:
    problems = ProblemList()
    for name in _REQUIRED:
        key = f"{name}_id" if name.endswith("_contact") else name
        if getattr(agreement, key) is None:
            problems.add(name, "required", "请填写。")
    problems.refuse()


def _require_own_number(agreement: Agreement) -> None:
    same = Agreement.objects.filter(
        department=agreement.department, document_number=agreement.document_number
    )
    if same.exclude(pk=agreement.pk).exists():
        raise StateConflict(
            "document_number_taken", f"文号 {agreement.document_number} 已登记过协议。"
        )


def _require_no_other(agreement: Agreement) -> None:
    """Refuse a period of which another agreement of the two covers a day; ended ones do not."""
    other = (
        Agreement.objects.filter(
            department=agreement.department,
            institution=agreement.institution,
            ended_at__isnull=True,
            valid_from__lt=agreement.valid_until,
            valid_until__gt=agreement.valid_from,
        )
        .exclude(pk=agreement.pk)
        .first()
    )
    if other is not None:
        raise StateConflict(
            "agreement_overlaps",
            f"与“{agreement.institution}”的协议 {other.document_number}"
            f"（{other.valid_from} 至 {other.valid_until}，不含止日）期间重叠；"
            "请先终止或缩短原协议。",
        )


def _told(value: object) -> str | int | None:
    """Return a value as the journal keeps it: a contact by its id, never by name."""
    if isinstance(value, Contact):
        return str(value.public_id)
    return value.isoformat() if isinstance(value, date) else value
