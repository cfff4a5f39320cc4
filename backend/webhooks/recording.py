"""Writes down what came of attempts: many at a time, in one short transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F

from backend.journal.enums import EventType
from backend.journal.services import record
from backend.webhooks.enums import DisabledBy, EndpointStatus, ErrorKind, MessageStatus
from backend.webhooks.models import WebhookAttempt, WebhookEndpoint, WebhookMessage
from backend.webhooks.schedule import next_delay, quiet_time
from backend.webhooks.transport import Outcome

GONE_REASON = "接收方回答 410，不再接收。"


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of one claimed message."""

    message_id: int
    endpoint_id: int
    claim_id: UUID
    started_at: datetime
    outcome: Outcome


@transaction.atomic
def record_results(results: Sequence[Result], *, now: datetime) -> None:
    """Write attempts, the new states of their messages and what endpoints show of themselves.

    A result whose lease ran out meanwhile is written too; it moves the message only if it
    delivered it, so that a slow worker undoes nothing that another one did.
    """
    endpoints = _lock_endpoints(results)
    messages = {
        message.pk: message
        for message in WebhookMessage.objects.select_for_update()
        .filter(pk__in=[result.message_id for result in results])
        .order_by("pk")
    }
    WebhookAttempt.objects.bulk_create(
        _attempt(messages[result.message_id], result) for result in results
    )
    _mark_delivered(results, now=now)
    for result in results:
        if result.outcome.error is not None:
            _mark_failed(messages[result.message_id], result, endpoints, now=now)
    _update_endpoints(results, endpoints, now=now)


def _lock_endpoints(results: Iterable[Result]) -> dict[int, WebhookEndpoint]:
    """Lock the endpoints that may change, before their messages, as the services do."""
    failed = {result.endpoint_id for result in results if result.outcome.error is not None}
    delivered = {result.endpoint_id for result in results} - failed
    recovering = set(
        WebhookEndpoint.objects.filter(pk__in=delivered, failing_since__isnull=False).values_list(
            "pk", flat=True
        )
    )
    rows = WebhookEndpoint.objects.select_for_update().filter(pk__in=failed | recovering)
    return {endpoint.pk: endpoint for endpoint in rows.order_by("pk")}


def _attempt(message: WebhookMessage, result: Result) -> WebhookAttempt:
    message.attempts += 1
    outcome = result.outcome
    return WebhookAttempt(
        message=message,
        number=message.attempts,
        started_at=result.started_at,
        duration_ms=outcome.duration_ms,
        status_code=outcome.status_code,
        error_kind=outcome.error or "",
        reply=outcome.reply,
    )


def _mark_delivered(results: Iterable[Result], *, now: datetime) -> None:
    delivered = [result.message_id for result in results if result.outcome.error is None]
    WebhookMessage.objects.filter(pk__in=delivered).update(
        status=MessageStatus.DELIVERED,
        delivered_at=now,
        due_at=None,
        claim_id=None,
        attempts=F("attempts") + 1,
        tries=F("tries") + 1,
        last_error="",
        updated_at=now,
    )


def _mark_failed(
    message: WebhookMessage,
    result: Result,
    endpoints: dict[int, WebhookEndpoint],
    *,
    now: datetime,
) -> None:
    """Put a message back in line, or give it up after its last try."""
    fields = ["attempts", "last_error", "updated_at"]
    message.last_error = result.outcome.error
    is_ours = message.status == MessageStatus.PENDING and message.claim_id == result.claim_id
    if is_ours:
        message.tries += 1
        message.claim_id = None
        _reschedule(message, result.outcome, now=now)
        fields += ["tries", "claim_id", "status", "due_at"]
        if message.status == MessageStatus.FAILED:
            _note_failing(endpoints[result.endpoint_id], now=now)
    message.save(update_fields=fields)


def _note_failing(endpoint: WebhookEndpoint, *, now: datetime) -> None:
    """Let an endpoint show that a message was given up; the journal says it once."""
    if endpoint.failing_since is None:
        endpoint.failing_since = now
        record(
            EventType.WEBHOOK_FAILING,
            subject=endpoint,
            actor=None,
            payload={"organization": str(endpoint.organization.public_id)},
        )


def _reschedule(message: WebhookMessage, outcome: Outcome, *, now: datetime) -> None:
    delay = next_delay(message.public_id, message.tries)
    if delay is None:
        message.status, message.due_at = MessageStatus.FAILED, None
        return
    asked = quiet_time(outcome.status_code, outcome.retry_after, now)
    message.due_at = now + max(delay, asked or timedelta(0))


def _update_endpoints(
    results: Iterable[Result], endpoints: dict[int, WebhookEndpoint], *, now: datetime
) -> None:
    """Let each endpoint show the last that was seen of it."""
    for result in results:
        endpoint = endpoints.get(result.endpoint_id)
        if endpoint is not None:
            _update_endpoint(endpoint, result.outcome, now=now)
    for endpoint in endpoints.values():
        endpoint.save(update_fields=["failing_since", "quiet_until", "updated_at"])


def _update_endpoint(endpoint: WebhookEndpoint, outcome: Outcome, *, now: datetime) -> None:
    if outcome.error is None:
        endpoint.failing_since = None
    asked = quiet_time(outcome.status_code, outcome.retry_after, now)
    if asked:
        endpoint.quiet_until = now + asked
    if outcome.error is ErrorKind.GONE and endpoint.status == EndpointStatus.ACTIVE:
        by = DisabledBy.RECEIVER
        disable(endpoint, by=by, reason=GONE_REASON, now=now)
        record(
            EventType.WEBHOOK_DISABLED,
            subject=endpoint,
            actor=None,
            payload={"organization": str(endpoint.organization.public_id), "by": by.value},
        )


def disable(endpoint: WebhookEndpoint, *, by: DisabledBy, reason: str, now: datetime) -> None:
    """Switch a locked endpoint off and hold what is in line for it."""
    endpoint.status = EndpointStatus.DISABLED
    endpoint.disabled_by, endpoint.disabled_reason, endpoint.disabled_at = by, reason, now
    endpoint.save_revision()
    hold_messages(endpoint, now=now)


def hold_messages(endpoint: WebhookEndpoint, *, now: datetime) -> None:
    """Take an endpoint's messages out of line; only a replay puts them back."""
    endpoint.messages.filter(status=MessageStatus.PENDING).update(
        status=MessageStatus.HELD, due_at=None, claim_id=None, updated_at=now
    )
