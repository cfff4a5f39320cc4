"""Filters on firms, their facts and tenancies."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Case, Exists, ExpressionWrapper, F, OuterRef, Q, Value, When

from backend.firms.enums import SOURCE_WEIGHT
from backend.organizations.permissions import Permission
from backend.organizations.querysets import OrganizationQuerySet

if TYPE_CHECKING:
    from backend.organizations.actors import Actor


class FirmQuerySet(models.QuerySet):
    """Firms."""

    def visible_to(self, actor: Actor) -> Self:
        """Leave the firms that the actor may know of.

        A firm sees itself, an incubator the tenants that let it speak for them, a department
        the firms of its region and below; institutions meet firms through referrals only.
        """
        if not actor.has(Permission.FIRM_VIEW):
            return self.none()
        if actor.is_firm:
            return self.filter(organization=actor.organization)
        if actor.is_incubator:
            return self.filter(self.speaking(actor))
        if actor.is_department:
            return self.filter(OrganizationQuerySet.inside(actor.region, path="organization__"))
        return self.none()

    @staticmethod
    def speaking(actor: Actor, *, firm: str = "pk") -> Q:
        """Say "is a current tenant of the acting incubator and consented to be spoken for"."""
        from backend.firms.models import Tenancy  # noqa: PLC0415 - models import this module

        tenancies = Tenancy.objects.consented().current(actor.today)
        return Q(
            Exists(tenancies.filter(incubator=actor.organization, firm=OuterRef(firm))),
        )

    def with_organization(self) -> Self:
        """Load code, name and region along."""
        return self.select_related("organization", "organization__region")


class FirmTraitsQuerySet(models.QuerySet):
    """What firms were like since when."""

    def known_at(self, moment: datetime) -> Self:
        """Leave, per firm, what had been recorded last before a moment.

        Of a firm about which nothing had been recorded by then, the earliest word counts.
        """
        # Of earlier rows the newest comes first, then of later ones the oldest.
        key = models.BigIntegerField()
        nearest = Case(
            When(recorded_at__lt=moment, then=ExpressionWrapper(-F("pk"), output_field=key)),
            default=F("pk"),
            output_field=key,
        )
        return self.order_by("firm_id", nearest).distinct("firm_id")

    def first_since(self, moment: datetime) -> Self:
        """Leave, per firm that has changed since a moment, the change that came first.

        What it follows is what counted at the moment; the earliest word changes nothing.
        """
        return self.filter(
            Q(follows__recorded_at__lt=moment) | Q(follows__follows__isnull=True),
            follows__isnull=False,
            recorded_at__gte=moment,
        )

    def lying_in(self, region: str | None, moment: datetime, *, firm: str) -> Q:
        """Say "of a firm that lay in a region or below at a moment"; ``firm`` leads to the firm.

        Whatever has not changed since is as it is today, which is nearly all and costs least.
        """
        changed = self.first_since(moment)
        inside_then = changed.filter(OrganizationQuerySet.inside(region, path="follows__"))
        inside_today = OrganizationQuerySet.inside(region, path=f"{firm}__organization__")
        return (inside_today & ~Q(**{f"{firm}__in": changed.values("firm_id")})) | Q(
            **{f"{firm}__in": inside_then.values("firm_id")}
        )


class FactQuerySet(models.QuerySet):
    """Dated figures."""

    def current(self, as_of: date) -> Self:
        """Leave, per firm and field, the figure that counts on a day.

        The newest date counts; on one date the department's word before a document's before
        the firm's own; of equals the one recorded last.
        """
        return self._latest(as_of, "firm_id", "field")

    def current_of_years(self, as_of: date) -> Self:
        """Leave, per firm, field and fiscal year, the figure that counts on a day."""
        yearly = self.filter(fiscal_year__isnull=False)
        return yearly._latest(as_of, "firm_id", "field", "fiscal_year")

    def _latest(self, as_of: date, *keys: str) -> Self:
        weight = Case(
            *(When(source=source, then=Value(value)) for source, value in SOURCE_WEIGHT.items()),
            output_field=models.PositiveSmallIntegerField(),
        )
        return (
            self.filter(as_of__lte=as_of)
            .order_by(*keys, "-as_of", weight.desc(), "-pk")
            .distinct(*keys)
        )


class TenancyQuerySet(models.QuerySet):
    """Stays in incubators."""

    def current(self, as_of: date) -> Self:
        """Leave the stays that include a day; the end is excluded."""
        return self.filter(valid_from__lte=as_of).filter(
            Q(valid_until__isnull=True) | Q(valid_until__gt=as_of)
        )

    def consented(self) -> Self:
        """Leave those in which the firm lets the incubator speak for it."""
        return self.filter(consented_at__isnull=False)

    def sharing_progress(self) -> Self:
        """Leave those in which the incubator may see where the firm's needs stand."""
        return self.filter(Q(progress_shared_at__isnull=False) | Q(consented_at__isnull=False))

    def visible_to(self, actor: Actor) -> Self:
        """Leave the current and past stays in the acting incubator."""
        if not (actor.is_incubator and actor.has(Permission.TENANT_VIEW)):
            return self.none()
        return self.filter(incubator=actor.organization)
