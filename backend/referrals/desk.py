"""What lies on the desk of a department's officer: to sign, to reconcile."""

from django.db.models import QuerySet

from backend.common.errors import NotPermitted
from backend.organizations.actors import Actor
from backend.referrals import list_policies
from backend.referrals.enums import ListStatus, OutcomeState
from backend.referrals.models import Drawdown, Referral, ReferralList
from backend.referrals.services.approval import get_chain


def lists_to_sign(actor: Actor) -> QuerySet[ReferralList]:
    """Return the department's lists of which the signature in turn may be the actor's."""
    own = ReferralList.objects.visible_to(actor).filter(
        department=actor.organization, status=ListStatus.IN_APPROVAL
    )
    waiting = list(own.prefetch_related("approvals"))
    chain = get_chain(actor.organization) if waiting else []
    return own.filter(pk__in=[one.pk for one in waiting if _is_in_turn(actor, one, chain)])


def can_sign(actor: Actor, referral_list: ReferralList) -> bool:
    """Tell whether the signature in turn may be the actor's."""
    return lists_to_sign(actor).filter(pk=referral_list.pk).exists()


def contested_outcomes(actor: Actor) -> QuerySet[Drawdown]:
    """Return the reported money that firms see differently and nobody has reconciled."""
    return Drawdown.objects.filter(
        referral__in=Referral.objects.visible_to(actor),
        state=OutcomeState.CONTESTED,
        voided_at__isnull=True,
    )


def _is_in_turn(actor: Actor, referral_list: ReferralList, chain: list) -> bool:
    signatures = [
        one for one in referral_list.approvals.all() if one.round == referral_list.approval_round
    ]
    given = {one.post for one in signatures}
    seat = next((seat for seat in chain if seat.post not in given), None)
    if seat is None:
        return False
    try:
        list_policies.require_can_approve(actor, referral_list)
        list_policies.require_can_sign(
            actor,
            referral_list,
            seat=seat,
            has_signed=any(one.signed_by_id == actor.user.pk for one in signatures),
        )
    except NotPermitted:
        return False
    return True
