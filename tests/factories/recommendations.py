"""Recommendations in every state, and endorsements."""

from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from backend.organizations.enums import Agency, DepartmentLevel
from backend.recommendations.enums import EntryStandard, RecommendationStatus
from backend.recommendations.models import (
    Endorsement,
    Recommendation,
    RecommendationStep,
    StandardCheck,
    Visitor,
)
from tests.factories.accounts import UserFactory
from tests.factories.needs import NeedFactory
from tests.factories.organizations import OrganizationFactory

BASIS = "现场查看"
ROUTE = [level.value for level in reversed(DepartmentLevel)]


class RecommendationFactory(DjangoModelFactory):
    """A county's complete draft; traits named after the states lead it further."""

    class Meta:
        model = Recommendation
        skip_postgeneration_save = True

    class Params:
        submitted = factory.Trait(
            status=RecommendationStatus.SUBMITTED,
            route=ROUTE,
            awaiting_level=DepartmentLevel.CITY,
            submitted_at=factory.LazyFunction(timezone.now),
            submitted_by=factory.SubFactory(UserFactory),
        )
        returned = factory.Trait(
            submitted=True,
            status=RecommendationStatus.RETURNED,
            awaiting_level="",
            returned_reason="请补充走访记录。",
        )
        accepted = factory.Trait(
            submitted=True,
            status=RecommendationStatus.ACCEPTED,
            awaiting_level="",
            accepted_at=factory.LazyFunction(timezone.now),
        )

    need = factory.SubFactory(NeedFactory, submitted=True)
    department = factory.SubFactory(OrganizationFactory, county_department=True)
    level = factory.SelfAttribute("department.department_level")
    agency = factory.LazyAttribute(
        lambda one: one.department.agency or Agency.SCIENCE,
    )
    visited_on = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=1))
    opinion = "建议推荐。"
    created_by = factory.SubFactory(UserFactory)

    @classmethod
    def _create(cls, model_class: type[Recommendation], *args: Any, **values: Any) -> Any:
        """Store a draft with visitors and checks, then lead it to its state: triggers watch."""
        status = values.pop("status", RecommendationStatus.DRAFT)
        awaiting = values.pop("awaiting_level", "")
        accepted_at = values.pop("accepted_at", None)
        made = super()._create(model_class, *args, **values)
        Visitor.objects.create(recommendation=made, position=1, name="李科长", post="科长")
        StandardCheck.objects.bulk_create(
            StandardCheck(recommendation=made, standard=standard, is_met=True, basis=BASIS)
            for standard in EntryStandard
        )
        made.status, made.awaiting_level, made.accepted_at = status, awaiting, accepted_at
        made.save()
        return made


class RecommendationStepFactory(DjangoModelFactory):
    """A submission."""

    class Meta:
        model = RecommendationStep

    recommendation = factory.SubFactory(RecommendationFactory, submitted=True)
    act = "submitted"
    department = factory.SelfAttribute("recommendation.department")
    level = factory.SelfAttribute("recommendation.level")
    taken_by = factory.SubFactory(UserFactory)
    taken_at = factory.LazyFunction(timezone.now)


class EndorsementFactory(DjangoModelFactory):
    """An incubator's word for a need that was submitted."""

    class Meta:
        model = Endorsement

    class Params:
        withdrawn = factory.Trait(
            withdrawn_at=factory.LazyFunction(timezone.now),
            withdrawn_by=factory.SubFactory(UserFactory),
        )

    need = factory.SubFactory(NeedFactory, submitted=True)
    incubator = factory.SubFactory(OrganizationFactory, incubator=True)
    endorsed_on = factory.LazyFunction(timezone.localdate)
    person = "赵主任"
    text = "团队稳定，订单真实。"
    endorsed_by = factory.SubFactory(UserFactory)
