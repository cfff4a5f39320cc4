"""A small province with a history over two years, made of rows alone."""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from backend.needs.enums import NeedStatus
from backend.needs.models import Need
from backend.organizations.actors import Actor
from backend.organizations.enums import Role
from backend.organizations.models import Organization
from backend.referrals.enums import OutcomeState, ReferralStatus, Step
from backend.referrals.models import Drawdown, OutcomeReview, Referral
from tests.factories.catalogue import ProductFactory
from tests.factories.firms import FirmFactory, FirmQualificationFactory, TenancyFactory
from tests.factories.needs import NeedFactory
from tests.factories.organizations import OrganizationFactory, make_actor
from tests.factories.partners import AgreementFactory
from tests.factories.referrals import (
    ApprovedLineFactory,
    DrawdownFactory,
    ReferralStepFactory,
    make_sent,
)

WAY = (Step.ACKNOWLEDGED, Step.CONTACTED, Step.VISITED, Step.APPROVED, Step.DRAWN)
_REVIEWS = (
    OutcomeState.CONFIRMED,
    OutcomeState.CONTESTED,
    OutcomeState.UNANSWERED,
    OutcomeState.RECONCILED,
)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(4), tzinfo=UTC)  # noon in Shanghai


@dataclass
class Province:
    """A department, two banks with a branch, and firms in three counties."""

    officer: Actor
    today: date
    banks: list[Organization] = field(default_factory=list)
    branches: list[Organization] = field(default_factory=list)
    needs: list[Need] = field(default_factory=list)
    dice: random.Random = field(default_factory=lambda: random.Random(2026))

    def add_need(self, day: date, **values: Any) -> Need:
        """A need that was posted on a day and verified two days later."""
        verified = day + timedelta(days=2)
        values.setdefault("needed_by", self.today + timedelta(days=90))
        need = NeedFactory(open=True, submitted_at=noon(day), verified_at=noon(verified), **values)
        self.needs.append(need)
        return need

    def send(self, need: Need, bank: Organization, day: date, **values: Any) -> Referral:
        need.status = NeedStatus.OPEN
        agreement = bank.agreements.first() or AgreementFactory(
            department=self.officer.organization, institution=bank
        )
        product = bank.products.first() or ProductFactory(institution=bank, approval_days=7)
        return make_sent(
            need=need,
            institution=bank,
            agreement=agreement,
            product=product,
            sent_at=noon(day),
            **values,
        )

    def step(self, referral: Referral, step: Step, day: date, late: int = 0, **data: Any) -> None:
        """Record that something happened on a day, perhaps some days later."""
        ReferralStepFactory(
            referral=referral,
            step=step,
            happened_on=day,
            recorded_at=noon(day + timedelta(days=late)),
            data=data,
            user=referral.list_row.referral_list.sent_by,
        )

    def draw(self, referral: Referral, day: date, amount: int, late: int = 0) -> Drawdown:
        return DrawdownFactory(
            referral=referral,
            drawn_on=day,
            amount_yuan=amount,
            recorded_at=noon(day + timedelta(days=late)),
        )

    def review(self, drawdown: Drawdown, state: OutcomeState, day: date, amount: Any) -> None:
        OutcomeReview.objects.create(
            drawdown=drawdown,
            state=state,
            amount_yuan=amount,
            note="核对",
            reviewed_at=noon(day),
        )
        drawdown.state = state
        drawdown.save()

    def live(self, count: int) -> None:
        """Let referrals go some way, in made-up order, recorded at once or days later."""
        dice = self.dice
        for number in range(count):
            need = self.needs[number % len(self.needs)]
            bank = self.banks[(number // len(self.needs)) % len(self.banks)]
            if need.referrals.filter(institution=bank).exists():
                continue
            day = timezone.localdate(need.verified_at) + timedelta(days=dice.randint(1, 9))
            unit = dice.choice([bank, self.branches[self.banks.index(bank)]])
            referral = self.send(need, bank, day, unit=unit)
            self._go(referral, day)

    def _go(self, referral: Referral, day: date) -> None:
        dice = self.dice
        for step in WAY[: dice.choice([0, 2, 4, 5, 5, 5])]:
            day += timedelta(days=dice.randint(0, 12))
            if day > self.today or dice.random() < 0.2:  # skipped
                continue
            late = dice.choice([0, 0, 3, 40])
            self.step(referral, step, day, late)
            if step is Step.APPROVED:
                self._approve(referral, day, late)
            if step is Step.DRAWN:
                self._fund(referral, day, late)

    def _approve(self, referral: Referral, day: date, late: int) -> None:
        at = noon(day + timedelta(days=late))
        later = at + timedelta(days=15)
        replaced = self.dice.random() < 0.4
        ApprovedLineFactory(
            referral=referral,
            approved_on=day,
            recorded_at=at,
            amount_yuan=4_000_000,
            replaced_at=later if replaced else None,
        )
        if replaced:
            ApprovedLineFactory(
                referral=referral,
                approved_on=day + timedelta(days=10),
                recorded_at=later,
                amount_yuan=5_000_000,
            )

    def _fund(self, referral: Referral, day: date, late: int) -> None:
        dice = self.dice
        for number in range(dice.randint(1, 2)):
            drawdown = self.draw(referral, day + timedelta(days=number), 1_000_000 + number, late)
            at = day + timedelta(days=late + dice.randint(1, 30))
            if dice.random() < 0.15:
                Drawdown.objects.filter(pk=drawdown.pk).update(
                    voided_at=noon(at), voided_reason="登记有误"
                )
            elif dice.random() < 0.8:
                state = _REVIEWS[drawdown.pk % len(_REVIEWS)]
                amount = {"confirmed": drawdown.amount_yuan, "reconciled": 400_000}.get(state)
                self.review(drawdown, state, at, amount)
                if state is OutcomeState.CONFIRMED:
                    self.step(referral, Step.CONFIRMED, at)


@pytest.fixture
def province(db) -> Province:
    """Nobody has sent anything yet."""
    officer = make_actor(organization__department=True, role=Role.DEPARTMENT)
    found = Province(officer, timezone.localdate())
    for _ in range(2):
        bank = OrganizationFactory(bank=True)
        found.banks.append(bank)
        found.branches.append(OrganizationFactory(bank=True, parent=bank))
    return found


@pytest.fixture
def lively(province) -> Province:
    """Twelve needs of eight firms over fourteen months, and twenty-four referrals."""
    incubator = OrganizationFactory(incubator=True)
    firms = []
    for number in range(8):
        region = ("220102", "220202", "220104")[number % 3]
        profile = {"industry": "C3921", "declared_stage": "growth"} if number % 4 else {}
        firm = FirmFactory(organization__region__code=region, **profile)
        firms.append(firm)
        if number % 2:
            FirmQualificationFactory(firm=firm)
        if number % 3 == 0:
            FirmQualificationFactory(firm=firm, code="srdi")
            TenancyFactory(firm=firm, incubator=incubator)
    for number in range(12):
        day = province.today - timedelta(days=430 - 35 * number)
        province.add_need(day, firm=firms[number % len(firms)])
    province.live(24)
    assert Referral.objects.count() == 24
    assert ReferralStatus.SENT in Referral.objects.values_list("status", flat=True)
    return province
