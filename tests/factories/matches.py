"""Match runs, made by the services that people's requests call."""

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from backend.matches import chunks, services
from backend.matches.models import MatchRun
from backend.organizations.actors import Actor
from backend.organizations.enums import Role
from tests.factories.organizations import make_actor


def compute_all(run: MatchRun) -> MatchRun:
    """Do what the workers do until nothing is left."""
    while chunks.compute_next_chunk(run_id=run.pk, now=timezone.now()):
        pass
    run.refresh_from_db()
    return run


class MatchRunFactory(DjangoModelFactory):
    """A run that waits for its first worker; ``finished`` computes it.

    ``actor`` starts it; without one a new provincial department does.
    """

    class Meta:
        model = MatchRun

    class Params:
        finished = factory.Trait(is_computed=True)

    actor = None
    is_computed = False

    @classmethod
    def _create(cls, model_class: type[MatchRun], *args: object, **values: object) -> MatchRun:
        actor: Actor | None = values.pop("actor")
        is_computed = values.pop("is_computed")
        actor = actor or make_actor(organization__department=True, role=Role.DEPARTMENT)
        run = services.start_run(actor=actor, now=timezone.now(), **values)
        return compute_all(run) if is_computed else run
