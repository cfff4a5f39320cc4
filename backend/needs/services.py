"""What happens to a need, from the draft to its end."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from backend.firms.models import Firm
from backend.journal.enums import EventType
from backend.journal.services import record, record_many
from backend.needs import policies, validators
from backend.needs.enums import Attitude, NeedStatus
from backend.needs.lifecycle import NeedAction, next_status, require_editable
from backend.needs.models import NamedInstitution, Need
from backend.organizations.actors import Actor
from backend.organizations.models import Organization

# Unknown texts are stored empty.
_TEXT_FIELDS = frozenset({"dossier", "description", "contact_name", "contact_phone"})
VALUE_FIELDS = _TEXT_FIELDS | {
    "financing_types",
    "amount_min_yuan",
    "amount_max_yuan",
    "term_min_months",
    "term_max_months",
    "max_annual_rate",
    "collateral",
    "purposes",
    "needed_by",
    "open_to_others",
}
_ATTITUDE_OF_FIELD = {
    "preferred_institutions": Attitude.PREFERRED,
    "excluded_institutions": Attitude.EXCLUDED,
}
EXPIRY_BATCH = 500


def lock_need(need: Need) -> Need:
    """Return the need, locked until the transaction ends, with its firm."""
    return Need.objects.select_for_update(of=("self",)).with_firm().get(pk=need.pk)


def next_code(now: datetime) -> str:
    """Return a new need's code: the year and a number that is never used twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('needs_need_number')")
        (number,) = cursor.fetchone()
    return f"N{timezone.localtime(now).year}-{number:06d}"


@transaction.atomic
def create_need(
    *, actor: Actor | None, firm: Firm, values: Mapping[str, Any], today: date, now: datetime
) -> Need:
    """Draft a need; authority to act for the firm need not be proved yet.

    ``actor`` is None when the platform itself loads data. ``values`` may hold
    ``preferred_institutions`` and ``excluded_institutions`` as lists of codes.
    """
    if actor is not None:
        policies.require_can_draft(actor, firm)
    stored = _stored(values)
    validators.check_values(stored, given=stored.keys(), today=today)
    need = Need.objects.create(
        firm=firm, code=next_code(now), created_by=actor.user if actor else None, **stored
    )
    _name_institutions(need, values)
    _record(EventType.NEED_CREATED, need, actor, fields=sorted(values))
    return need


@transaction.atomic
def update_need(
    *, actor: Actor, need: Need, changes: Mapping[str, Any], expected_revision: int | None
) -> Need:
    """Change a draft or a returned need."""
    need = lock_need(need)
    policies.require_can_edit(actor, need)
    need.check_revision(expected_revision)
    require_editable(need.status)
    stored = _stored(changes)
    merged = {name: getattr(need, name) for name in VALUE_FIELDS} | stored
    validators.check_values(merged, given=stored.keys(), today=actor.today)
    for name, value in stored.items():
        setattr(need, name, value)
    _name_institutions(need, changes)
    need.save_revision()
    _record(EventType.NEED_CHANGED, need, actor, fields=sorted(changes))
    return need


@transaction.atomic
def submit_need(
    *,
    actor: Actor | None,
    need: Need,
    expected_revision: int | None,
    today: date,
    now: datetime,
) -> Need:
    """Hand a complete need to the department; the account's authority must be proved."""
    need = lock_need(need)
    if actor is not None:
        policies.require_can_submit(actor, need)
    need.check_revision(expected_revision)
    need.status = next_status(need.status, NeedAction.SUBMIT)
    validators.check_complete(need, today=today)
    need.submitted_at = now
    need.submitted_by = actor.user if actor else None
    need.save_revision()
    _record(EventType.NEED_SUBMITTED, need, actor)
    return need


@transaction.atomic
def return_need(
    *, actor: Actor, need: Need, reason: str, expected_revision: int | None, now: datetime
) -> Need:
    """Send a submitted need back to the firm and say what is missing."""
    need = lock_need(need)
    policies.require_can_verify(actor, need)
    need.check_revision(expected_revision)
    need.status = next_status(need.status, NeedAction.RETURN)
    validators.check_reason("reason", reason, is_required=True)
    need.returned_at = now
    need.returned_reason = reason.strip()
    need.save_revision()
    _record(EventType.NEED_RETURNED, need, actor)
    return need


@transaction.atomic
def verify_need(*, actor: Actor, need: Need, expected_revision: int | None, now: datetime) -> Need:
    """Open a submitted need for matching without a recommendation, where the route allows it."""
    need = lock_need(need)
    policies.require_can_verify(actor, need)
    policies.require_can_verify_directly(actor, need)
    need.check_revision(expected_revision)
    return _open(need, actor, now)


@transaction.atomic
def verify_recommended_need(*, actor: Actor, need: Need, now: datetime) -> Need:
    """Open a submitted need because the last level accepted its recommendation.

    That it did is the caller's knowledge.
    """
    need = lock_need(need)
    policies.require_can_verify(actor, need)
    return _open(need, actor, now, by="recommendation")


def _open(need: Need, actor: Actor, now: datetime, **payload: Any) -> Need:
    """Match a need from now on, until the day after its latest date."""
    need.status = next_status(need.status, NeedAction.VERIFY)
    need.verified_at = now
    need.verified_by = actor.user
    need.expires_on = need.needed_by + timedelta(days=1)
    need.save_revision()
    _record(EventType.NEED_VERIFIED, need, actor, **payload)
    return need


