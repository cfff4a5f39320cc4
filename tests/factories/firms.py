"""Firms with what is recorded of them."""

from datetime import date
from decimal import Decimal

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from backend.firms.enums import EvaluationKind, EvaluationSource, FactSource
from backend.firms.fact_fields import YEARLY_FIELDS
from backend.firms.models import Fact, Firm, FirmEvaluation, FirmQualification, Tenancy
from backend.firms.traits import keep_traits
from tests.factories.accounts import UserFactory
from tests.factories.organizations import OrganizationFactory


class FirmFactory(DjangoModelFactory):
    """A firm in 长春市南关区 of which nothing else is known; ``profiled`` fills the profile in."""

    class Meta:
        model = Firm

    class Params:
        profiled = factory.Trait(
            industry="C3921",
            founded_on=date(2019, 5, 20),
            declared_stage="growth",
            tech_fields=["electronics"],
            taxpayer_rating="A",
            qualifications_known=True,
            description="演示：光通信器件",
        )

    organization = factory.SubFactory(OrganizationFactory)

    @classmethod
    def _create(cls, model_class: type[Firm], *args: object, **values: object) -> Firm:
        """Keep the history that the services keep."""
        firm = super()._create(model_class, *args, **values)
        keep_traits([firm])
        return firm


class FactFactory(DjangoModelFactory):
    """A figure of a firm; yearly ones are dated at the end of their fiscal year."""

    class Meta:
        model = Fact

    class Params:
        year = 2025

    firm = factory.SubFactory(FirmFactory)
    field = "employees"
    value = Decimal(40)
    fiscal_year = factory.LazyAttribute(lambda fact: fact.year if _is_yearly(fact) else None)
    audited = factory.LazyAttribute(lambda fact: True if _is_yearly(fact) else None)
    as_of = factory.LazyAttribute(
        lambda fact: date(fact.year, 12, 31) if _is_yearly(fact) else date(2026, 6, 30)
    )
    source = FactSource.DECLARED
    recorded_at = factory.LazyFunction(timezone.now)


def _is_yearly(fact: object) -> bool:
    return fact.field in YEARLY_FIELDS


class FirmQualificationFactory(DjangoModelFactory):
    """A qualification of three years."""

    class Meta:
        model = FirmQualification

    firm = factory.SubFactory(FirmFactory, qualifications_known=True)
    code = "high_tech"
    valid_from = date(2024, 11, 1)
    valid_until = date(2027, 11, 1)
    source = FactSource.DEPARTMENT
    recorded_at = factory.LazyFunction(timezone.now)


class FirmEvaluationFactory(DjangoModelFactory):
    """A score of the innovation points of a firm, as the firm recorded it."""

    class Meta:
        model = FirmEvaluation

    firm = factory.SubFactory(FirmFactory)
    kind = EvaluationKind.INNOVATION_SCORE
    evaluator = "演示评价中心"
    evaluated_on = date(2026, 3, 1)
    score = Decimal("81.5")
    scale = Decimal(100)
    document_number = factory.Sequence(lambda number: f"评字 {number} 号")
    source = EvaluationSource.FIRM
    recorded_by = factory.SubFactory(UserFactory)
    recorded_at = factory.LazyFunction(timezone.now)


class TenancyFactory(DjangoModelFactory):
    """A stay that has not ended; ``consented`` lets the incubator speak for the firm."""

    class Meta:
        model = Tenancy

    class Params:
        consented = factory.Trait(
            consented_at=factory.LazyFunction(timezone.now),
            consented_by=factory.SubFactory(UserFactory),
        )

    firm = factory.SubFactory(FirmFactory)
    incubator = factory.SubFactory(OrganizationFactory, incubator=True)
    valid_from = date(2025, 1, 1)
