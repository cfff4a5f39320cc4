"""The firm's view of its need, and what every reader of a referral is shown beside its row."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from backend.consents.disclosure import describe, record_shown, shown_by
from backend.consents.enums import Channel, Direction, FieldGroup
from backend.consents.grounds import NO_GROUNDS, list_grounds
from backend.needs.models import Need
from backend.organizations.actors import Actor
from backend.referrals.clocks import ReferralClock
from backend.referrals.described import list_described
from backend.referrals.enums import ReferralStatus
from backend.referrals.models import EscalationCase, Referral
from backend.referrals.reporting import clocks_of, list_reporting
from backend.referrals.services.documents import missing_names
from backend.referrals.services.working import mark_seen
from backend.referrals.wording import need_sentence, referral_sentence

# What has ended without money is none of the institution's business any more: its row is masked.
_MASKED = frozenset(
    {
        ReferralStatus.DECLINED,
        ReferralStatus.RETURNED,
        ReferralStatus.WITHDRAWN,
        ReferralStatus.EXPIRED,
    }
)


@dataclass(frozen=True, slots=True)
class ReferralView:
    """What is worked out of a referral for a reader.

    ``described`` is what the institution may know of need and firm, None for whoever sees the
    need itself.
    """

    clocks: tuple[ReferralClock, ...]
    reported: frozenset[FieldGroup]
    sentence: str
    missing_documents: tuple[str, ...]
    described: dict[str, Any] | None


def list_views(
    referrals: Collection[Referral], *, actor: Actor, now: datetime, channel: Channel = Channel.API
) -> dict[int, ReferralView]:
    """Work out what a reader is shown of referrals; a fixed number of queries for any number.

    What an institution is shown of a firm goes into the ledger of disclosures, at every reading.
    """
    today = timezone.localdate(now)
    reporting = list_reporting(referrals, day=today)
    described = (
        describe_to_institution(referrals, actor=actor, now=now, channel=channel)
        if actor.is_institution
        else {}
    )
    views = {}
    for referral in referrals:
        groups = reporting[referral.pk]
        clocks = clocks_of(referral, groups, now)
        views[referral.pk] = ReferralView(
            clocks=clocks,
            reported=groups,
            sentence=referral_sentence(referral, clocks, groups, today),
            missing_documents=tuple(missing_names(referral)),
            described=described.get(referral.pk),
        )
    return views


def describe_to_institution(
    referrals: Iterable[Referral],
    *,
    actor: Actor,
    now: datetime,
    channel: Channel,
    fields: Collection[str] | None = None,
) -> dict[int, dict[str, Any]]:
    """Describe need and firm to an institution, and record what was shown.

    The consent that counts is the one given to the institution that was addressed. ``fields``
    limits what is shown, and so what is recorded.
    """
    today = timezone.localdate(now)
    pairs = {one.pk: (one.need_id, one.institution_id) for one in referrals}
    grounds = list_grounds(pairs.values(), day=today, direction=Direction.TO_INSTITUTION)
    records = list_described({need_id for need_id, _ in pairs.values()}, day=today)
    found, shown = {}, []
    for referral in referrals:
        ground = grounds.get(pairs[referral.pk], NO_GROUNDS)
        if referral.status in _MASKED:
            ground = NO_GROUNDS
        record = records[referral.need_id]
        described = describe(record, ground.groups, institution_code=referral.institution.code)
        if fields is not None:
            described = {name: value for name, value in described.items() if name in fields}
        found[referral.pk] = described
        shown += shown_by(record=record, grounds=ground, description=described)
    record_shown(
        institution=actor.organization, user=actor.user, channel=channel, shown=shown, now=now
    )
    return found


def open_referral(*, referral: Referral, actor: Actor) -> None:
    """Remember that somebody has read a referral as it is now."""
    mark_seen(referral=referral, user_id=actor.user.pk)


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a need stands: a sentence, what was decided to come, and its referrals as read."""

    summary: str
    announcements: tuple[str, ...]
    referrals: tuple[tuple[Referral, ReferralView], ...]


def find_progress(*, need: Need, actor: Actor, now: datetime) -> Progress:
    """Find out where a need stands with each institution; a fixed number of queries."""
    seen = Referral.objects.visible_to(actor).filter(need=need).with_story()
    referrals = list(
        seen.select_related(
            "agreement__institution_contact__organization",
            "agreement__institution_contact__covered_by__organization",
        ).order_by("pk")
    )
    views = list_views(referrals, actor=actor, now=now)
    decided = EscalationCase.objects.filter(
        referral__in=[one.pk for one in referrals], supplement__isnull=False
    ).select_related("next_institution", "referral__institution")
    announcements = [
        f"{case.referral.institution.name}逾期未答复，经办人已同意顺延至"
        f"{case.next_institution.name}，待清单批准后推送。"
        for case in decided
        if not any(one.institution_id == case.next_institution_id for one in referrals)
    ]
    return Progress(
        summary=need_sentence(need, referrals),
        announcements=tuple(announcements),
        referrals=tuple((one, views[one.pk]) for one in referrals),
    )


def describe_progress(*, need: Need, actor: Actor, now: datetime) -> dict[str, Any]:
    """Say where a need stands with each institution and what happens next, in sentences."""
    found = find_progress(need=need, actor=actor, now=now)
    sentences = [view.sentence for _, view in found.referrals]
    said = (found.summary, *sentences, *found.announcements)
    return {
        "id": need.public_id,
        "code": need.code,
        "status": need.status,
        "status_label": need.get_status_display(),
        "summary": found.summary,
        "text": "；".join(part.rstrip("。；") for part in said) + "。",
        "announcements": list(found.announcements),
        "referrals": [
            {
                "id": one.public_id,
                "institution": one.institution.code,
                "institution_name": one.institution.name,
                "status": one.status,
                "status_label": one.get_status_display(),
                "text": view.sentence,
                "missing_documents": list(view.missing_documents),
                "clocks": view.clocks,
            }
            for one, view in found.referrals
        ],
    }
