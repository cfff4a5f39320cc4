"""Contact persons, agreements and service regions."""

from datetime import timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from backend.partners.models import Agreement, Contact, ServiceRegion
from tests.factories.organizations import OrganizationFactory
from tests.factories.reference import RegionFactory


class ContactFactory(DjangoModelFactory):
    """A person of a bank who agreed to be named; ``unnamed`` did not."""

    class Meta:
        model = Contact

    class Params:
        unnamed = factory.Trait(notice_version="", agreed_at=None)

    organization = factory.SubFactory(OrganizationFactory, bank=True)
    name = factory.Sequence(lambda n: f"联系人{n}")
    phone = factory.Sequence(lambda n: f"0431-8{n:07d}")
    notice_version = "2026-01"
    agreed_at = factory.LazyFunction(timezone.now)


class AgreementFactory(DjangoModelFactory):
    """An agreement in force between a provincial department and a bank.

    ``lapsed`` ran out yesterday, ``ended`` was ended, ``unsigned`` waits for its signature.
    """

    class Meta:
        model = Agreement

    class Params:
        lapsed = factory.Trait(valid_until=factory.LazyFunction(timezone.localdate))
        ended = factory.Trait(
            ended_at=factory.LazyFunction(timezone.now), ended_reason="双方协商终止。"
        )
        unsigned = factory.Trait(signed_on=None)

    department = factory.SubFactory(OrganizationFactory, department=True)
    institution = factory.SubFactory(OrganizationFactory, bank=True)
    document_number = factory.Sequence(lambda n: f"吉科金合〔2026〕{n}号")
    title = "科技金融合作协议"
    signed_on = factory.LazyAttribute(lambda agreement: agreement.valid_from)
    valid_from = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=300))
    valid_until = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=800))
    department_unit = "成果转化与科技金融处"
    institution_unit = "普惠金融部"
    department_contact = factory.SubFactory(
        ContactFactory, organization=factory.SelfAttribute("..department")
    )
    institution_contact = factory.SubFactory(
        ContactFactory, organization=factory.SelfAttribute("..institution")
    )
    second_contact = factory.SubFactory(
        ContactFactory, organization=factory.SelfAttribute("..institution")
    )


class ServiceRegionFactory(DjangoModelFactory):
    """A bank's unit that serves 长春."""

    class Meta:
        model = ServiceRegion

    organization = factory.SubFactory(OrganizationFactory, bank=True)
    region = factory.SubFactory(RegionFactory, code="220100")
