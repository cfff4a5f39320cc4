"""A firm lets itself stand on rosters for an institution, and takes that back."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from dateutil.relativedelta import relativedelta
from django.db import transaction

from backend.common.errors import StateConflict
from backend.common.problems import ProblemList
from backend.consents import policies
from backend.consents.enums import ROSTER_GROUPS, FieldGroup
from backend.consents.models import RosterConsent
from backend.consents.roster_texts import TEXT_IN_FORCE
from backend.consents.services.granting import LONGEST_MONTHS, default_end
from backend.consents.services.standing import lock_firm_consents
from backend.firms.models import Firm
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.organizations.actors import Actor
from backend.organizations.lines import list_lines
from backend.organizations.models import Organization

Pair = tuple[int, int]


@transaction.atomic
def grant_roster_consents(
    *,
    actor: Actor,
    firm: Firm,
    institutions: Sequence[Organization],
    groups: Collection[FieldGroup],
    text_version: str,
    expires_on: date | None = None,
    now: datetime,
) -> list[RosterConsent]:
    """Let a firm stand on rosters for several institutions; another scope replaces the one before.

    The same again is left as it is. Raises `InvalidInput`, `NotPermitted`, `StateConflict`.
    """
    lock_firm_consents(firm)
    policies.require_can_grant(actor, firm)
    expires_on = expires_on or default_end(actor.today)
    if text_version != TEXT_IN_FORCE.version:
        raise StateConflict(
            "consent_text_changed", f"授权文本现为 {TEXT_IN_FORCE.version} 版，请阅读后重新确认。"
        )
    _check(groups, expires_on, actor.today)
    asked = [group.value for group in ROSTER_GROUPS if group in groups]
    return [
        _grant(actor, firm, institution, asked, expires_on, now=now) for institution in institutions
    ]


def _check(groups: Collection[FieldGroup], expires_on: date, today: date) -> None:
    problems = ProblemList()
    if FieldGroup.IDENTITY not in groups or not set(groups) <= set(ROSTER_GROUPS):
        problems.add(
            "groups",
            "not_for_rosters",
            f"名单授权须含 identity，可选：{'、'.join(group.value for group in ROSTER_GROUPS)}。",
        )
    last = today + relativedelta(months=LONGEST_MONTHS)
    if not today < expires_on <= last:
        problems.add(
            "expires_on",
            "out_of_range",
            f"到期日应在今天之后，最长 {LONGEST_MONTHS} 个月（不晚于 {last}）。",
        )
    problems.refuse()


def _grant(
    actor: Actor,
    firm: Firm,
    institution: Organization,
    groups: list[str],
    expires_on: date,
    *,
    now: datetime,
) -> RosterConsent:
    standing = (
        RosterConsent.objects.standing()
        .filter(firm=firm, institution=institution)
        .select_for_update(of=("self",))
        .first()
    )
    if standing is not None:
        same = standing.groups, standing.expires_on, standing.text_version
        if same == (groups, expires_on, TEXT_IN_FORCE.version):
            return standing
        standing.replaced_at = now
        standing.save_revision(update_fields=["replaced_at"])
    granted = RosterConsent.objects.create(
        firm=firm,
        institution=institution,
        groups=groups,
        purpose=TEXT_IN_FORCE.purpose,
        text_version=TEXT_IN_FORCE.version,
        text_sha256=TEXT_IN_FORCE.sha256,
        granted_at=now,
        granted_by=actor.user,
        expires_on=expires_on,
    )
    _note(EventType.ROSTER_CONSENT_GRANTED, granted, actor)
    return granted


@transaction.atomic
def withdraw_roster_consent(
    *, actor: Actor, consent: RosterConsent, now: datetime
) -> RosterConsent:
    """Take back whatever stands for the firm and the institution; repeating changes nothing."""
    policies.require_can_withdraw_for(actor, consent.firm)
    lock_firm_consents(consent.firm)
    standing = (
        RosterConsent.objects.standing()
        .with_parties()
        .filter(firm=consent.firm_id, institution=consent.institution_id)
        .select_for_update(of=("self",))
        .first()
    )
    if standing is None:
        consent.refresh_from_db()
        return consent
    standing.withdrawn_at = max(now, standing.granted_at)
    standing.withdrawn_by = actor.user
    standing.save_revision(update_fields=["withdrawn_at", "withdrawn_by"])
    _note(EventType.ROSTER_CONSENT_WITHDRAWN, standing, actor)
    return standing


def list_roster_consents(
    *, institution_ids: Collection[int], day: date, lock: bool = False
) -> dict[Pair, RosterConsent]:
    """Return the live consent per firm and institution; one to a unit above covers those below.

    The nearest one counts. ``lock`` holds them until the transaction ends, so that a withdrawal
    waits or is seen.
    """
    lines = list_lines(institution_ids)
    above = {pk for line in lines.values() for pk in line}
    live = RosterConsent.objects.live_on(day).filter(institution__in=above)
    rows = live.select_related("firm").order_by("pk")
    if lock:
        rows = rows.select_for_update(of=("self",), no_key=True)
    given = {(one.firm_id, one.institution_id): one for one in rows}
    found: dict[Pair, RosterConsent] = {}
    for unit, line in lines.items():
        for upper in reversed(line):
            found |= {(firm, unit): one for (firm, holder), one in given.items() if holder == upper}
    return found


def _note(event_type: EventType, consent: RosterConsent, actor: Actor) -> None:
    record(
        event_type,
        subject=consent,
        actor=actor,
        payload={
            "firm": str(consent.firm.public_id),
            "institution_code": consent.institution.code,
            "groups": list(consent.groups),
            "text": consent.text_version,
        },
    )
