"""Activities, who takes part, projects and intents."""

from datetime import timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from backend.activities.enums import (
    ActivityKind,
    ActivityStatus,
    IntentLevel,
    Part,
    ParticipationStatus,
    ProjectStatus,
)
from backend.activities.models import Activity, Intent, IntentStep, Participation, Project
from backend.activities.notice import NOTICE_VERSION
from tests.factories.accounts import UserFactory
from tests.factories.firms import FirmFactory
from tests.factories.needs import NeedFactory
from tests.factories.organizations import OrganizationFactory


class ActivityFactory(DjangoModelFactory):
    """A roadshow of today that the provincial department plans; traits lead it further."""

    class Meta:
        model = Activity

    class Params:
        contest = factory.Trait(kind=ActivityKind.CONTEST)
        announced = factory.Trait(
            status=ActivityStatus.ANNOUNCED, announced_at=factory.LazyFunction(timezone.now)
        )
        held = factory.Trait(
            announced=True,
            status=ActivityStatus.HELD,
            held_at=factory.LazyFunction(timezone.now),
        )
        ahead = factory.Trait(
            starts_on=factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=10))
        )

    kind = ActivityKind.ROADSHOW
    title = factory.Sequence(lambda n: f"演示路演{n}")
    host = factory.SubFactory(OrganizationFactory, department=True)
    starts_on = factory.LazyFunction(timezone.localdate)
    ends_on = factory.SelfAttribute("starts_on")


class ParticipationFactory(DjangoModelFactory):
    """A firm's application; traits say what became of it."""

    class Meta:
        model = Participation

    class Params:
        attended = factory.Trait(
            status=ParticipationStatus.ATTENDED, recorded_at=factory.LazyFunction(timezone.now)
        )

    activity = factory.SubFactory(ActivityFactory, announced=True)
    part = Part.ENTRANT
    status = ParticipationStatus.APPLIED
    firm = factory.SubFactory(FirmFactory)
    organization = factory.LazyAttribute(lambda entry: entry.firm.organization)
    title = "演示项目"
    summary = "演示摘要"
    applied_at = factory.LazyFunction(timezone.now)
    applied_by = factory.SubFactory(UserFactory)
    applied_for = factory.SelfAttribute("organization")


class ProjectFactory(DjangoModelFactory):
    """A draft on an open need; ``listed`` puts it in the library."""

    class Meta:
        model = Project

    class Params:
        listed = factory.Trait(
            status=ProjectStatus.LISTED,
            notice_version=NOTICE_VERSION,
            first_listed_at=factory.LazyFunction(timezone.now),
            listed_at=factory.LazyFunction(timezone.now),
            listed_by=factory.SubFactory(UserFactory),
        )

    need = factory.SubFactory(NeedFactory, open=True)
    title = "高速光模块产业化"
    summary = "面向数据中心的高速光模块，已有样机。"


class IntentFactory(DjangoModelFactory):
    """A fund watches a project; its first step was told to nobody."""

    class Meta:
        model = Intent
        skip_postgeneration_save = True

    project = factory.SubFactory(ProjectFactory, listed=True)
    institution = factory.SubFactory(OrganizationFactory, fund=True)
    level = IntentLevel.OBSERVING
    declared_at = factory.LazyFunction(timezone.now)

    @factory.post_generation
    def first_step(self, create, extracted, **kwargs):
        """Write the step that declared it."""
        IntentStep.objects.create(
            intent=self,
            level=self.level,
            amount_yuan=self.amount_yuan,
            happened_on=timezone.localdate(),
            recorded_at=self.declared_at,
            user=UserFactory(),
            is_told=False,
            is_amount_told=False,
        )
