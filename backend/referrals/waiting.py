"""What waits for a firm's own word: money to check, documents to give."""

from django.db.models import Exists, OuterRef, QuerySet

from backend.organizations.actors import Actor
from backend.referrals.enums import OutcomeState
from backend.referrals.models import DocumentRequest, Drawdown, Referral


def drawdowns_to_check(actor: Actor) -> QuerySet[Drawdown]:
    """Return the reported drawdowns of the actor's needs on which the firm has said nothing."""
    seen = Referral.objects.visible_to(actor)
    return (
        Drawdown.objects.filter(
            referral__in=seen.values("pk"),
            voided_at__isnull=True,
            state__in=[OutcomeState.REPORTED, OutcomeState.UNANSWERED],
        )
        .select_related("referral__need", "referral__institution")
        .order_by("drawn_on", "pk")
    )


def documents_to_give(actor: Actor) -> QuerySet[Referral]:
    """Return the referrals at work whose institution waits for documents of the firm."""
    missing = DocumentRequest.objects.filter(referral=OuterRef("pk"), given_at__isnull=True)
    return (
        Referral.objects.visible_to(actor)
        .at_work()
        .filter(Exists(missing))
        .select_related("need", "institution")
        .prefetch_related("documents")
        .order_by("pk")
    )
