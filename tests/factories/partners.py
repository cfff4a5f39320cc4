"""Contacts and agreements."""

from datetime import date, timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from backend.partners.models import Agreement, Contact, ServiceRegion
from tests.factories.organizations import OrganizationFactory
from tests.factories.reference import RegionFactory


class ContactFactory(DjangoModelFactory):
    """Somebody of a bank who has not said whether they may be named; ``agreed`` says yes."""

    class Meta:
        model = Contact

    class Params:
        agreed = factory.Trait(
            notice_version="2026-01", agreed_at=factory.LazyFunction(timezone.now)
        )
        withdrawn = factory.Trait(
            agreed=True, agreement_withdrawn_at=factory.LazyFunction(timezone.now)
        )

    organization = factory.SubFactory(OrganizationFactory, bank=True)
    name = factory.Sequence(lambda n: f"联系人{n}")
    phone = factory.Sequence(lambda n: f"0431-8{n:07d}")


class AgreementFactory(DjangoModelFactory):
    """An agreement in force between the provincial department and a bank."""

    class Meta:
        model = Agreement

    class Params:
        ended = factory.Trait(
            ended_at=factory.LazyFunction(timezone.now), ended_reason="双方协商终止"
        )
        expired = factory.Trait(valid_from=date(2021, 4, 1), valid_until=date(2024, 4, 1))
        unsigned = factory.Trait(signed_on=None)

    department = factory.SubFactory(OrganizationFactory, department=True)
    institution = factory.SubFactory(OrganizationFactory, bank=True)
    document_number = factory.Sequence(lambda n: f"吉科合〔2026〕{n}号")
    title = "助力科技企业高质量发展战略合作协议"
    signed_on = date(2026, 1, 4)
    valid_from = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=100))
    valid_until = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=900))
    department_unit = "科技金融处"
    institution_unit = "普惠金融部"
    department_contact = factory.SubFactory(
        ContactFactory, agreed=True, organization=factory.SelfAttribute("..department")
    )
    institution_contact = factory.SubFactory(
        ContactFactory, agreed=True, organization=factory.SelfAttribute("..institution")
    )


class ServiceRegionFactory(DjangoModelFactory):
    """A bank's unit serves 长春."""

    class Meta:
        model = ServiceRegion

    organization = factory.SubFactory(OrganizationFactory, bank=True)
    region = factory.SubFactory(RegionFactory, code="220100")
