"""Versions of the ranking model, without the time that fitting takes."""

import random
from collections.abc import Iterable
from datetime import date, timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from backend.catalogue.models import Product
from backend.learning.models import PastSource
from backend.ranking.enums import VersionStatus
from backend.ranking.models import ModelVersion
from matching.ranking.learned import Candidate, NeedFacts, Outcome, dump_model, fit_model
from matching.ranking.learned import model_sha256 as sha256_of
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import ProductFactory


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


_OPEN_OF_EQUITY = [
    *("stage", "amount", "region", "industry", "industry_excluded", "tech_field", "purpose"),
    *("qualifications_all", "qualifications_any", "firm_age"),
]
_OPEN = [*_OPEN_OF_EQUITY, "term", "collateral"]
STAGES = ("seed", "startup", "growth", "mature")
UNTIL = date(2026, 7, 1)


def make_known(count: int = 11) -> list[Product]:
    """Publish cheap loans of as many banks, which suit every need."""
    return [
        ProductFactory(annual_rate_min=round(0.03 + place / 10_000, 4), open_conditions=_OPEN)
        for place in range(count)
    ]


def make_newcomers(loans: int = 3) -> list[Product]:
    """Publish dear loans of as many banks, and a fund's product; they suit every need, too."""
    dear = [ProductFactory(annual_rate_min=0.2, open_conditions=_OPEN) for _ in range(loans)]
    return [*dear, ProductFactory(financing_type="equity", open_conditions=_OPEN_OF_EQUITY)]


def put_in_use(
    known: Iterable[Product], newcomers: Iterable[Product] = (), *, demonstration: bool = False
) -> ModelVersion:
    """Rank from now on by a model of made-up answers of some institutions, and of no newcomer's.

    Every firm is one of 长春市 and of section C; half of those in growth were financed, and none
    of the seeds.
    """
    chance = random.Random(11)
    offered = [_candidate(product) for product in known]
    outcomes = []
    for number in range(400):
        on = date(2025, 1, 1) + timedelta(days=number)
        stage = STAGES[number % len(STAGES)]
        need = NeedFacts(
            code=f"P{number:03d}",
            firm=f"F{number:03d}",
            on=on,
            stage=stage,
            industry="C3921",
            region="220102",
            amount_yuan=chance.randrange(1, 9) * 1_000_000,
        )
        place = number // len(STAGES) % len(offered)
        taste = 1.3 if place % 2 == number % 2 else 0.7
        likely = {"seed": 0.0, "growth": 0.5}.get(stage, 0.4) * taste
        result = "funded" if chance.random() < likely else "declined"
        outcomes.append(Outcome(need=need, product=offered[place].product, result=result, on=on))
    everything = [*offered, *map(_candidate, newcomers)]
    content = dump_model(fit_model(outcomes, everything, until=UNTIL))
    return ModelVersionFactory(
        fitted=True,
        status=VersionStatus.ACTIVE,
        content=content,
        sha256=sha256_of(content),
        until=UNTIL,
        is_demonstration=demonstration,
        activated_by=UserFactory(),
        activated_at=timezone.now(),
    )


def _candidate(product: Product) -> Candidate:
    return Candidate(product=product.code, institution=product.institution.code, family="debt")
