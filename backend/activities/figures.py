"""Figures of activities, the library and intents, as they were known at the end of a day.

Intents' amounts stand alone: they are no lines and no drawdowns and are never added to them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from backend.activities.enums import ActivityKind, IntentLevel, Part, ParticipationStatus
from backend.activities.models import Activity, Intent, IntentStep, Participation, Project
from backend.common.workdays import HOURS
from backend.organizations.querysets import OrganizationQuerySet

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ActivityFigures:
    """What a period brought.

    ``firm_attendances`` are 户次, ``firms`` 户, ``institution_attendances`` 家次, ``projects``
    those that entered the library, ``intents`` those declared and not dropped by then; of them
    ``intents_stated`` named an amount that the department was told, together
    ``intent_amount_yuan``. ``investments`` is how many came to money in the period as far as the
    department was told; ``investments_stated`` of them with the amount, ``invested_amount_yuan``.
    """

    held: Mapping[ActivityKind, int]
    firm_attendances: int
    firms: int
    institution_attendances: int
    awards: int
    projects: int
    intents: int
    intents_stated: int
    intent_amount_yuan: int
    investments: int
    investments_stated: int
    invested_amount_yuan: int

    @property
    def activities(self) -> int:
        """How many activities were held, of any kind."""
        return sum(self.held.values())


def activity_figures(*, region: str | None, start: date, end: date, as_of: date) -> ActivityFigures:
    """Return the figures of ``start`` <= day < ``end`` for a region and below.

    Activities count on their last day, in the region of their host; what firms did there counts
    with the activity; projects and intents count in the region of the firm, on the day of the
    entry. Nothing that was recorded after the end of ``as_of`` counts.
    """
    cutoff = HOURS.end_of(as_of)
    held = Activity.objects.held().filter(
        OrganizationQuerySet.inside(region, path="host__"),
        ends_on__gte=start,
        ends_on__lt=end,
        held_at__lt=cutoff,
    )
    present = Participation.objects.filter(
        activity__in=held.values("pk"),
        status=ParticipationStatus.ATTENDED,
        recorded_at__lt=cutoff,
    )
    is_entrant = Q(part=Part.ENTRANT)
    came = present.aggregate(
        times=Count("pk", filter=is_entrant),
        firms=Count("firm", filter=is_entrant, distinct=True),
        institutions=Count("pk", filter=~is_entrant),
        awards=Count("pk", filter=Q(awarded_at__lt=cutoff)),
    )
    inside = OrganizationQuerySet.inside(region, path="need__firm__organization__")
    first, last = _begin_of(start), min(_begin_of(end), cutoff)
    listed = Project.objects.filter(inside, first_listed_at__gte=first, first_listed_at__lt=last)
    return ActivityFigures(
        held=_count_kinds(held),
        firm_attendances=came["times"],
        firms=came["firms"],
        institution_attendances=came["institutions"],
        awards=came["awards"],
        projects=listed.count(),
        **_count_intents(region, first=first, last=last, cutoff=cutoff),
        **_count_investments(region, start=start, end=end, cutoff=cutoff),
    )


def _begin_of(day: date) -> datetime:
    return HOURS.end_of(day - _ONE_DAY)


def _count_kinds(held: QuerySet[Activity]) -> dict[ActivityKind, int]:
    rows = held.order_by().values_list("kind").annotate(number=Count("pk"))
    return {ActivityKind(kind): number for kind, number in rows}


def _in_region(region: str | None, *, path: str = "") -> Q:
    return OrganizationQuerySet.inside(region, path=f"{path}project__need__firm__organization__")


def _count_intents(
    region: str | None, *, first: datetime, last: datetime, cutoff: datetime
) -> dict[str, Any]:
    """Count intents declared in the period, and what they last named on the way to money."""
    standing = Intent.objects.filter(
        Q(dropped_at__isnull=True) | Q(dropped_at__gte=cutoff),
        _in_region(region),
        declared_at__gte=first,
        declared_at__lt=last,
    )
    steps = (
        IntentStep.objects.filter(
            intent__in=standing.values("pk"),
            recorded_at__lt=cutoff,
            is_amount_told=True,
            amount_yuan__isnull=False,
        )
        .exclude(level=IntentLevel.INVESTED)
        .order_by("intent_id", "-pk")
        .distinct("intent_id")
    )
    amounts = list(steps.values_list("amount_yuan", flat=True))
    return {
        "intents": standing.count(),
        "intents_stated": len(amounts),
        "intent_amount_yuan": sum(amounts),
    }


def _count_investments(
    region: str | None, *, start: date, end: date, cutoff: datetime
) -> dict[str, Any]:
    """Count investments by the day that their last word names."""
    told = (
        IntentStep.objects.filter(
            _in_region(region, path="intent__"),
            level=IntentLevel.INVESTED,
            recorded_at__lt=cutoff,
            is_told=True,
        )
        .order_by("intent_id", "-pk")
        .distinct("intent_id")
        .values_list("happened_on", "amount_yuan", "is_amount_told")
    )
    within = [(amount, is_told) for day, amount, is_told in told if start <= day < end]
    amounts = [amount for amount, is_told in within if is_told]
    return {
        "investments": len(within),
        "investments_stated": len(amounts),
        "invested_amount_yuan": sum(amounts),
    }
