"""Referrals with their clocks as they stood at the end of a day; a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from backend.common.workdays import SHANGHAI
from backend.consents.enums import Direction, FieldGroup
from backend.consents.models import Consent
from backend.organizations.models import Organization
from backend.referrals.clocks import (
    Asked,
    ReferralClock,
    ReferralFacts,
    Taken,
    read_clocks,
)
from backend.referrals.enums import ClockKind, ReferralStatus, Step
from backend.referrals.models import DocumentRequest, Referral, ReferralStep
from backend.referrals.reporting import moment_of
from backend.referrals.tracks import TRACKS
from backend.reports.scope import Scope
from backend.reports.units import units_on

# What is counted; promises of green channels are measured with the product.
KINDS = (
    ClockKind.ACKNOWLEDGE,
    ClockKind.CONTACT,
    ClockKind.DECIDE,
    ClockKind.READ,
    ClockKind.ANSWER,
)
_LAPSED = frozenset({ReferralStatus.WITHDRAWN, ReferralStatus.EXPIRED})
_COLUMNS = (
    "pk",
    "need_id",
    "institution_id",
    "unit_id",
    "product_version_id",
    "product_version__product_id",
    "product_version__approval_days",
    "track",
    "sent_at",
    "status",
    "ended_at",
    "product_version__green_quota",
    "product_version__green_approval",
    "product_version__green_disbursement",
    "need__amount_min_yuan",
    "need__amount_max_yuan",
    "agreement__acknowledge_workdays",
    "agreement__contact_workdays",
    "agreement__decide_workdays",
    "agreement__read_workdays",
    "agreement__answer_workdays",
)


_GREEN = Q(product_version__green_quota=True) | (
    Q(product_version__approval_days__isnull=False)
    & (Q(product_version__green_approval=True) | Q(product_version__green_disbursement=True))
)
_CLOCKS = _COLUMNS.index("agreement__acknowledge_workdays")
_STEPS = {step.value: step for step in Step}


class _Row(NamedTuple):
    pk: int
    need: int
    institution: int
    unit: int
    version: int
    product: int
    approval_days: int | None
    track: str
    sent_at: datetime
    status: str
    ended_at: datetime | None
    green_quota: bool | None
    green_approval: bool | None
    green_disbursement: bool | None
    low: int | None
    high: int | None
    acknowledge: int | None
    contact: int | None
    decide: int | None
    read: int | None
    answer: int | None


class _Step(NamedTuple):
    step: Step
    happened_on: date
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Measured:
    """A referral sent in the period: where it is, its clocks, and how its last round ended.

    ``reasons`` is None unless it stands declined; it is empty where the firm let none pass.
    """

    pk: int
    institution: int
    unit: int
    product: int
    approval_days: int | None
    clocks: Mapping[ClockKind, ReferralClock]
    is_approved: bool = False
    reasons: tuple[str, ...] | None = None
    asked_yuan: int | None = None
    has_quota: bool = False

    @property
    def decided_days(self) -> int | None:
        """The working days that the decision took, as its clock counts them; None without one."""
        clock = self.clocks.get(ClockKind.DECIDE)
        return None if clock is None or clock.stopped_at is None else clock.elapsed


@dataclass(frozen=True, slots=True)
class _Loaded:
    rows: list[_Row]
    steps: Mapping[int, list[_Step]]
    documents: Mapping[int, list[Asked]]
    reasons: Mapping[int, tuple[str, ...]]
    units: Mapping[int, int]
    consents: "Consents"


@dataclass(frozen=True, slots=True)
class Consents:
    """Since when and until when a firm let an institution report progress on a need."""

    spans: dict[tuple[int, int], list[tuple[datetime, datetime]]] = field(default_factory=dict)
    above: dict[int, int | None] = field(default_factory=dict)

    def allowed(self, need: int, institution: int, start: datetime, end: datetime) -> bool:
        """Tell whether one was live at some time in between; one given above covers a unit."""
        place: int | None = institution
        while place is not None:
            for begins, ends in self.spans.get((need, place), ()):
                if begins <= end and ends > start:
                    return True
            place = self.above.get(place)
        return False


def load_measured(
    scope: Scope, *, only_decided: bool = False, only_green: bool = False
) -> list[Measured]:
    """Measure the referrals that were sent in the period and on which progress may be reported.

    A clock that has stopped counts if a consent was live while it ran, one that has not only if
    a consent is live at the end of the day. The promises of green channels are measured where
    these alone are asked for.
    """
    loaded = _load(scope, only_green=only_green)
    return [
        one
        for row in loaded.rows
        if (one := _measure(row, loaded, scope.cutoff, only_decided, only_green)) is not None
    ]


def _measure(
    row: _Row, loaded: _Loaded, cutoff: datetime, only_decided: bool, with_promises: bool
) -> Measured | None:
    start, steps = _round(row, loaded.steps.get(row.pk, []))
    track = TRACKS[row.track]
    declined = any(one.step is Step.DECLINED for one in steps)
    approved = not declined and any(track.has_reached(one.step, track.decided) for one in steps)
    if only_decided and not (approved or declined):
        return None
    consents, last = loaded.consents, cutoff - timedelta(microseconds=1)
    is_live = consents.allowed(row.need, row.institution, last, last)
    if not is_live and not consents.allowed(row.need, row.institution, start, last):
        return None
    facts = ReferralFacts(
        track=row.track,
        started_at=start,
        steps=tuple(
            Taken(one.step, max(start, moment_of(one.happened_on, one.recorded_at)))
            for one in steps
        ),
        documents=tuple(asked for asked in loaded.documents.get(row.pk, ()) if asked.at >= start),
        allowed=_allowed(row[_CLOCKS:]),
        promised_days=row.approval_days,
        green_approval=with_promises and bool(row.green_approval),
        green_disbursement=with_promises and bool(row.green_disbursement),
        ended_at=row.ended_at if row.status in _LAPSED else None,
    )
    clocks = {
        clock.kind: clock
        for clock in read_clocks(facts, last)
        if clock.stopped_at is not None or is_live
    }
    return Measured(
        pk=row.pk,
        institution=row.institution,
        unit=loaded.units.get(row.pk, row.unit),
        product=row.product,
        approval_days=row.approval_days,
        clocks=clocks,
        is_approved=approved,
        reasons=loaded.reasons.get(row.pk, ()) if declined else None,
        asked_yuan=row.low if row.high is None else row.high,
        has_quota=bool(row.green_quota),
    )


@lru_cache(maxsize=1_024)
def _allowed(workdays: tuple[int | None, ...]) -> Mapping[ClockKind, int]:
    """Return the working days by clock; agreements mostly allow the same."""
    pairs = zip(KINDS, workdays, strict=True)
    return MappingProxyType({kind: days for kind, days in pairs if days is not None})


def _round(row: _Row, steps: list[_Step]) -> tuple[datetime, list[_Step]]:
    """Return when the last round began, and its steps."""
    for index in range(len(steps) - 1, -1, -1):
        if steps[index].step is Step.REOPENED:
            return steps[index].recorded_at, steps[index + 1 :]
    return row.sent_at, steps


def sent_in_period(scope: Scope, *, only_green: bool = False) -> QuerySet[Referral]:
    """Return the referrals that were sent in the period, or those with a green channel."""
    rows = scope.referrals().filter(sent_at__date__gte=scope.start, sent_at__date__lt=scope.end)
    return rows.filter(_GREEN) if only_green else rows


def _load(scope: Scope, *, only_green: bool) -> _Loaded:
    in_period = sent_in_period(scope, only_green=only_green)
    keys = in_period.values("pk")
    steps: dict[int, list[_Step]] = defaultdict(list)
    recorded = ReferralStep.objects.filter(recorded_at__lt=scope.cutoff, referral__in=keys)
    for pk, step, happened_on, at in recorded.order_by("pk").values_list(
        "referral_id", "step", "happened_on", "recorded_at"
    ):
        steps[pk].append(_Step(_STEPS[step], happened_on, at))
    declines = recorded.filter(step=Step.DECLINED).order_by("pk")
    reasons = {
        pk: tuple(data.get("reasons", ()))
        for pk, data in declines.values_list("referral_id", "data")
    }
    documents: dict[int, list[Asked]] = defaultdict(list)
    asked = DocumentRequest.objects.filter(asked_at__lt=scope.cutoff, referral__in=keys)
    for pk, at, given in asked.values_list("referral_id", "asked_at", "given_at"):
        documents[pk].append(Asked(at, given if given and given < scope.cutoff else None))
    rows = [_Row(*values) for values in in_period.order_by("pk").values_list(*_COLUMNS)]
    consents = _load_consents(scope, in_period.values("need_id"))
    return _Loaded(rows, steps, documents, reasons, units_on(scope), consents)


def _load_consents(scope: Scope, needs: Any) -> Consents:
    spans: dict[tuple[int, int], list[tuple[datetime, datetime]]] = defaultdict(list)
    for need, institution, begins, ends in _spans(scope, needs):
        spans[need, institution].append((begins, ends))
    above = dict(Organization.objects.filter(parent__isnull=False).values_list("pk", "parent_id"))
    return Consents(dict(spans), above)


def _spans(scope: Scope, needs: Any) -> Iterator[tuple[int, int, datetime, datetime]]:
    rows = Consent.objects.filter(
        direction=Direction.TO_DEPARTMENT,
        groups__contains=[FieldGroup.PROGRESS],
        granted_at__lt=scope.cutoff,
        need__in=needs,
    ).values_list(
        "need_id", "institution_id", "granted_at", "withdrawn_at", "replaced_at", "expires_on"
    )
    for need, institution, begins, withdrawn, replaced, expires_on in rows:
        expiry = datetime.combine(expires_on, time(0), tzinfo=SHANGHAI)
        yield need, institution, begins, min(filter(None, (withdrawn, replaced, expiry)))
