"""What is read of filed figures: the versions that stood at the end of a day."""

from collections.abc import Iterable
from datetime import date, datetime

from backend.filings.models import Aggregate, Indicator
from backend.organizations.actors import Actor
from backend.organizations.querysets import OrganizationQuerySet


def list_aggregates(
    *, actor: Actor, region: str | None, start: date, end: date, cutoff: datetime
) -> list[Aggregate]:
    """Return the signed aggregates whose whole period lies in the days ``start`` to ``end``.

    ``region`` leaves the units inside a region of the reader's; None leaves all that it sees.
    """
    rows = Aggregate.objects.visible_to(actor)
    if region is not None and region != actor.region:
        rows = rows.filter(OrganizationQuerySet.inside(region, path="institution__"))
    return list(
        rows.in_force(cutoff)
        .filter(period_from__gte=start, period_until__lte=end)
        .select_related("institution", "signed_by", "replaces")
        .order_by("institution__code", "period_from", "period_until")
    )


def list_indicators(
    *, actor: Actor, region: str | None, start: date, end: date, cutoff: datetime
) -> list[Indicator]:
    """Return the indicators of exactly this region whose last day lies in the period.

    One that began before the period is left out; one without a beginning counts in all.
    """
    rows: Iterable[Indicator] = (
        Indicator.objects.visible_to(actor)
        .in_force(cutoff)
        .filter(region=region, covers_until__gt=start, covers_until__lte=end)
        .exclude(covers_from__lt=start)
        .select_related("department", "entered_by", "replaces")
        .order_by("measure", "covers_until", "name", "pk")
    )
    return list(rows)
