"""Filed figures: aggregates of institutions and indicators of officers."""

from datetime import date, datetime, timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from backend.filings.enums import Measure, PeriodKind, Unit
from backend.filings.models import Aggregate, Indicator
from tests.factories.accounts import UserFactory
from tests.factories.organizations import OrganizationFactory


def last_month() -> tuple[date, date]:
    """Return the first day of the last month that is over, and of the one after it."""
    until = timezone.localdate().replace(day=1)
    return (until - timedelta(days=1)).replace(day=1), until


class AggregateFactory(DjangoModelFactory):
    """A draft about the last month; ``signed`` signs it."""

    class Meta:
        model = Aggregate

    class Params:
        signed = factory.Trait(
            signed_by=factory.SubFactory(UserFactory),
            signed_at=factory.LazyFunction(timezone.now),
        )

    institution = factory.SubFactory(OrganizationFactory, bank=True)
    period_kind = PeriodKind.MONTH
    period_from = factory.LazyFunction(lambda: last_month()[0])
    period_until = factory.LazyFunction(lambda: last_month()[1])
    firms_served = 12
    loans = 15
    disbursed_yuan = 30_000_000
    balance_yuan = 90_000_000
    prepared_by = factory.SubFactory(UserFactory)
    prepared_at = factory.LazyFunction(timezone.now)


class IndicatorFactory(DjangoModelFactory):
    """Information on firms that was given until yesterday, from a made-up paper."""

    class Meta:
        model = Indicator

    measure = Measure.INFORMATION_GIVEN
    name = "累计向银行提供科技企业相关信息"
    value = 100
    unit = Unit.REFERRALS
    covers_until = factory.LazyFunction(timezone.localdate)
    source = "测试文件〔2026〕1号"
    source_on = factory.LazyFunction(timezone.localdate)
    department = factory.SubFactory(OrganizationFactory, department=True)
    region = factory.SelfAttribute("department.region")
    entered_at: datetime = factory.LazyFunction(timezone.now)
