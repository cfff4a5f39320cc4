"""What people are told."""

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from backend.journal.enums import EventType
from backend.journal.models import Event
from backend.notifications.enums import Importance, SubjectKind
from backend.notifications.models import Notification
from tests.factories.organizations import MembershipFactory


class NotificationFactory(DjangoModelFactory):
    """A firm's person is told that a need was verified; give ``subject_id``."""

    class Meta:
        model = Notification

    recipient = factory.SubFactory(MembershipFactory)
    user = factory.SelfAttribute("recipient.user")
    kind = "firm.need_verified"
    subject_type = SubjectKind.NEED
    topic = factory.Sequence(lambda n: f"topic {n}")
    importance = Importance.NORMAL

    @factory.lazy_attribute
    def event(self) -> Event:
        """Record an event that nobody relays."""
        return Event.objects.create(
            type=EventType.NEED_VERIFIED,
            occurred_at=timezone.now(),
            subject_type="need",
            subject_id=self.subject_id,
        )
