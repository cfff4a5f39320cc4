"""Versions of the ranking model, without the time that fitting takes."""

from datetime import date

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from backend.learning.models import PastSource
from backend.ranking.enums import VersionStatus
from backend.ranking.models import ModelVersion
from tests.factories.accounts import UserFactory


class ModelVersionFactory(DjangoModelFactory):
    """A version that waits for a worker; ``fitted`` has a file that no library would read."""

    class Meta:
        model = ModelVersion

    class Params:
        fitted = factory.Trait(
            status=VersionStatus.TRAINED,
            content=b"not a model",
            sha256="0" * 64,
            data_fingerprint="1" * 64,
            metrics={"outcomes": 300, "funded": 80, "institutions": 6},
            ended_at=factory.LazyFunction(timezone.now),
        )

    number = factory.Sequence(lambda n: n + 1)
    until = date(2026, 7, 1)
    period_end = date(2026, 10, 1)
    weight = 0.5
    asked_by = factory.SubFactory(UserFactory)
    asked_at = factory.LazyFunction(timezone.now)
    woken_at = factory.LazyFunction(timezone.now)


class PastSourceFactory(DjangoModelFactory):
    """A source of outcomes from before the platform, without rows."""

    class Meta:
        model = PastSource

    name = factory.Sequence(lambda n: f"某市对接台账{n}")
    file_name = "台账.xlsx"
    file_digest = "2" * 64
    row_count = 120
    imported_at = factory.LazyFunction(timezone.now)
