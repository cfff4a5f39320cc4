"""What happens to endpoints and to the messages in line for them."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from backend.common.errors import InvalidInput, StateConflict
from backend.common.problems import ProblemList
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.organizations.actors import Actor
from backend.organizations.models import Organization
from backend.webhooks import policies
from backend.webhooks.addresses import check_url
from backend.webhooks.enums import EndpointStatus, MessageStatus
from backend.webhooks.models import LONGEST_REASON, WebhookEndpoint, WebhookMessage
from backend.webhooks.outbox import wake
from backend.webhooks.recording import disable, hold_messages
from backend.webhooks.registry import subscribable_types
from backend.webhooks.signing import new_secret

MOST_ENDPOINTS = 5
DEFAULT_OVERLAP_HOURS = 24
LONGEST_OVERLAP_HOURS = 7 * 24
LONGEST_REPLAY = timedelta(days=31)


def create_endpoint(
    *, actor: Actor, url: str, event_types: list[str], now: datetime
) -> tuple[WebhookEndpoint, str]:
    """Enter an endpoint and return it with its secret, which is shown this once.

    The address is resolved and checked before anything is written.
    """
    policies.require_can_create(actor)
    _check_types(event_types)
    check_url(url)
    with transaction.atomic():
        # One row to wait at, so that two requests together do not pass the limit.
        organization = Organization.objects.select_for_update().get(pk=actor.organization.pk)
        present = _present(organization)
        if present.count() >= MOST_ENDPOINTS:
            raise StateConflict(
                "too_many_endpoints", f"每个机构最多 {MOST_ENDPOINTS} 个推送端点；请先删除不用的。"
            )
        _check_unused(present, url)
        endpoint = WebhookEndpoint.objects.create(
            organization=organization,
            url=url,
            event_types=sorted(event_types),
            created_by=actor.user,
        )
        secret = _give_secret(endpoint, now=now)
        _record(EventType.WEBHOOK_CREATED, endpoint, actor, event_types=endpoint.event_types)
    return endpoint, secret


def update_endpoint(
    *,
    actor: Actor,
    endpoint: WebhookEndpoint,
    changes: dict[str, Any],
    expected_revision: int | None,
) -> WebhookEndpoint:
    """Change the address or the subscribed events."""
    policies.require_can_edit(actor, endpoint)
    if "event_types" in changes:
        _check_types(changes["event_types"])
    if "url" in changes:
        check_url(changes["url"])
    with transaction.atomic():
        endpoint = _lock(endpoint)
        endpoint.check_revision(expected_revision)
        if "url" in changes:
            others = _present(endpoint.organization).exclude(pk=endpoint.pk)
            _check_unused(others, changes["url"])
        endpoint.url = changes.get("url", endpoint.url)
        endpoint.event_types = sorted(changes.get("event_types", endpoint.event_types))
        endpoint.save_revision(update_fields=["url", "event_types"])
        _record(EventType.WEBHOOK_CHANGED, endpoint, actor, fields=sorted(changes))
    return endpoint


@transaction.atomic
def remove_endpoint(
    *, actor: Actor, endpoint: WebhookEndpoint, expected_revision: int | None, now: datetime
) -> None:
    """Take an endpoint away for good; the record of what was delivered stays."""
    endpoint = _lock(endpoint)
    policies.require_can_edit(actor, endpoint)
    endpoint.check_revision(expected_revision)
    endpoint.status = EndpointStatus.REMOVED
    endpoint.save_revision(update_fields=["status"])
    endpoint.secrets.all().delete()
    hold_messages(endpoint, now=now)
    _record(EventType.WEBHOOK_REMOVED, endpoint, actor)


@transaction.atomic
def enable_endpoint(
    *, actor: Actor, endpoint: WebhookEndpoint, expected_revision: int | None
) -> WebhookEndpoint:
    """Switch an endpoint on; what was held meanwhile goes out only by a replay."""
    endpoint = _lock(endpoint)
    policies.require_can_enable(actor, endpoint)
    endpoint.check_revision(expected_revision)
    if endpoint.status != EndpointStatus.DISABLED:
        raise StateConflict("already_enabled", "推送端点已是启用状态。")
    endpoint.status = EndpointStatus.ACTIVE
    endpoint.disabled_by, endpoint.disabled_reason, endpoint.disabled_at = "", "", None
    endpoint.failing_since = endpoint.quiet_until = None
    endpoint.save_revision()
    _record(EventType.WEBHOOK_ENABLED, endpoint, actor)
    return endpoint


@transaction.atomic
def disable_endpoint(
    *,
    actor: Actor,
    endpoint: WebhookEndpoint,
    reason: str,
    expected_revision: int | None,
    now: datetime,
) -> WebhookEndpoint:
    """Switch an endpoint off; messages are kept from then on and not sent."""
    endpoint = _lock(endpoint)
    policies.require_can_switch(actor, endpoint)
    endpoint.check_revision(expected_revision)
    if endpoint.status != EndpointStatus.ACTIVE:
        raise StateConflict("already_disabled", "推送端点已停用。")
    problems = ProblemList()
    problems.check_length("reason", reason, LONGEST_REASON)
    problems.refuse()
    by = policies.disabling_party(actor)
    disable(endpoint, by=by, reason=reason.strip(), now=now)
    _record(EventType.WEBHOOK_DISABLED, endpoint, actor, by=by.value)
    return endpoint


@transaction.atomic
def rotate_secret(
    *,
    actor: Actor,
    endpoint: WebhookEndpoint,
    overlap_hours: int,
    expected_revision: int | None,
    now: datetime,
) -> tuple[WebhookEndpoint, str]:
    """Replace the secret and return the new one, which is shown this once.

    The old one signs beside it for the hours of overlap; 0 ends it at once, as after a leak.
    """
    endpoint = _lock(endpoint)
    policies.require_can_edit(actor, endpoint)
    endpoint.check_revision(expected_revision)
    if not 0 <= overlap_hours <= LONGEST_OVERLAP_HOURS:
        raise InvalidInput.of(
            "overlap_hours",
            "out_of_range",
            f"过渡时长 {overlap_hours} 小时不可用；应为 0–{LONGEST_OVERLAP_HOURS}。",
        )
    endpoint.secrets.filter(valid_until__isnull=False).delete()
    until = now + timedelta(hours=overlap_hours)
    if overlap_hours:
        endpoint.secrets.update(valid_until=until)
    else:
        endpoint.secrets.all().delete()
    secret = _give_secret(endpoint, now=now)
    endpoint.save_revision(update_fields=[])
    _record(EventType.WEBHOOK_SECRET_ROTATED, endpoint, actor, overlap_hours=overlap_hours)
    return endpoint, secret


@transaction.atomic
def ping_endpoint(*, actor: Actor, endpoint: WebhookEndpoint) -> None:
    """Send a message without meaning, so that the receiver can be tried out."""
    endpoint = _lock(endpoint)
    policies.require_can_edit(actor, endpoint)
    policies.require_active(endpoint)
    _record(EventType.WEBHOOK_PINGED, endpoint, actor)


@transaction.atomic
def replay_message(*, actor: Actor, message: WebhookMessage, now: datetime) -> WebhookMessage:
    """Put one message in line again, whatever became of it; its webhook-id stays."""
    endpoint = _lock(message.endpoint)
    policies.require_can_replay(actor, endpoint)
    _put_in_line(endpoint.messages.filter(pk=message.pk), now=now)
    _record(EventType.WEBHOOK_REPLAYED, endpoint, actor, message=str(message.public_id))
    return WebhookMessage.objects.get(pk=message.pk)


@transaction.atomic
def replay_since(*, actor: Actor, endpoint: WebhookEndpoint, since: datetime, now: datetime) -> int:
    """Put all messages since a moment in line again and return how many.

    Delivered ones are among them: the receiver may have lost what it accepted.
    """
    endpoint = _lock(endpoint)
    policies.require_can_replay(actor, endpoint)
    if not now - LONGEST_REPLAY <= since <= now:
        raise InvalidInput.of(
            "since", "out_of_range", f"起始时间应在最近 {LONGEST_REPLAY.days} 天内。"
        )
    count = _put_in_line(endpoint.messages.filter(created_at__gte=since), now=now)
    _record(EventType.WEBHOOK_REPLAYED, endpoint, actor, since=since.isoformat(), messages=count)
    return count


def _put_in_line(messages: QuerySet[WebhookMessage], *, now: datetime) -> int:
    """Make messages due with all their tries before them; those under way are left alone."""
    count = messages.filter(claim_id__isnull=True).update(
        status=MessageStatus.PENDING, due_at=now, tries=0, updated_at=now
    )
    transaction.on_commit(wake, robust=True)
    return count


def _give_secret(endpoint: WebhookEndpoint, *, now: datetime) -> str:
    row, secret = new_secret(endpoint, now=now)
    row.save()
    return secret


def _lock(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    """Return the endpoint, locked until the transaction ends, with its institution."""
    rows = WebhookEndpoint.objects.select_for_update(of=("self",)).select_related("organization")
    endpoint = rows.get(pk=endpoint.pk)
    if endpoint.status == EndpointStatus.REMOVED:
        raise StateConflict("endpoint_removed", "推送端点已删除。")
    return endpoint


def _present(organization: Organization) -> QuerySet[WebhookEndpoint]:
    return organization.webhook_endpoints.exclude(status=EndpointStatus.REMOVED)


def _check_unused(endpoints: QuerySet[WebhookEndpoint], url: str) -> None:
    """Refuse a second endpoint at one address, which would only hear everything twice."""
    if endpoints.filter(url=url).exists():
        raise StateConflict("endpoint_exists", "该地址已有推送端点。")


def _check_types(event_types: list[str]) -> None:
    problems = ProblemList()
    allowed = {name: name for name in subscribable_types()}
    problems.check_codes("event_types", event_types, allowed)
    problems.refuse()


def _record(event_type: EventType, endpoint: WebhookEndpoint, actor: Actor, **payload: Any) -> None:
    record(
        event_type,
        subject=endpoint,
        actor=actor,
        payload={"organization": str(endpoint.organization.public_id), **payload},
    )
