"""A firm consents: to which institutions, for what, until when."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db import transaction

from backend.common.errors import StateConflict
from backend.common.problems import ProblemList
from backend.consents import policies
from backend.consents.enums import GROUPS_OF, Direction, FieldGroup
from backend.consents.models import Consent, ConsentText
from backend.consents.services.recording import note
from backend.consents.services.standing import lock_firm_consents, lock_standing
from backend.consents.texts import get_text_in_force
from backend.journal.enums import EventType
from backend.needs.enums import Attitude, NeedStatus
from backend.needs.models import NamedInstitution, Need
from backend.needs.services import lock_need
from backend.organizations.actors import Actor
from backend.organizations.enums import OFFERING_KINDS
from backend.organizations.lines import list_lines
from backend.organizations.models import Organization

DEFAULT_MONTHS = 6
LONGEST_MONTHS = 12
MOST_INSTITUTIONS = 50
_OVER = frozenset({NeedStatus.WITHDRAWN, NeedStatus.EXPIRED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is consented to; ``contact_agreed`` says that the person to be called did, apart."""

    direction: Direction
    groups: Collection[FieldGroup]
    text_version: str
    expires_on: date | None = None
    contact_agreed: bool = False


@transaction.atomic
def grant_consents(
    *, actor: Actor, need: Need, institutions: Sequence[Organization], terms: Terms, now: datetime
) -> list[Consent]:
    """Let something of a need pass between the department and each of several institutions.

    A consent that says the same already is left; another one is replaced and stays as evidence.
    Naming an institution in a need is no consent: it is asked for here. Raises `InvalidInput`,
    `NotPermitted`, `StateConflict`.
    """
    lock_firm_consents(need.firm)
    standing = lock_standing(need, institutions, terms.direction)
    need = lock_need(need)  # after the consents, as a sending locks them
    policies.require_can_grant(actor, need.firm)
    _require_not_over(need, terms.direction)
    text = get_text_in_force(terms.direction, actor.today)
    expires_on = terms.expires_on or default_end(actor.today)
    _check(need, institutions, terms, text, expires_on=expires_on, today=actor.today)
    asked = {
        "groups": [group.value for group in GROUPS_OF[terms.direction] if group in terms.groups],
        "contact_person": need.contact_name if FieldGroup.CONTACT in terms.groups else "",
        "text": text,
        "expires_on": expires_on,
    }
    return [
        _grant(
            actor, need, institution, terms.direction, asked, standing.get(institution.pk), now=now
        )
        for institution in institutions
    ]


def default_end(today: date) -> date:
    """Return the first day on which a consent of today holds no more, unless it says otherwise."""
    return today + relativedelta(months=DEFAULT_MONTHS)


def _grant(
    actor: Actor,
    need: Need,
    institution: Organization,
    direction: Direction,
    asked: dict[str, Any],
    before: Consent | None,
    *,
    now: datetime,
) -> Consent:
    if before is not None:
        if all(getattr(before, name) == value for name, value in asked.items()):
            return before
        before.replaced_at = now
        before.save_revision(update_fields=["replaced_at"])
    consent = Consent.objects.create(
        need=need,
        institution=institution,
        direction=direction,
        granted_at=now,
        granted_by=actor.user,
        **asked,
    )
    note(
        EventType.CONSENT_GRANTED,
        consent,
        actor,
        text_sha256=consent.text.sha256,
        expires_on=consent.expires_on.isoformat(),
        replaces=str(before.public_id) if before else None,
    )
    return consent


def _require_not_over(need: Need, direction: Direction) -> None:
    """Refuse a need that nobody works on; of a funded one institutions still report."""
    is_over = need.status in _OVER or (
        need.status == NeedStatus.FUNDED and direction is Direction.TO_INSTITUTION
    )
    if is_over:
        raise StateConflict(
            "need_is_over",
            f"需求 {need.code} {need.get_status_display()}，不需要再授权；如仍需融资请新建需求。",
        )


def _check(
    need: Need,
    institutions: Sequence[Organization],
    terms: Terms,
    text: ConsentText,
    *,
    expires_on: date,
    today: date,
) -> None:
    if terms.text_version != text.version:
        raise StateConflict(
            "consent_text_changed",
            f"授权文本已更新为 {text.version} 版（您看到的是 {terms.text_version[:40]} 版）。"
            "请重新阅读后再授权。",
        )
    problems = ProblemList()
    _check_groups(problems, need, terms)
    _check_institutions(problems, need, institutions)
    latest = today + relativedelta(months=LONGEST_MONTHS)
    if not today < expires_on <= latest:
        problems.add(
            "expires_on", "out_of_range", f"到期日 {expires_on} 应晚于今天，且不晚于 {latest}。"
        )
    problems.refuse()


def _check_groups(problems: ProblemList, need: Need, terms: Terms) -> None:
    allowed = {group.value: group.label for group in GROUPS_OF[terms.direction]}
    problems.check_codes("groups", [str(group) for group in terms.groups], allowed)
    if not terms.groups:
        problems.add("groups", "required", "请至少选择一项信息范围。")
    if FieldGroup.CONTACT not in terms.groups:
        return
    if not need.contact_name:
        problems.add("groups", "contact_missing", "需求尚未填写联系人；请先填写，或不选联系人。")
    elif not terms.contact_agreed:
        problems.add(
            "contact_agreed",
            "contact_must_agree",
            f"提供联系方式须另经联系人 {need.contact_name} 本人单独同意；未同意的请不选联系人。",
        )


def _check_institutions(
    problems: ProblemList, need: Need, institutions: Sequence[Organization]
) -> None:
    if not 1 <= len(institutions) <= MOST_INSTITUTIONS:
        problems.add(
            "institutions",
            "wrong_number",
            f"共 {len(institutions)} 家机构，应为 1 至 {MOST_INSTITUTIONS} 家。",
        )
    if len({institution.pk for institution in institutions}) != len(institutions):
        problems.add("institutions", "duplicate_code", "同一机构出现多次，请只保留一个。")
    lines = list_lines([institution.pk for institution in institutions])
    excluded = set(
        NamedInstitution.objects.filter(need=need, attitude=Attitude.EXCLUDED).values_list(
            "institution_id", flat=True
        )
    )
    for institution in institutions:
        if institution.kind not in OFFERING_KINDS or not institution.is_active:
            problems.add(
                "institutions", "unknown_institution", f"“{institution}”不是可用的金融机构。"
            )
        elif excluded.intersection(lines[institution.pk]):
            problems.add(
                "institutions",
                "excluded_institution",
                f"需求已注明不对接“{institution}”或其上级；请先修改需求。",
            )
