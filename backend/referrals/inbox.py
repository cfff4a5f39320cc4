"""An institution's inbox: its parts by what is to be done, and how much lies in each."""

from datetime import date

from django.db import models
from django.db.models import Count, Q, QuerySet

from backend.common.workdays import add_workdays, first_workday
from backend.organizations.actors import Actor
from backend.referrals.enums import ENDED, ReferralStatus
from backend.referrals.models import Referral

# Due today or on the next working day; from a day of rest, both count from the first one worked.
_SOON_WORKDAYS = 1


class InboxPart(models.TextChoices):
    """What somebody looks for in the inbox; the parts overlap."""

    NEW = "new", "待受理"
    SOON = "soon", "将到期"
    LATE = "late", "已逾期"
    UNREAD = "unread", "未读"
    WORK = "work", "办理中"
    ENDED = "ended", "已办结"
    ALL = "all", "全部"


def lies_in(part: InboxPart, *, today: date) -> Q:
    """Say "lies in this part of the inbox"; unread marks have to be annotated."""
    at_work = ~Q(status__in=sorted(ENDED))
    last = add_workdays(first_workday(today).day, _SOON_WORKDAYS).day
    return {
        InboxPart.NEW: Q(status=ReferralStatus.SENT),
        InboxPart.SOON: at_work & Q(next_due_on__gte=today, next_due_on__lte=last),
        InboxPart.LATE: at_work & Q(next_due_on__lt=today),
        InboxPart.UNREAD: at_work & Q(is_unread=True),
        InboxPart.WORK: at_work & ~Q(status=ReferralStatus.SENT),
        InboxPart.ENDED: ~at_work,
        InboxPart.ALL: Q(),
    }[part]


def inbox_of(actor: Actor) -> QuerySet[Referral]:
    """Return the referrals that an institution's unit works on, with the reader's unread marks."""
    return Referral.objects.visible_to(actor).with_unread_of(actor.user)


def count_parts(actor: Actor) -> dict[str, int]:
    """Count every part of the inbox, in one query."""
    return inbox_of(actor).aggregate(
        **{
            part.value: Count("pk", filter=lies_in(part, today=actor.today))
            if part is not InboxPart.ALL
            else Count("pk")
            for part in InboxPart
        }
    )
