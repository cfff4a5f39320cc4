"""Delivers what is due: claims, calls and records, with many calls at a time.

Only this thread speaks to the database; the others only call. Nothing is held open across a
call: a claim is a lease, and what a killed worker held is due again when it ends.
"""

import queue
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import connection
from django.utils import timezone

from backend.common.errors import InvalidInput
from backend.webhooks.addresses import Resolver, parse_url, resolve
from backend.webhooks.enums import EndpointStatus, ErrorKind, MessageStatus
from backend.webhooks.models import WebhookEndpoint, WebhookMessage
from backend.webhooks.recording import Result, record_results
from backend.webhooks.signing import SecretUnavailableError, live_secrets, signed_headers
from backend.webhooks.transport import TOTAL_SECONDS, Channel, Outcome

# One run at a time in the whole platform: the other workers stay free for everything else.
_LOCK = 0x776562686F6F6B  # "webhook"
_MOST_RUNS = 4
_KEEPS_WAITING = frozenset({ErrorKind.TIMEOUT, ErrorKind.CONNECT, ErrorKind.NAME})


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one run takes on; none changes what is delivered, only how fast.

    ``lease`` outlasts a run that starts its last call at the end of ``starts_for``.
    """

    threads: int = 32
    most_per_endpoint: int = 4
    claimed_per_endpoint: int = 16
    recorded_at_once: int = 64
    linger_seconds: float = 0.02
    poll_seconds: float = 0.25
    starts_for: timedelta = timedelta(seconds=15)
    lease: timedelta = timedelta(seconds=60)
    total_seconds: float = TOTAL_SECONDS


@dataclass(slots=True)
class _Lane:
    """One endpoint in this run: what waits, what is under way, how many at a time."""

    endpoint: WebhookEndpoint
    secrets: list[bytes] | None
    channel: Channel | None
    width: int = 1
    waiting: deque[WebhookMessage] = field(default_factory=deque)
    under_way: int = 0

    def learn(self, outcome: Outcome, most: int) -> None:
        """Widen with every success; a receiver that keeps us waiting gets one call at a time."""
        if outcome.error in _KEEPS_WAITING:
            self.width = 1
        elif outcome.error is None:
            self.width = min(self.width * 2, most)


class Runner:
    """One run over the due messages."""

    def __init__(
        self,
        *,
        clock: Callable[[], datetime] = timezone.now,
        limits: Limits | None = None,
        resolver: Resolver = resolve,
    ) -> None:
        self._clock = clock
        self._limits = limits or Limits()
        self._resolver = resolver
        self._claim_id: UUID = uuid4()
        self._lanes: dict[int, _Lane] = {}
        self._channels: list[Channel] = []
        self._results: queue.SimpleQueue[Result] = queue.SimpleQueue()
        self._under_way = 0
        self._recorded = 0

    def run(self) -> int:
        """Deliver until nothing is due or the time to start calls is over; count the attempts."""
        stop_at = self._clock() + self._limits.starts_for
        with ThreadPoolExecutor(self._limits.threads, "webhook") as pool:
            try:
                self._work(pool, stop_at)
            finally:
                self._release_waiting()
        self._close_channels()
        return self._recorded

    def _work(self, pool: ThreadPoolExecutor, stop_at: datetime) -> None:
        next_claim, found = self._clock(), True
        while True:
            now = self._clock()
            may_start = now < stop_at
            is_idle = not self._under_way and not self._waiting()
            if may_start and (now >= next_claim or is_idle or (found and self._runs_dry())):
                self._drop_disabled()
                found = self._claim(now)
                next_claim = now + timedelta(seconds=self._limits.poll_seconds)
                if is_idle and not found:
                    return
            if may_start:
                self._start_calls(pool)
            elif not self._under_way:
                return
            self._record(self._collect())

    def _close_channels(self) -> None:
        for channel in self._channels:
            channel.close()

    def _runs_dry(self) -> bool:
        """Tell whether the free threads will soon have nothing to do."""
        return self._waiting() < self._limits.threads

    def _waiting(self) -> int:
        return sum(len(lane.waiting) for lane in self._lanes.values())

    def _claim(self, now: datetime) -> bool:
        """Lease due messages of the endpoints that have room; tell whether there were any."""
        room = self._limits.claimed_per_endpoint
        busy = [pk for pk, lane in self._lanes.items() if len(lane.waiting) >= room // 2]
        claimed = WebhookMessage.objects.claim(
            claim_id=self._claim_id,
            now=now,
            lease_until=now + self._limits.lease,
            busy=busy,
            per_endpoint=room,
            limit=self._limits.threads * 8,
        )
        if not claimed:
            return False
        messages = WebhookMessage.objects.filter(pk__in=claimed).order_by("pk")
        for message in messages.select_related("endpoint").prefetch_related("endpoint__secrets"):
            self._lane_of(message.endpoint, now).waiting.append(message)
        return True

    def _lane_of(self, endpoint: WebhookEndpoint, now: datetime) -> _Lane:
        """Return an endpoint's lane, prepared anew when its address or secret was changed."""
        lane = self._lanes.get(endpoint.pk)
        if lane is None:
            lane = self._lanes[endpoint.pk] = self._open(endpoint, now)
        elif lane.endpoint.revision != endpoint.revision:
            renewed = self._open(endpoint, now)
            lane.endpoint, lane.secrets = renewed.endpoint, renewed.secrets
            lane.channel = renewed.channel
        return lane

    def _drop_disabled(self) -> None:
        """Let go of what waits for endpoints that were switched off since it was claimed."""
        waiting = [pk for pk, lane in self._lanes.items() if lane.waiting]
        if not waiting:
            return
        off = WebhookEndpoint.objects.filter(pk__in=waiting).exclude(status=EndpointStatus.ACTIVE)
        for pk in off.values_list("pk", flat=True):
            self._release(self._lanes[pk])

    def _open(self, endpoint: WebhookEndpoint, now: datetime) -> _Lane:
        """Prepare an endpoint for this run; its address is checked again."""
        try:
            secrets = live_secrets(endpoint, endpoint.secrets.all(), now=now)
        except SecretUnavailableError:
            secrets = None
        try:
            channel = Channel(
                parse_url(endpoint.url),
                connections=self._limits.most_per_endpoint,
                resolver=self._resolver,
                total_seconds=self._limits.total_seconds,
            )
        except InvalidInput:  # allowed when it was entered, no longer by the settings of today
            channel = None
        else:
            self._channels.append(channel)
        return _Lane(endpoint, secrets, channel)

    def _start_calls(self, pool: ThreadPoolExecutor) -> None:
        """Hand out calls in turn, one endpoint after another, while threads are free."""
        lanes = deque(lane for lane in self._lanes.values() if lane.waiting)
        while lanes and self._under_way < self._limits.threads:
            lane = lanes.popleft()
            if lane.under_way >= lane.width:
                continue
            message = lane.waiting.popleft()
            lane.under_way += 1
            self._under_way += 1
            pool.submit(self._call, lane, message)
            if lane.waiting:
                lanes.append(lane)

    def _call(self, lane: _Lane, message: WebhookMessage) -> None:
        """Make one call; runs in a thread of the pool and touches no database."""
        started_at = self._clock()
        try:
            outcome = _send(lane, message, started_at)
        except Exception as error:  # noqa: BLE001 - a defect must not swallow the message
            outcome = Outcome(ErrorKind.PROTOCOL, 0, reply=type(error).__name__)
        self._results.put(
            Result(message.pk, message.endpoint_id, self._claim_id, started_at, outcome)
        )

    def _collect(self) -> list[Result]:
        """Wait a moment for results, and a little longer for those that come right after."""
        if not self._under_way:
            return []
        try:
            found = [self._results.get(timeout=self._limits.poll_seconds)]
        except queue.Empty:
            return []
        until = time.monotonic() + self._limits.linger_seconds
        while len(found) < min(self._limits.recorded_at_once, self._under_way):
            try:
                found.append(self._results.get(timeout=max(0.0, until - time.monotonic())))
            except queue.Empty:
                break
        return found

    def _record(self, results: Sequence[Result]) -> None:
        if not results:
            return
        for result in results:
            lane = self._lanes[result.endpoint_id]
            lane.under_way -= 1
            lane.learn(result.outcome, self._limits.most_per_endpoint)
        self._under_way -= len(results)
        record_results(results, now=self._clock())
        self._recorded += len(results)
        self._drop_lanes_that_stopped(results)

    def _drop_lanes_that_stopped(self, results: Sequence[Result]) -> None:
        """Give back what waits for endpoints that were disabled or want to be left alone."""
        for result in results:
            outcome = result.outcome
            if outcome.error is ErrorKind.GONE or outcome.retry_after is not None:
                self._release(self._lanes[result.endpoint_id])

    def _release_waiting(self) -> None:
        for lane in self._lanes.values():
            self._release(lane)

    def _release(self, lane: _Lane) -> None:
        """Put messages back in line that were claimed and not called."""
        if not lane.waiting:
            return
        WebhookMessage.objects.filter(
            pk__in=[message.pk for message in lane.waiting],
            claim_id=self._claim_id,
            status=MessageStatus.PENDING,
        ).update(due_at=self._clock(), claim_id=None)
        lane.waiting.clear()


def _send(lane: _Lane, message: WebhookMessage, now: datetime) -> Outcome:
    if lane.channel is None:
        return Outcome(ErrorKind.REFUSED_ADDRESS, 0)
    if not lane.secrets:
        return Outcome(ErrorKind.SECRET, 0)
    headers = signed_headers(
        webhook_id=message.webhook_id, body=message.body, secrets_=lane.secrets, now=now
    )
    return lane.channel.post(message.body.encode(), headers)


def deliver_due(
    *, clock: Callable[[], datetime] = timezone.now, limits: Limits | None = None
) -> int:
    """Deliver what is due unless another worker is at it; return the number of attempts.

    A wake-up that comes while another worker delivers is not lost: that worker looks again
    after it has let go. After a while it leaves the rest to the sweep.
    """
    attempts, runs = 0, 0
    while runs < _MOST_RUNS and WebhookMessage.objects.due(clock()).exists():
        if not _take_turn():
            break
        try:
            done = Runner(clock=clock, limits=limits).run()
        finally:
            _end_turn()
        runs, attempts = runs + 1, attempts + done
        if not done:
            break
    return attempts


def _take_turn() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])


def _end_turn() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
