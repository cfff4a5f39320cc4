"""What an institution may report on a referral, and the clocks that follow from it."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from backend.catalogue.models import ProductVersion
from backend.common.workdays import HOURS
from backend.consents.disclosure import groups_reported
from backend.consents.enums import FieldGroup
from backend.partners.models import Agreement
from backend.referrals.clocks import Asked, ReferralClock, ReferralFacts, Taken, read_clocks
from backend.referrals.enums import ClockKind, ReferralStatus, Step
from backend.referrals.models import Referral, ReferralStep
from backend.referrals.tracks import TRACKS

# A day that was reported later than it happened counts from its noon: neither end is favoured.
_NOON = time(12, 0)
_LAPSED = frozenset({ReferralStatus.WITHDRAWN, ReferralStatus.EXPIRED})


def list_reporting(referrals: Iterable[Referral], *, day: date) -> dict[int, frozenset[FieldGroup]]:
    """Return what may be reported per referral; one query for any number."""
    pairs = {referral.pk: (referral.need_id, referral.institution_id) for referral in referrals}
    groups = groups_reported(pairs=pairs.values(), day=day)
    return {pk: groups[pair] for pk, pair in pairs.items()}


def steps_of_round(referral: Referral) -> list[ReferralStep]:
    """Return the steps since the referral was sent, or was reopened for the last time."""
    steps = list(referral.steps.all())
    reopened = [index for index, taken in enumerate(steps) if taken.step == Step.REOPENED]
    return steps[reopened[-1] + 1 :] if reopened else steps


def started_at(referral: Referral) -> datetime:
    """Return when the clocks of a referral began to run."""
    reopened = [taken.recorded_at for taken in referral.steps.all() if taken.step == Step.REOPENED]
    return reopened[-1] if reopened else referral.sent_at


def reached_step(referral: Referral) -> Step | None:
    """Return the furthest step of the track in the present round."""
    track = TRACKS[referral.track]
    taken = [Step(row.step) for row in steps_of_round(referral)]
    on_track = [step for step in taken if track.place(step) >= 0]
    return max(on_track, key=track.place, default=None)


def allowed_by(agreement: Agreement) -> dict[ClockKind, int]:
    """Return the working days that an agreement allows, by clock."""
    allowed = {
        ClockKind.ACKNOWLEDGE: agreement.acknowledge_workdays,
        ClockKind.CONTACT: agreement.contact_workdays,
        ClockKind.DECIDE: agreement.decide_workdays,
        ClockKind.READ: agreement.read_workdays,
        ClockKind.ANSWER: agreement.answer_workdays,
    }
    return {kind: days for kind, days in allowed.items() if days is not None}


def promises_of(version: ProductVersion) -> dict[str, Any]:
    """Return what a product states of its own times, as the clocks take it."""
    return {
        "promised_days": version.approval_days,
        "green_approval": bool(version.green_approval),
        "green_disbursement": bool(version.green_disbursement),
    }


def facts_of(referral: Referral) -> ReferralFacts:
    """Gather what the clocks follow from; load steps, documents, agreement and product along."""
    start = started_at(referral)
    return ReferralFacts(
        track=referral.track,
        started_at=start,
        steps=tuple(
            Taken(Step(taken.step), max(start, moment_of(taken.happened_on, taken.recorded_at)))
            for taken in steps_of_round(referral)
        ),
        documents=tuple(
            Asked(document.asked_at, document.given_at)
            for document in referral.documents.all()
            if document.asked_at >= start
        ),
        allowed=allowed_by(referral.agreement),
        **promises_of(referral.product_version),
        ended_at=referral.ended_at if referral.status in _LAPSED else None,
    )


def clocks_of(
    referral: Referral, groups: frozenset[FieldGroup], now: datetime
) -> tuple[ReferralClock, ...]:
    """Return the clocks of a referral; none where the firm lets no progress be reported."""
    if FieldGroup.PROGRESS not in groups:
        return ()
    return read_clocks(facts_of(referral), now)


def moment_of(happened_on: date, recorded_at: datetime) -> datetime:
    """Return the moment that counts for a step: its own, or noon of an earlier day it names."""
    if happened_on >= HOURS.local(recorded_at).date():
        return recorded_at
    return datetime.combine(happened_on, _NOON, tzinfo=HOURS.zone)
