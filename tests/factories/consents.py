"""Consents in both directions."""

import hashlib
from datetime import date, timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from backend.consents.enums import GROUPS_OF, Direction
from backend.consents.models import Consent, ConsentText
from tests.factories.accounts import UserFactory
from tests.factories.needs import NeedFactory
from tests.factories.organizations import OrganizationFactory


class ConsentTextFactory(DjangoModelFactory):
    """The wording for passing a firm's data to an institution."""

    class Meta:
        model = ConsentText
        django_get_or_create = ("direction", "version")

    direction = Direction.TO_INSTITUTION
    version = "test-1"
    purpose = "融资需求对接"
    body = "同意将所选范围的信息提供给所选机构，用于本次融资对接。"
    sha256 = factory.LazyAttribute(lambda text: hashlib.sha256(text.body.encode()).hexdigest())
    valid_from = date(2026, 1, 1)


class ConsentFactory(DjangoModelFactory):
    """A standing consent that covers everything of its direction.

    ``reporting`` is the other direction, ``withdrawn`` and ``expired`` have ended.
    """

    class Meta:
        model = Consent

    class Params:
        reporting = factory.Trait(direction=Direction.TO_DEPARTMENT)
        withdrawn = factory.Trait(
            withdrawn_at=factory.LazyFunction(timezone.now),
            withdrawn_by=factory.SubFactory(UserFactory),
        )
        expired = factory.Trait(expires_on=factory.LazyFunction(timezone.localdate))

    need = factory.SubFactory(NeedFactory, open=True)
    institution = factory.SubFactory(OrganizationFactory, bank=True)
    direction = Direction.TO_INSTITUTION
    groups = factory.LazyAttribute(lambda consent: list(GROUPS_OF[consent.direction]))
    text = factory.SubFactory(ConsentTextFactory, direction=factory.SelfAttribute("..direction"))
    granted_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=30))
    granted_by = factory.SubFactory(UserFactory)
    expires_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=365))
