"""A catalogue of a few banks, and a simulated history of which each has a hidden taste."""

from datetime import timedelta

import pytest
from django.utils import timezone

from backend.learning.services import training
from backend.learning.simulation import simulate_history
from tests.factories.catalogue import ProductFactory
from tests.factories.organizations import OrganizationFactory

BANKS = 8
NEEDS = 700


@pytest.fixture
def banks(db):
    """Eight banks with one product each that says nothing of whom it really finances."""
    made = [OrganizationFactory(bank=True) for _ in range(BANKS)]
    for bank in made:
        ProductFactory(institution=bank, annual_rate_min=0.04)
    return made


@pytest.fixture
def demo_mode(settings):
    """A platform that was started for a demonstration."""
    settings.KERONG_DEMO = True


@pytest.fixture
def history(banks, demo_mode):
    """Outcomes until today, the last closed quarter included."""
    simulate_history(needs=NEEDS, until=timezone.localdate(), seed=3)


@pytest.fixture
def trained(history, department_actor):
    """The first version, trained and compared with the rules."""
    version = training.request_training(
        actor=department_actor, demonstration=True, now=timezone.now()
    )
    training.train_version(version_id=version.pk, now=timezone.now() + timedelta(seconds=1))
    version.refresh_from_db()
    return version
