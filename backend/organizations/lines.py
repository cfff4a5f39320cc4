"""The line from an institution's unit up to its head office."""

from collections.abc import Collection

from django.db.models import Q

from backend.organizations.enums import InstitutionLevel
from backend.organizations.models import Organization

# As many steps up as there are levels: sub-branch, city branch, provincial branch, head office.
_STEPS = ["pk", *("__".join(["parent"] * steps) for steps in range(1, len(InstitutionLevel)))]


def list_lines(unit_ids: Collection[int]) -> dict[int, tuple[int, ...]]:
    """Return, per unit, its own key and those of the units above it, the nearest first; one query.

    >>> list_lines([sub_branch.pk])  # doctest: +SKIP
    {7: (7, 5, 2)}
    """
    rows = Organization.objects.filter(pk__in=unit_ids).values_list(*_STEPS)
    return {row[0]: tuple(pk for pk in row if pk is not None) for row in rows}


def line_of(unit: Organization) -> tuple[int, ...]:
    """Return a unit's own key and those of the units above it, the nearest first."""
    return list_lines([unit.pk]).get(unit.pk, (unit.pk,))


def at_or_below(unit: Organization, *, path: str) -> Q:
    """Say "the organization at this path is the unit or lies below it"."""
    found = Q()
    for step in range(len(InstitutionLevel)):
        found |= Q(**{"__".join([path, *["parent"] * step]): unit})
    return found
