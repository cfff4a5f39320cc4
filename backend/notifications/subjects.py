"""The subjects of messages, loaded as the reader may see them now, and the names of firms.

What the reader may not see any more is not found: then the message says so and nothing else.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet

from backend.activities.models import Intent
from backend.catalogue.models import Policy, Product
from backend.consents.enums import Channel
from backend.consents.models import Consent
from backend.data_requests.models import DataRequest
from backend.needs.models import Need
from backend.notifications.enums import SubjectKind
from backend.organizations.actors import Actor
from backend.partners.models import Agreement
from backend.referrals.enums import ReferralStatus
from backend.referrals.models import (
    Drawdown,
    EscalationCase,
    Matter,
    Referral,
    ReferralList,
    Sheet,
)
from backend.referrals.progress import describe_to_institution

Key = tuple[str, UUID]
_FIRM = "need__firm__organization"
_WAITING = Q(referrals__status=ReferralStatus.SENT, referrals__answered_at__isnull=True)


def _needs(actor: Actor) -> QuerySet:
    sent = Referral.objects.select_related("institution", "list_row__referral_list")
    return (
        Need.objects.visible_to(actor)
        .with_firm()
        .prefetch_related(Prefetch("referrals", queryset=sent.order_by("pk")))
    )


def _referrals(actor: Actor) -> QuerySet:
    cases = EscalationCase.objects.select_related("next_institution").order_by("-pk")
    return (
        Referral.objects.visible_to(actor)
        .select_related(_FIRM, "institution", "unit")
        .prefetch_related(
            "documents",
            "lines",
            "need__referrals__institution",
            Prefetch("cases", queryset=cases),
        )
    )


def _of_referral(model: type[Drawdown] | type[Matter], actor: Actor) -> QuerySet:
    seen = Referral.objects.visible_to(actor)
    return model.objects.filter(referral__in=seen.values("pk")).select_related(
        f"referral__{_FIRM}", "referral__institution"
    )


def _matters(actor: Actor) -> QuerySet:
    return Matter.objects.visible_to(actor).select_related(
        f"referral__{_FIRM}", "referral__institution"
    )


def _sheets(actor: Actor) -> QuerySet:
    """Load sheets with ``waiting_count``, the referrals that nobody has answered."""
    return (
        Sheet.objects.visible_to(actor)
        .select_related("institution", "referral_list")
        .defer("content")
        .annotate(waiting_count=Count("referrals", filter=_WAITING))
    )


_LOADERS: dict[str, Callable[[Actor], QuerySet]] = {
    SubjectKind.NEED: _needs,
    SubjectKind.REFERRAL: _referrals,
    SubjectKind.DRAWDOWN: lambda actor: _of_referral(Drawdown, actor),
    SubjectKind.MATTER: _matters,
    SubjectKind.SHEET: _sheets,
    SubjectKind.LIST: lambda actor: ReferralList.objects.visible_to(actor).prefetch_related(
        "approvals"
    ),
    SubjectKind.CONSENT: lambda actor: Consent.objects.visible_to(actor).select_related(
        _FIRM, "institution"
    ),
    SubjectKind.AGREEMENT: lambda actor: Agreement.objects.visible_to(actor).select_related(
        "institution"
    ),
    SubjectKind.PRODUCT: lambda actor: Product.objects.visible_to(actor).select_related(
        "institution", "current_version"
    ),
    SubjectKind.POLICY: lambda actor: Policy.objects.visible_to(actor).select_related(
        "institution"
    ),
    SubjectKind.INTENT: lambda actor: Intent.objects.visible_to(actor).select_related(
        "project", "institution"
    ),
    SubjectKind.DATA_REQUEST: lambda actor: DataRequest.objects.visible_to(actor).for_display(),
}
# Endpoints lie beside this app: their messages say nothing of them and load nothing.
NOT_LOADED = frozenset({SubjectKind.ENDPOINT})


def load_subjects(keys: Iterable[Key], actor: Actor) -> dict[Key, Any]:
    """Return what a reader may see of some subjects; a fixed number of queries per type."""
    wanted: dict[str, set[UUID]] = defaultdict(set)
    for kind, public_id in keys:
        if kind not in NOT_LOADED:
            wanted[kind].add(public_id)
    return {
        (kind, one.public_id): one
        for kind, public_ids in wanted.items()
        for one in _LOADERS[kind](actor).filter(public_id__in=public_ids)
    }


def firm_names(subjects: Collection[Any], *, actor: Actor, now: datetime) -> dict[int, str]:
    """Return the names of the firms of needs that a reader may know, by the need's key.

    To an institution the one policy says so at this moment, and the ledger keeps that it was
    shown. A firm knows itself.
    """
    if actor.is_institution:
        return _disclosed(subjects, actor=actor, now=now)
    if not (actor.is_department or actor.is_incubator):
        return {}
    needs = [need for need in map(need_of, subjects) if need is not None]
    return {need.pk: need.firm.organization.name for need in needs}


def _disclosed(subjects: Collection[Any], *, actor: Actor, now: datetime) -> dict[int, str]:
    referrals = {one.pk: one for one in map(_referral_of, subjects) if one is not None}
    if not referrals:
        return {}
    described = describe_to_institution(
        referrals.values(), actor=actor, now=now, channel=Channel.API, fields={"firm_name"}
    )
    return {
        referrals[pk].need_id: fields["firm_name"]
        for pk, fields in described.items()
        if fields.get("firm_name")
    }


def need_of(subject: Any) -> Need | None:
    """Return the need that a subject belongs to."""
    if isinstance(subject, Need):
        return subject
    return getattr(_referral_of(subject) or subject, "need", None)


def _referral_of(subject: Any) -> Referral | None:
    return subject if isinstance(subject, Referral) else getattr(subject, "referral", None)
