"""Filters on notifications and mails."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from backend.notifications.enums import Importance, MailChoice, MailStatus
from backend.organizations.permissions import Permission

if TYPE_CHECKING:
    from backend.organizations.actors import Actor

# What nobody read for so long is in the inbox; a mail about it would be no news.
MAILED_WITHIN = timedelta(days=7)
_DID_NOT_ARRIVE = [MailStatus.UNKNOWN, MailStatus.FAILED]


class NotificationQuerySet(models.QuerySet):
    """What people are told."""

    def visible_to(self, actor: Actor) -> Self:
        """Leave what the person is told in the place that they act through."""
        if not actor.has(Permission.NOTIFICATION_VIEW):
            return self.none()
        return self.filter(recipient=actor.membership)

    def unread(self) -> Self:
        """Leave what was not read."""
        return self.filter(read_at__isnull=True)

    def mailable(self, now: datetime) -> Self:
        """Leave what is news to people who can act and have an address."""
        return (
            self.unread()
            .filter(
                created_at__gt=now - MAILED_WITHIN,
                recipient__is_active=True,
                recipient__organization__is_active=True,
                user__is_active=True,
            )
            .exclude(user__email="")
        )

    def for_a_mail_at_once(self) -> Self:
        """Leave the urgent that no mail carries, of people who want it at once or must know."""
        wants = Q(user__mail_preference__isnull=True) | Q(
            user__mail_preference__mail=MailChoice.URGENT
        )
        return self.filter(wants | Q(is_required=True), importance=Importance.URGENT, mail=None)

    def for_a_digest(self) -> Self:
        """Leave what waits for the day's digest, also what an earlier mail did not bring.

        Whoever wants no mail gets what is required.
        """
        at_once = self.model.objects.for_a_mail_at_once().values("pk")
        unwanted = Q(user__mail_preference__mail=MailChoice.OFF, is_required=False)
        return (
            self.filter(Q(mail=None) | Q(mail__status__in=_DID_NOT_ARRIVE))
            .exclude(unwanted)
            .exclude(pk__in=at_once)
        )


class MailQuerySet(models.QuerySet):
    """Mails."""

    def due(self, now: datetime) -> Self:
        """Leave what may be sent now, the oldest first."""
        return self.filter(status=MailStatus.PENDING, due_at__lte=now).order_by("due_at", "pk")

    def abandoned(self, now: datetime) -> Self:
        """Leave what a worker began to send and never reported on."""
        return self.filter(status=MailStatus.SENDING, due_at__lte=now)
