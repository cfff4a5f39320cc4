"""The second story of `make story`: a ranking that learns, on the demonstration's own data."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from backend.accounts.models import User
from backend.matches.selectors import list_showcase_needs
from backend.organizations.actors import resolve_actor
from tests.journeys.cast import Person
from tests.journeys.learning import tell_learning

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_the_ranking_learns_from_the_demonstration_and_is_taken_back(
    settings, django_capture_on_commit_callbacks
):
    settings.KERONG_DEMO = True
    for command in ("load_reference", "load_catalogue", "load_demo", "simulate_history"):
        call_command(command, stdout=StringIO())
    user = User.objects.get(username="demo-manager")
    head = Person(resolve_actor(user, today=timezone.localdate()))
    needs = [str(need.public_id) for need in list_showcase_needs(20)]
    tell_learning(
        head, needs, print, working=lambda: django_capture_on_commit_callbacks(execute=True)
    )
