"""A department with its signers, partner banks with products, and lists at every stage."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone

from backend.catalogue.models import Product
from backend.needs.models import Need
from backend.organizations.actors import Actor
from backend.organizations.enums import Rank, Role
from backend.organizations.models import Organization
from backend.referrals.models import ReferralList
from backend.referrals.services import approval, drafting, sending
from tests.factories.catalogue import ProductFactory
from tests.factories.consents import ConsentFactory
from tests.factories.matches import MatchRunFactory
from tests.factories.needs import NeedFactory
from tests.factories.organizations import OrganizationFactory, make_actor
from tests.factories.partners import AgreementFactory


@dataclass
class Office:
    """A provincial department: an officer who drafts, a head and a leader who sign."""

    officer: Actor
    head: Actor
    leader: Actor
    banks: list[Organization] = field(default_factory=list)
    products: list[Product] = field(default_factory=list)

    @property
    def department(self) -> Organization:
        return self.officer.organization

    def add_bank(self, *, agreed: bool = True, capacity: int | None = None, **product: Any):
        """Take a bank with one product into the mechanism."""
        bank = OrganizationFactory(bank=True, capacity=capacity)
        if agreed:
            AgreementFactory(department=self.department, institution=bank)
        self.banks.append(bank)
        self.products.append(ProductFactory(institution=bank, **product))
        return bank

    def draft(self, **values: Any) -> ReferralList:
        """Match every open need and draft a list from the run."""
        run = MatchRunFactory(actor=self.officer, finished=True)
        return drafting.draft_list(actor=self.officer, match_run=run, now=timezone.now(), **values)

    def submit(self, drafted: ReferralList) -> ReferralList:
        """Sign as 经办."""
        return approval.submit_list(
            actor=self.officer, referral_list=drafted, expected_revision=None, now=timezone.now()
        )

    def approve(self, drafted: ReferralList) -> ReferralList:
        """Lead a draft through the whole chain."""
        approved = self.submit(drafted)
        for signer in (self.head, self.leader):
            approved = approval.approve_list(
                actor=signer, referral_list=approved, expected_revision=None, now=timezone.now()
            )
        return approved

    def send(self, approved: ReferralList, **values: Any) -> sending.Sending:
        """Send an approved list."""
        return sending.send_list(
            **{
                "actor": self.officer,
                "referral_list": approved,
                "expected_revision": None,
                "now": timezone.now(),
                **HEAD,
                **values,
            }
        )

    def draft_and_send(self, **values: Any) -> sending.Sending:
        """All of it at once."""
        return self.send(self.approve(self.draft(**values)))


HEAD = {
    "document_number": "吉科函〔2026〕12号",
    "basis": "企业授权书及战略合作协议",
    "answer_by": timezone.localdate() + timedelta(days=14),
}


def make_office(*, banks: int = 0, **product: Any) -> Office:
    """Return a department with some partner banks."""
    leader = make_actor(organization__department=True, role=Role.DEPARTMENT)
    colleague = {"organization": leader.organization, "role": Role.DEPARTMENT}
    office = Office(
        officer=make_actor(**colleague, rank=Rank.OFFICER),
        head=make_actor(**colleague),
        leader=leader,
    )
    for _ in range(banks):
        office.add_bank(**product)
    return office


def consent_to(needs: Sequence[Need], banks: Sequence[Organization], **values: Any) -> None:
    """Let every need be shown in full to every bank."""
    for need in needs:
        for bank in banks:
            ConsentFactory(need=need, institution=bank, **values)


def open_needs(count: int, **values: Any) -> list[Need]:
    """Return open needs of as many firms."""
    return NeedFactory.create_batch(count, open=True, **values)
