"""The line from an institution's unit up to its head office."""

from collections.abc import Collection

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
