"""Filters on products, their versions and preferential policies."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q

from backend.catalogue.enums import PolicyStatus, ProductStatus
from backend.organizations.permissions import Permission
from backend.reference.models import Region
from backend.reference.regions import containing_divisions, region_prefix

if TYPE_CHECKING:
    from backend.organizations.actors import Actor

# A sub-branch lies at most three steps below its head office.
_STEPS_UP = tuple(f"institution{'__parent' * steps}" for steps in range(4))


def belongs_to(actor: Actor, *, path: str = "") -> Q:
    """Say "is of the actor's institution or incubator, or of a unit below it"."""
    if not (actor.is_institution or actor.is_incubator):
        return Q(pk__in=[])
    own = Q()
    for step in _STEPS_UP:
        own |= Q(**{f"{path}{step}": actor.organization.pk})
    return own


def valid_on_or_after(day: date, *, path: str = "") -> Q:
    """Say "has not ended by then"; the end is excluded."""
    return Q(**{f"{path}valid_until__isnull": True}) | Q(**{f"{path}valid_until__gt": day})


def serves_stage(stage: str) -> Q:
    """Say "does not rule the stage out"; a wording that names no stage rules none out."""
    return Q(stages__isnull=True) | Q(stages__contains=[stage])


def serves_region(region: str) -> Q:
    """Say "does not rule the region out": names it, one around it or one inside it, or none."""
    inside = Region.objects.filter(code__startswith=region_prefix(region))
    return Q(regions__isnull=True) | Q(
        regions__overlap=[*containing_divisions(region), *inside.values_list("code", flat=True)]
    )


class ProductQuerySet(models.QuerySet):
    """Products in every state."""

    def visible_to(self, actor: Actor) -> Self:
        """Leave what the actor may know of.

        Everybody sees what is published and has not ended; a department also what ended or
        was closed; an institution everything of its own and of the units below it.
        """
        if not actor.has(Permission.PRODUCT_VIEW):
            return self.none()
        if actor.is_department:
            return self.exclude(status=ProductStatus.DRAFT)
        offered = Q(status=ProductStatus.PUBLISHED) & valid_on_or_after(
            actor.today, path="current_version__"
        )
        return self.filter(offered | belongs_to(actor))

    def own_of(self, actor: Actor) -> Self:
        """Leave the products of the actor's institution or incubator and of the units below."""
        return self.filter(belongs_to(actor))

    def showing(self, condition: Q) -> Self:
        """Leave products whose shown version (in force, or the first draft) is like this."""
        from backend.catalogue.models import ProductVersion  # noqa: PLC0415 - it imports this

        shown = Q(pk=OuterRef("current_version_id")) | Q(
            product=OuterRef("pk"), product__current_version__isnull=True
        )
        return self.filter(Exists(ProductVersion.objects.filter(shown).filter(condition)))

    def for_display(self, actor: Actor) -> Self:
        """Load along what a page about products shows, drafts only as far as they may be seen."""
        from backend.catalogue.models import ProductVersion  # noqa: PLC0415 - it imports this

        drafts = (
            ProductVersion.objects.drafts()
            .filter(belongs_to(actor, path="product__"))
            .select_related("variant_of")
        )
        return self.select_related(_STEPS_UP[-1], "current_version__variant_of").prefetch_related(
            Prefetch("versions", queryset=drafts, to_attr="visible_drafts")
        )


class ProductVersionQuerySet(models.QuerySet):
    """Wordings of products' conditions."""

    def drafts(self) -> Self:
        """Leave what is not yet published."""
        return self.filter(published_at__isnull=True)

    def in_catalogue(self, version: int) -> Self:
        """Leave the versions that were in force in one version of the catalogue."""
        return self.filter(published_in__lte=version).filter(
            Q(withdrawn_in__isnull=True) | Q(withdrawn_in__gt=version)
        )

    def visible_to(self, actor: Actor) -> Self:
        """Leave the published versions of visible products, and drafts of one's own."""
        from backend.catalogue.models import Product  # noqa: PLC0415 - it imports this

        products = Product.objects.visible_to(actor)
        return self.filter(product__in=products).filter(
            Q(published_at__isnull=False) | belongs_to(actor, path="product__")
        )


class PolicyQuerySet(models.QuerySet):
    """Preferential policies."""

    def visible_to(self, actor: Actor) -> Self:
        """Leave what the actor may know of, by the same rule as products."""
        if not actor.has(Permission.POLICY_VIEW):
            return self.none()
        if actor.is_department:
            return self.exclude(status=PolicyStatus.DRAFT)
        offered = Q(status=PolicyStatus.PUBLISHED) & valid_on_or_after(actor.today)
        return self.filter(offered | belongs_to(actor))

    def own_of(self, actor: Actor) -> Self:
        """Leave the policies of the actor's institution and of the units below it."""
        return self.filter(belongs_to(actor))
