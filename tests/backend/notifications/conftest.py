"""People with mail addresses, and events that are relayed as the worker does."""

from collections.abc import Callable

import pytest
from django.core import mail
from django.utils import timezone

from backend.accounts.models import User
from backend.journal import services as journal
from backend.journal.models import Dispatch, Event
from backend.notifications.models import Notification
from backend.organizations.actors import Actor
from tests.factories.partners import AgreementFactory, ContactFactory
from tests.factories.referrals import ReferralFactory


@pytest.fixture(autouse=True)
def _mail_is_on(settings):
    settings.MAIL_ENABLED = True
    mail.outbox = []


@pytest.fixture
def relay_all(db) -> Callable[[], None]:
    """Hand every recorded event to its subscribers."""

    def relay() -> None:
        for dispatch in Dispatch.objects.filter(relayed_at=None).order_by("pk"):
            assert journal.relay(dispatch_id=dispatch.pk, now=timezone.now())

    return relay


@pytest.fixture
def with_address(db) -> Callable[[Actor], str]:
    """Give somebody a mail address."""

    def give(actor: Actor) -> str:
        address = f"{actor.user.username}@example.com"
        User.objects.filter(pk=actor.user.pk).update(email=address)
        actor.user.email = address
        return address

    return give


@pytest.fixture
def agreement(bank_actor, department_actor):
    """The bank named its manager, the department its own."""
    bank, department = bank_actor.organization, department_actor.organization
    return AgreementFactory(
        department=department,
        institution=bank,
        institution_contact=ContactFactory(organization=bank, user=bank_actor.user, agreed=True),
        department_contact=ContactFactory(
            organization=department, user=department_actor.user, agreed=True
        ),
    )


@pytest.fixture
def referral(firm_actor, bank_actor, agreement):
    """A need of the firm, sent to the bank a moment ago."""
    from tests.factories.firms import FirmFactory
    from tests.factories.needs import NeedFactory

    firm = FirmFactory(organization=firm_actor.organization)
    return ReferralFactory(
        need=NeedFactory(firm=firm, in_referral=True),
        institution=bank_actor.organization,
        agreement=agreement,
    )


@pytest.fixture
def told() -> Callable[[Actor], list[str]]:
    """List the kinds of what somebody was told, the oldest first."""

    def list_kinds(actor: Actor) -> list[str]:
        rows = Notification.objects.filter(recipient=actor.membership).order_by("pk")
        return list(rows.values_list("kind", flat=True))

    return list_kinds


def last_event(event_type: str) -> Event:
    """Return the event of a type that was recorded last."""
    return Event.objects.filter(type=event_type).order_by("pk").last()