@transaction.atomic
def withdraw_need(
    *,
    actor: Actor,
    need: Need,
    expected_revision: int | None,
    now: datetime,
    reason: str = "",
) -> Need:
    """Take a need back; whatever its state, unless it has ended."""
    need = lock_need(need)
    policies.require_can_withdraw(actor, need)
    need.check_revision(expected_revision)
    before = need.status
    need.status = next_status(need.status, NeedAction.WITHDRAW)
    validators.check_reason("reason", reason, is_required=False)
    need.withdrawn_at = now
    need.withdrawal_reason = reason.strip()
    need.save_revision()
    _record(EventType.NEED_WITHDRAWN, need, actor, before=before)
    return need


def lock_needs(need_ids: Collection[int]) -> dict[int, Need]:
    """Return needs by primary key, locked in one order until the transaction ends."""
    needs = Need.objects.select_for_update(of=("self",)).with_firm().filter(pk__in=need_ids)
    return {need.pk: need for need in needs.order_by("pk")}


def refer_needs(*, actor: Actor | None, needs: Collection[Need], now: datetime) -> None:
    """Put locked open needs in referral, in as few statements as for one.

    Needs that are in referral already stay so. Raises StateConflict for any other state.
    """
    _move(NeedAction.REFER, [n for n in needs if n.status != NeedStatus.IN_REFERRAL], actor, now)


@transaction.atomic
def reopen_need(*, need: Need, actor: Actor | None = None, now: datetime) -> Need:
    """Match a need again after every referral of it has ended without money.

    Whether they have is the caller's knowledge. A need whose latest date has passed meanwhile
    is expired by the next sweep. Raises StateConflict unless the need is in referral.
    """
    need = lock_need(need)
    _move(NeedAction.REOPEN, [need], actor, now)
    return need


def reopen_needs(*, actor: Actor | None, needs: Collection[Need], now: datetime) -> None:
    """Match locked needs again, as `reopen_need` does, in as few statements as for one."""
    _move(NeedAction.REOPEN, needs, actor, now)


_MOVED = {
    NeedAction.REFER: EventType.NEED_REFERRED,
    NeedAction.REOPEN: EventType.NEED_REOPENED,
}


def _move(action: NeedAction, needs: Collection[Need], actor: Actor | None, now: datetime) -> None:
    """Lead locked needs from one status to the same next one."""
    for need in needs:
        need.status = next_status(need.status, action)
        need.revision += 1
    for status in {need.status for need in needs}:
        Need.objects.filter(pk__in=[need.pk for need in needs]).update(
            status=status, revision=F("revision") + 1, updated_at=now
        )
    record_many(
        _MOVED[action],
        ((need, {"code": need.code, "status": need.status.value}) for need in needs),
        actor=actor,
    )


def expire_needs(*, today: date) -> int:
    """Expire the open needs whose latest date has passed; return how many this call expired.

    Needs that somebody else holds are left to the next call.
    """
    expired = 0
    for pk in list(Need.objects.expiring(today).values_list("pk", flat=True)[:EXPIRY_BATCH]):
        with transaction.atomic():
            need = (
                Need.objects.expiring(today)
                .select_for_update(skip_locked=True, of=("self",))
                .filter(pk=pk)
                .first()
            )
            if need is None:
                continue
            need.status = next_status(need.status, NeedAction.EXPIRE)
            need.save_revision(update_fields=["status"])
            _record(EventType.NEED_EXPIRED, need, None)
            expired += 1
    return expired


def _stored(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a need's own values as the columns hold them."""
    return {
        name: "" if values[name] is None and name in _TEXT_FIELDS else values[name]
        for name in VALUE_FIELDS & values.keys()
    }


def _name_institutions(need: Need, values: Mapping[str, Any]) -> None:
    """Replace the lists of institutions that were given; a list not given stays."""
    given = _ATTITUDE_OF_FIELD.keys() & values.keys()
    if not given:
        return
    lists = _named_codes(need) | {field: values[field] or [] for field in given}
    institutions = validators.resolve_institutions(
        preferred=lists["preferred_institutions"], excluded=lists["excluded_institutions"]
    )
    need.named_institutions.all().delete()
    NamedInstitution.objects.bulk_create(
        _named(need, institutions[code], attitude, position)
        for field, attitude in _ATTITUDE_OF_FIELD.items()
        for position, code in enumerate(lists[field], start=1)
    )


def _named_codes(need: Need) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {field: [] for field in _ATTITUDE_OF_FIELD}
    fields = {attitude: field for field, attitude in _ATTITUDE_OF_FIELD.items()}
    rows = need.named_institutions.order_by("position")
    for attitude, code in rows.values_list("attitude", "institution__code"):
        found[fields[Attitude(attitude)]].append(code)
    return found


def _named(
    need: Need, institution: Organization, attitude: Attitude, position: int
) -> NamedInstitution:
    return NamedInstitution(
        need=need, institution=institution, attitude=attitude, position=position
    )


def _record(event_type: EventType, need: Need, actor: Actor | None, **payload: Any) -> None:
    record(
        event_type,
        subject=need,
        actor=actor,
        payload={"code": need.code, "status": NeedStatus(need.status).value, **payload},
    )
