"""Requests about a firm's data."""

from datetime import timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from backend.data_requests.enums import RequestKind
from backend.data_requests.models import DataRequest
from tests.factories.accounts import UserFactory
from tests.factories.firms import FirmFactory


class DataRequestFactory(DjangoModelFactory):
    """A correction that waits for its answer; ``late`` was due long ago."""

    class Meta:
        model = DataRequest

    class Params:
        late = factory.Trait(
            due_on=factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=3))
        )

    firm = factory.SubFactory(FirmFactory)
    kind = RequestKind.CORRECTION
    what = "成立日期应为 2019-05-20"
    why = "登记有误"
    requested_by = factory.SubFactory(UserFactory)
    requested_at = factory.LazyFunction(timezone.now)
    due_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=21))
