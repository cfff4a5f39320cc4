"""Changes to tenancies: a stay in an incubator, and the consent to be spoken for."""

from datetime import date, datetime

from django.db import transaction

from backend.common.errors import InvalidInput, StateConflict
from backend.common.problems import ProblemList
from backend.firms import policies
from backend.firms.models import Firm, Tenancy
from backend.firms.services import lock_firm
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.organizations.actors import Actor
from backend.organizations.enums import OrganizationKind
from backend.organizations.models import Organization


def find_incubator(code: str) -> Organization:
    """Return the active incubator that has a code."""
    found = Organization.objects.filter(
        kind=OrganizationKind.INCUBATOR, code=code, is_active=True
    ).first()
    if found is None:
        raise InvalidInput.of(
            "incubator", "unknown_incubator", f"未知或已停用的孵化载体代码“{code[:40]}”。"
        )
    return found


@transaction.atomic
def record_tenancy(
    *,
    actor: Actor | None,
    firm: Firm,
    incubator: Organization,
    valid_from: date,
    valid_until: date | None = None,
) -> Tenancy:
    """Note a firm's stay in an incubator; it gives the incubator no say for the firm yet."""
    firm = lock_firm(firm)
    if actor is not None:
        policies.require_can_edit(actor, firm)
    problems = ProblemList()
    problems.check_period(valid_from, valid_until)
    if incubator.kind != OrganizationKind.INCUBATOR:
        problems.add("incubator", "not_an_incubator", f"“{incubator}”不是孵化载体。")
    problems.refuse()
    if firm.tenancies.filter(incubator=incubator, valid_from=valid_from).exists():
        raise StateConflict("tenancy_exists", "同一入驻日期的入孵记录已存在。")
    tenancy = Tenancy.objects.create(
        firm=firm, incubator=incubator, valid_from=valid_from, valid_until=valid_until
    )
    _note_change(tenancy, actor, change="recorded")
    return tenancy


@transaction.atomic
def set_tenancy_consent(
    *, actor: Actor, tenancy: Tenancy, is_given: bool, now: datetime
) -> Tenancy:
    """Let an incubator speak for the firm, or take that back; the firm alone decides."""
    firm = lock_firm(tenancy.firm)
    policies.require_can_consent(actor, firm)
    tenancy = (
        Tenancy.objects.select_for_update(of=("self",))
        .select_related("incubator")
        .get(pk=tenancy.pk)
    )
    if is_given and tenancy.valid_until is not None and tenancy.valid_until <= actor.today:
        raise StateConflict(
            "tenancy_ended", f"该入孵期已于 {tenancy.valid_until} 结束，不能再授权。"
        )
    if is_given == (tenancy.consented_at is not None):
        return tenancy
    tenancy.consented_at = now if is_given else None
    tenancy.consented_by = actor.user if is_given else None
    tenancy.save()
    tenancy.firm = firm
    _note_change(tenancy, actor, change="consented" if is_given else "consent_withdrawn")
    return tenancy


@transaction.atomic
def set_progress_sharing(
    *, actor: Actor, tenancy: Tenancy, is_given: bool, now: datetime
) -> Tenancy:
    """Let an incubator see where the firm's needs stand, or take that back; the firm decides.

    Less than being spoken for. Giving takes proved authority, taking back does not.
    """
    firm = lock_firm(tenancy.firm)
    if is_given:
        policies.require_can_consent(actor, firm)
    else:
        policies.require_can_take_back(actor, firm)
    tenancy = (
        Tenancy.objects.select_for_update(of=("self",))
        .select_related("incubator")
        .get(pk=tenancy.pk)
    )
    if is_given and tenancy.valid_until is not None and tenancy.valid_until <= actor.today:
        raise StateConflict(
            "tenancy_ended", f"该入孵期已于 {tenancy.valid_until} 结束，不能再授权。"
        )
    if is_given == (tenancy.progress_shared_at is not None):
        return tenancy
    tenancy.progress_shared_at = now if is_given else None
    tenancy.progress_shared_by = actor.user if is_given else None
    tenancy.save()
    tenancy.firm = firm
    _note_change(tenancy, actor, change="progress_shared" if is_given else "progress_hidden")
    return tenancy


def _note_change(tenancy: Tenancy, actor: Actor | None, *, change: str) -> None:
    tenancy.firm.save_revision(update_fields=[])
    record(
        EventType.TENANCY_CHANGED,
        subject=tenancy.firm,
        actor=actor,
        payload={"incubator": tenancy.incubator.code, "change": change},
    )
