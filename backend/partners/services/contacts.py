"""Changes to contacts: who is called, who covers, and the person's own consent to be named."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from backend.common.errors import InvalidInput, NotPermitted, StateConflict
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.organizations.actors import Actor
from backend.organizations.models import Organization
from backend.partners import policies, validators
from backend.partners.models import Agreement, Contact
from backend.partners.notice import NOTICE_SHA256, NOTICE_VERSION

EDITABLE_FIELDS = frozenset(
    {
        "name",
        "post",
        "phone",
        "email",
        "user",
        "is_active",
        "absent_from",
        "absent_until",
        "covered_by",
    }
)
# Another name or account is another person, who has agreed to nothing yet.
_PERSON_FIELDS = frozenset({"name", "user"})


@transaction.atomic
def create_contact(
    *, actor: Actor | None, organization: Organization, values: Mapping[str, Any]
) -> Contact:
    """Enter a contact of one's own side; they are not named until they agree themselves.

    ``actor`` is None when the platform loads data. Raises `InvalidInput`, `NotPermitted`.
    """
    if actor is not None and not policies.can_edit_contacts_of(actor, organization):
        raise NotPermitted("permission_denied", "只能登记本单位及下级机构的联系人。")
    return enter_contact(actor=actor, organization=organization, values=values)


def enter_contact(
    *, actor: Actor | None, organization: Organization, values: Mapping[str, Any]
) -> Contact:
    """Enter a contact as part of a use case that has asked whether this may be done."""
    contact = Contact(organization=organization)
    _apply(contact, values)
    contact.save()
    _record(EventType.CONTACT_CREATED, contact, actor)
    return contact


@transaction.atomic
def update_contact(
    *, actor: Actor, contact: Contact, changes: Mapping[str, Any], expected_revision: int | None
) -> Contact:
    """Change a contact, or note an absence and who covers it.

    Another name or account is another person: the consent to be named lapses. Whoever is named
    in an agreement in force leaves only when somebody covers. Raises `InvalidInput`,
    `NotPermitted`, `StateConflict`, `StaleRevision`.
    """
    contact = lock_contact(contact)
    if not policies.can_edit_contacts_of(actor, contact.organization):
        raise NotPermitted("permission_denied", "只能修改本单位及下级机构的联系人。")
    contact.check_revision(expected_revision)
    before = {name: getattr(contact, name) for name in changes.keys() & EDITABLE_FIELDS}
    _apply(contact, changes)
    changed = sorted(name for name, value in before.items() if getattr(contact, name) != value)
    if not changed:
        return contact
    if "is_active" in changed or "covered_by" in changed:
        _require_cover_of_named(contact, actor.today)
    if _PERSON_FIELDS & set(changed):
        contact.notice_version = contact.agreement_evidence = ""
        contact.agreed_at = contact.agreement_withdrawn_at = None
    contact.save_revision()
    _record(EventType.CONTACT_CHANGED, contact, actor, fields=changed)
    return contact


@transaction.atomic
def agree_to_be_named(
    *, actor: Actor, contact: Contact, notice_version: str, evidence: str, now: datetime
) -> Contact:
    """Note that the person has read the notice and agrees to be named to the other side.

    Whoever has an account says so alone; for somebody without one their side names the signed
    notice as ``evidence``. Repeating changes nothing.
    """
    contact = lock_contact(contact)
    if not policies.can_agree(actor, contact):
        raise NotPermitted(
            "permission_denied",
            "公开联系方式须由联系人本人同意；无账号的由本单位凭签署的告知书登记。",
        )
    if notice_version != NOTICE_VERSION:
        raise StateConflict(
            "notice_changed", f"告知书已更新为 {NOTICE_VERSION} 版，请重新阅读后再同意。"
        )
    if contact.user_id is None and not evidence.strip():
        raise InvalidInput.of("evidence", "required", "请填写本人签署的告知书编号或存放位置。")
    if contact.is_nameable and contact.notice_version == notice_version:
        return contact
    contact.notice_version = notice_version
    contact.agreement_evidence = evidence.strip()
    contact.agreed_at, contact.agreement_withdrawn_at = now, None
    contact.save_revision()
    _record(
        EventType.CONTACT_CHANGED,
        contact,
        actor,
        change="agreed",
        notice=notice_version,
        notice_sha256=NOTICE_SHA256,
    )
    return contact


@transaction.atomic
def withdraw_agreement(*, actor: Actor, contact: Contact, now: datetime) -> Contact:
    """Take the consent to be named back; from now on the unit is shown instead."""
    contact = lock_contact(contact)
    if not policies.can_withdraw_agreement(actor, contact):
        raise NotPermitted("permission_denied", "只有联系人本人或其单位可以撤回。")
    if contact.agreed_at is None or contact.agreement_withdrawn_at is not None:
        return contact
    contact.agreement_withdrawn_at = now
    contact.save_revision()
    _record(EventType.CONTACT_CHANGED, contact, actor, change="agreement_withdrawn")
    return contact


def lock_contact(contact: Contact) -> Contact:
    """Return the contact's newest row, locked until the transaction ends."""
    return (
        Contact.objects.select_for_update(of=("self",))
        .select_related("organization", "covered_by", "user")
        .get(pk=contact.pk)
    )


def _apply(contact: Contact, values: Mapping[str, Any]) -> None:
    for name in values.keys() & EDITABLE_FIELDS:
        setattr(contact, name, values[name])
    validators.check_contact(contact)


def _require_cover_of_named(contact: Contact, today: date) -> None:
    """Refuse to leave an agreement in force without anybody to call."""
    if contact.is_active or contact.covered_by_id is not None:
        return
    named_in = Agreement.objects.live_on(today).naming(contact).first()
    if named_in is not None:
        raise StateConflict(
            "contact_in_use",
            f"{contact.name} 是协议 {named_in.document_number} 的联系人；"
            "请先指定代理人，或由部门变更协议联系人。",
        )


def _record(event_type: EventType, contact: Contact, actor: Actor | None, **payload: Any) -> None:
    """Record an event; the journal keeps no name and no number of the person."""
    organization = contact.organization.code
    record(
        event_type, subject=contact, actor=actor, payload={"organization": organization, **payload}
    )
