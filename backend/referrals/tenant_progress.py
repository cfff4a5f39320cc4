"""Where the needs of an incubator's tenant stand, as the firm lets its incubator see it."""

from collections import defaultdict
from typing import Any

from backend.firms.models import Tenancy
from backend.needs.models import Need
from backend.organizations.actors import Actor
from backend.referrals.models import Referral
from backend.referrals.wording import need_sentence


def may_see_progress(actor: Actor, tenancy: Tenancy) -> bool:
    """The tenant's incubator sees progress during the stay, while the firm lets it."""
    return (
        Tenancy.objects.visible_to(actor)
        .current(actor.today)
        .sharing_progress()
        .filter(pk=tenancy.pk)
        .exists()
    )


def list_tenant_progress(*, actor: Actor, tenancy: Tenancy) -> list[dict[str, Any]]:
    """Say where each submitted need stands, and with which institutions; two queries.

    How far, never how much: lines, drawdowns, rates, reasons and documents stay between the firm,
    the institution and the department. Without the firm's leave there is nothing.
    """
    if not may_see_progress(actor, tenancy):
        return []
    needs = list(
        Need.objects.filter(firm=tenancy.firm_id, submitted_at__isnull=False).order_by("-pk")
    )
    referrals: dict[int, list[Referral]] = defaultdict(list)
    rows = Referral.objects.filter(need__in=needs).select_related("institution").order_by("pk")
    for referral in rows:
        referrals[referral.need_id].append(referral)
    return [_describe(need, referrals[need.pk]) for need in needs]


def _describe(need: Need, referrals: list[Referral]) -> dict[str, Any]:
    return {
        "id": need.public_id,
        "code": need.code,
        "status": need.status,
        "status_label": need.get_status_display(),
        "summary": need_sentence(need, referrals),
        "referrals": [
            {
                "institution_name": referral.institution.name,
                "status": referral.status,
                "status_label": referral.get_status_display(),
                "sent_at": referral.sent_at,
                "ended_at": referral.ended_at,
            }
            for referral in referrals
        ],
    }
