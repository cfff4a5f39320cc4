"""Needs in every state of their lifecycle."""

import hashlib
from datetime import timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from backend.needs.enums import Attitude, DocumentKind, NeedStatus
from backend.needs.models import NamedInstitution, Need, NeedDocument
from tests.factories.accounts import UserFactory
from tests.factories.firms import FirmFactory
from tests.factories.organizations import OrganizationFactory


class NeedFactory(DjangoModelFactory):
    """A complete draft; traits named after the states lead it further."""

    class Meta:
        model = Need

    class Params:
        submitted = factory.Trait(
            status=NeedStatus.SUBMITTED,
            submitted_at=factory.LazyFunction(timezone.now),
            submitted_by=factory.SubFactory(UserFactory),
        )
        returned = factory.Trait(
            submitted=True,
            status=NeedStatus.RETURNED,
            returned_at=factory.LazyFunction(timezone.now),
            returned_reason="请补充订单合同。",
        )
        open = factory.Trait(
            submitted=True,
            status=NeedStatus.OPEN,
            verified_at=factory.LazyFunction(timezone.now),
            verified_by=factory.SubFactory(UserFactory),
            expires_on=factory.LazyAttribute(lambda need: need.needed_by + timedelta(days=1)),
        )
        in_referral = factory.Trait(open=True, status=NeedStatus.IN_REFERRAL)
        funded = factory.Trait(open=True, status=NeedStatus.FUNDED)
        expired = factory.Trait(open=True, status=NeedStatus.EXPIRED)
        withdrawn = factory.Trait(
            status=NeedStatus.WITHDRAWN, withdrawn_at=factory.LazyFunction(timezone.now)
        )

    firm = factory.SubFactory(FirmFactory)
    code = factory.Sequence(lambda n: f"N2000-{n:06d}")
    financing_types = factory.List(["credit_loan"])
    amount_min_yuan = 1_000_000
    amount_max_yuan = 3_000_000
    term_min_months = 12
    term_max_months = 36
    purposes = factory.List(["working_capital"])
    needed_by = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=60))
    contact_name = "王经理"
    contact_phone = "0431-88880000"


class NamedInstitutionFactory(DjangoModelFactory):
    """A bank that a need prefers."""

    class Meta:
        model = NamedInstitution

    need = factory.SubFactory(NeedFactory)
    institution = factory.SubFactory(OrganizationFactory, bank=True)
    attitude = Attitude.PREFERRED
    position = factory.Sequence(lambda n: n + 1)


class NeedDocumentFactory(DjangoModelFactory):
    """A small PDF of a plan."""

    class Meta:
        model = NeedDocument

    need = factory.SubFactory(NeedFactory)
    kind = DocumentKind.PLAN
    name = "商业计划书.pdf"
    media_type = "application/pdf"
    content = factory.Sequence(lambda n: b"%%PDF-1.7 %d" % n)
    size = factory.LazyAttribute(lambda paper: len(paper.content))
    sha256 = factory.LazyAttribute(lambda paper: hashlib.sha256(paper.content).hexdigest())
    uploaded_by = factory.SubFactory(UserFactory)
