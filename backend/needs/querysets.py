"""Filters on needs."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models

from backend.firms.querysets import FirmQuerySet
from backend.needs.enums import NeedStatus
from backend.organizations.permissions import Permission
from backend.organizations.querysets import OrganizationQuerySet

if TYPE_CHECKING:
    from backend.organizations.actors import Actor


class NeedQuerySet(models.QuerySet):
    """Needs."""

    def visible_to(self, actor: Actor) -> Self:
        """Leave the needs that the actor may know of.

        A firm sees its own, an incubator those of the tenants that let it speak for them, a
        department those of its region and below once they were submitted. Institutions reach
        needs through referrals only.
        """
        if not actor.has(Permission.NEED_VIEW):
            return self.none()
        if actor.is_firm:
            return self.filter(firm__organization=actor.organization)
        if actor.is_incubator:
            return self.filter(FirmQuerySet.speaking(actor, firm="firm_id"))
        if actor.is_department:
            return self.filter(
                OrganizationQuerySet.inside(actor.region, path="firm__organization__"),
                submitted_at__isnull=False,
            )
        return self.none()

    def submitted(self) -> Self:
        """Leave the needs that wait for the department."""
        return self.filter(status=NeedStatus.SUBMITTED)

    def named(self, text: str) -> Self:
        """Leave the needs whose code or firm's name contains a text."""
        return self.filter(
            models.Q(code__icontains=text) | models.Q(firm__organization__name__icontains=text)
        )

    def open(self) -> Self:
        """Leave the verified needs that are matched."""
        return self.filter(status=NeedStatus.OPEN)

    def inside(self, region: str | None) -> Self:
        """Leave the needs of firms in a region or below."""
        return self.filter(OrganizationQuerySet.inside(region, path="firm__organization__"))

    def expiring(self, today: date) -> Self:
        """Leave the open needs whose last day has passed."""
        return self.open().filter(expires_on__lte=today)

    def with_firm(self) -> Self:
        """Load the firm and its organization along."""
        return self.select_related("firm", "firm__organization")

    def with_named_institutions(self) -> Self:
        """Load the preferred and excluded institutions along."""
        return self.prefetch_related("named_institutions__institution")


class NeedDocumentQuerySet(models.QuerySet):
    """Papers of needs."""

    def visible_to(self, actor: Actor) -> Self:
        """Leave the papers of needs that the actor may know of; institutions know of none."""
        needs = self.model._meta.get_field("need").related_model
        return self.filter(need__in=needs.objects.visible_to(actor).values("pk"))

    def without_content(self) -> Self:
        """Leave the bytes where they are: lists show names and sizes."""
        return self.defer("content")
