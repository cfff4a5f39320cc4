"""Announcements of departments."""

from datetime import timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from backend.announcements.enums import AnnouncementStatus
from backend.announcements.models import Announcement
from tests.factories.organizations import OrganizationFactory


class AnnouncementFactory(DjangoModelFactory):
    """A draft of the provincial department for everybody; traits lead it further."""

    class Meta:
        model = Announcement

    class Params:
        published = factory.Trait(
            status=AnnouncementStatus.PUBLISHED, published_at=factory.LazyFunction(timezone.now)
        )
        withdrawn = factory.Trait(
            published=True,
            status=AnnouncementStatus.WITHDRAWN,
            withdrawn_at=factory.LazyFunction(timezone.now),
            withdrawn_reason="内容有误",
        )

    department = factory.SubFactory(OrganizationFactory, department=True)
    title = factory.Sequence(lambda n: f"关于开展第 {n} 期融资对接的通知")
    text = "请各单位做好准备。"
    region = factory.SelfAttribute("department.region")
    valid_from = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=1))
