"""Endpoints and messages to them."""

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from backend.journal.enums import EventType
from backend.journal.models import Event
from backend.webhooks.models import WebhookEndpoint, WebhookMessage, WebhookSecret
from backend.webhooks.signing import new_secret
from tests.factories.organizations import OrganizationFactory


class EndpointFactory(DjangoModelFactory):
    """An active endpoint with a secret, at a public address by number; nothing goes there."""

    class Meta:
        model = WebhookEndpoint
        skip_postgeneration_save = True

    class Params:
        disabled = factory.Trait(
            status="disabled",
            disabled_by="institution",
            disabled_at=factory.LazyFunction(timezone.now),
        )

    organization = factory.SubFactory(OrganizationFactory, bank=True)
    url = factory.Sequence(lambda n: f"https://1.1.1.1/kerong/{n}?token=secret-{n}")
    event_types = factory.LazyFunction(list)

    @factory.post_generation
    def secret(self, create: bool, extracted: object, **kwargs: object) -> WebhookSecret:
        """Give it a secret, as creating one does."""
        row, self.shown_secret = new_secret(self, now=timezone.now())
        row.save()
        return row


class MessageFactory(DjangoModelFactory):
    """A message that is due, about a self-check."""

    class Meta:
        model = WebhookMessage

    class Params:
        failed = factory.Trait(status="failed", due_at=None, attempts=10, tries=10)

    endpoint = factory.SubFactory(EndpointFactory)
    type = "webhook.ping"
    body = '{"type":"webhook.ping"}'
    due_at = factory.LazyFunction(timezone.now)

    @factory.lazy_attribute
    def event(self) -> Event:
        """Record an event that nobody relays."""
        return Event.objects.create(
            type=EventType.WEBHOOK_PINGED,
            occurred_at=timezone.now(),
            subject_type="webhook_endpoint",
            subject_id=self.endpoint.public_id,
            payload={"organization": str(self.endpoint.organization.public_id)},
        )
