"""Consents and their texts."""

from datetime import date, timedelta
from hashlib import sha256

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from backend.consents.enums import GROUPS_OF, ROSTER_GROUPS, Channel, Direction, FieldGroup
from backend.consents.models import Consent, ConsentText, Disclosure, RosterConsent
from backend.consents.roster_texts import TEXT_IN_FORCE
from tests.factories.accounts import UserFactory
from tests.factories.firms import FirmFactory
from tests.factories.needs import NeedFactory
from tests.factories.organizations import OrganizationFactory


class ConsentTextFactory(DjangoModelFactory):
    """A wording for the way to institutions."""

    class Meta:
        model = ConsentText
        django_get_or_create = ("direction", "version")

    direction = Direction.TO_INSTITUTION
    version = "2026-01"
    purpose = "融资对接"
    body = factory.LazyAttribute(lambda text: f"测试授权文本 {text.direction} {text.version}")
    sha256 = factory.LazyAttribute(lambda text: sha256(text.body.encode()).hexdigest())
    valid_from = date(2026, 1, 1)


class ConsentFactory(DjangoModelFactory):
    """A firm lets a bank see everything of an open need; traits say otherwise.

    ``reverse`` is the other direction: the bank may report everything to the department.
    """

    class Meta:
        model = Consent

    class Params:
        reverse = factory.Trait(direction=Direction.TO_DEPARTMENT)
        withdrawn = factory.Trait(withdrawn_at=factory.LazyFunction(timezone.now))
        expired = factory.Trait(expires_on=factory.LazyFunction(timezone.localdate))

    need = factory.SubFactory(NeedFactory, open=True)
    institution = factory.SubFactory(OrganizationFactory, bank=True)
    direction = Direction.TO_INSTITUTION
    groups = factory.LazyAttribute(
        lambda consent: [group.value for group in GROUPS_OF[Direction(consent.direction)]]
    )
    contact_person = factory.LazyAttribute(
        lambda consent: consent.need.contact_name if FieldGroup.CONTACT in consent.groups else ""
    )
    text = factory.SubFactory(ConsentTextFactory, direction=factory.SelfAttribute("..direction"))
    granted_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=1))
    granted_by = factory.SubFactory(UserFactory)
    expires_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=180))


class RosterConsentFactory(DjangoModelFactory):
    """A firm lets itself stand on rosters for a bank with all that a roster may say."""

    class Meta:
        model = RosterConsent

    class Params:
        withdrawn = factory.Trait(withdrawn_at=factory.LazyFunction(timezone.now))
        expired = factory.Trait(expires_on=factory.LazyFunction(timezone.localdate))

    firm = factory.SubFactory(FirmFactory)
    institution = factory.SubFactory(OrganizationFactory, bank=True)
    groups = factory.LazyFunction(lambda: [group.value for group in ROSTER_GROUPS])
    purpose = TEXT_IN_FORCE.purpose
    text_version = TEXT_IN_FORCE.version
    text_sha256 = TEXT_IN_FORCE.sha256
    granted_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=1))
    granted_by = factory.SubFactory(UserFactory)
    expires_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=180))


class DisclosureFactory(DjangoModelFactory):
    """A bank was shown a firm's name through the API."""

    class Meta:
        model = Disclosure

    consent = factory.SubFactory(ConsentFactory)
    need = factory.SelfAttribute("consent.need")
    firm = factory.SelfAttribute("need.firm")
    institution = factory.SelfAttribute("consent.institution")
    user = factory.SubFactory(UserFactory)
    channel = Channel.API
    fields = factory.List(["firm_name", "uscc"])
    shown_at = factory.LazyFunction(timezone.now)
