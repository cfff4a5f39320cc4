"""What referrals do when a need ends, a consent is withdrawn or the catalogue changes."""

from collections.abc import Sequence

from django.utils import timezone

from backend.catalogue.policies import with_upper_units
from backend.consents.disclosure import groups_shown
from backend.consents.enums import Direction
from backend.consents.models import Consent
from backend.journal.enums import EventType
from backend.journal.models import Event
from backend.needs.enums import NeedStatus
from backend.needs.models import Need
from backend.organizations.models import Organization
from backend.referrals.enums import ReassessmentCause, Step
from backend.referrals.models import Referral
from backend.referrals.services.due_days import refresh_due_days
from backend.referrals.services.endings import withdraw_referrals
from backend.referrals.services.reassessing import ask_reassessment

NEED_WITHDRAWN_NOTE = "企业已撤回需求。"
NEED_EXPIRED_NOTE = "需求已过最迟用款日期。"
CONSENT_WITHDRAWN_NOTE = "企业已撤回对本机构的授权。"

REASSESSED_AFTER = {
    EventType.PRODUCT_PUBLISHED: ReassessmentCause.PRODUCT_PUBLISHED,
    EventType.PRODUCT_CLOSED: ReassessmentCause.PRODUCT_CLOSED,
    EventType.POLICY_PUBLISHED: ReassessmentCause.POLICY_PUBLISHED,
    EventType.POLICY_WITHDRAWN: ReassessmentCause.POLICY_WITHDRAWN,
}


def compare_needs_anew(event: Event) -> None:
    """Have the open needs compared anew after an institution changed what it offers.

    What the platform itself loads from a compiled catalogue is no institution's word, and
    would draft a list per product on the first day.
    """
    if event.organization_id is None:
        return
    ask_reassessment(
        event_id=event.public_id,
        cause=REASSESSED_AFTER[EventType(event.type)],
        subject_id=event.subject_id,
        version_number=event.payload.get("version"),
        now=timezone.now(),
    )


def end_with_need(event: Event) -> None:
    """End every referral of a need that was withdrawn or has expired."""
    need = Need.objects.filter(
        public_id=event.subject_id, status__in=[NeedStatus.WITHDRAWN, NeedStatus.EXPIRED]
    ).first()
    if need is None:
        return
    withdrawn = need.status == NeedStatus.WITHDRAWN
    withdraw_referrals(
        need=need,
        reason=NEED_WITHDRAWN_NOTE if withdrawn else NEED_EXPIRED_NOTE,
        step=Step.WITHDRAWN if withdrawn else Step.EXPIRED,
        now=timezone.now(),
    )


def end_with_consent(event: Event) -> None:
    """End the referrals that rested on a consent which was withdrawn.

    A consent that was given anew meanwhile, or one that covers the institution from above, holds.
    What institutions report rests on the other direction, which ends no referral.
    """
    consent = (
        Consent.objects.filter(public_id=event.subject_id, direction=Direction.TO_INSTITUTION)
        .select_related("need", "institution")
        .first()
    )
    if consent is None or consent.withdrawn_at is None:
        return
    now = timezone.now()
    for institution in {
        referral.institution
        for referral in consent.need.referrals.at_work().select_related("institution__parent")
    }:
        pair = (consent.need_id, institution.pk)
        if groups_shown(pairs=[pair], day=timezone.localdate(now))[pair]:
            continue
        if institution.pk == consent.institution_id or _lies_below(institution, consent):
            withdraw_referrals(
                need=consent.need,
                institution=institution,
                reason=CONSENT_WITHDRAWN_NOTE,
                now=now,
            )


def read_clocks_after_consent(event: Event) -> None:
    """Work due days out anew once a firm lets progress be reported, or no longer does."""
    read_clocks_after_consents([event])


def read_clocks_after_consents(events: Sequence[Event]) -> None:
    """Do so for many consents together: most are given before anything is sent."""
    consents = Consent.objects.filter(
        public_id__in={event.subject_id for event in events}, direction=Direction.TO_DEPARTMENT
    )
    refresh_due_days(
        Referral.objects.filter(need__in=consents.values("need_id")), now=timezone.now()
    )


def read_clocks_after_agreement(event: Event) -> None:
    """Work due days out anew after other answer times were agreed."""
    if any(name.endswith("_workdays") for name in event.payload["after"]):
        refresh_due_days(
            Referral.objects.filter(agreement__public_id=event.subject_id), now=timezone.now()
        )


def _lies_below(institution: Organization, consent: Consent) -> bool:
    return any(unit.pk == consent.institution_id for unit in with_upper_units(institution))
