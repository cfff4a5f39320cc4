"""How soon institutions and their units answer, in working days; the reader's own come first."""

from collections import defaultdict
from typing import Any

from django.db.models import QuerySet

from backend.common.clocks import ClockState
from backend.common.errors import InvalidInput
from backend.organizations.models import Organization
from backend.referrals.enums import ClockKind
from backend.referrals.models import Referral
from backend.reports.distribution import distribute
from backend.reports.measured import KINDS, Measured, load_measured
from backend.reports.scope import Scope

_Place = tuple[int, int | None]


def draw_response(*, scope: Scope) -> dict[str, Any]:
    """Return distributions per institution and per unit, of referrals sent in the period.

    Only those count on which the firm lets the institution report. A unit is the one that had
    the referral at the end of the day.
    """
    by_place: dict[_Place, list[Measured]] = defaultdict(list)
    for one in load_measured(scope):
        by_place[one.institution, None].append(one)
        by_place[one.institution, one.unit].append(one)
    names = Organization.objects.in_bulk({pk for place in by_place for pk in place if pk})
    rows = [_row(scope, place, found, names) for place, found in by_place.items()]
    rows.sort(key=lambda row: (not row["is_own"], row["institution"], row["unit"] or ""))
    return {
        "source": "平台记录",
        "as_of": scope.as_of,
        "region": scope.region,
        "from": scope.start,
        "until": scope.end,
        "rows": rows,
    }


def find_response_rows(
    *,
    scope: Scope,
    institution: str | None,
    unit: str | None,
    clock: ClockKind | None,
    state: ClockState | None = None,
) -> QuerySet[Referral]:
    """Return the referrals behind a row, or those with one of its clocks, in one state of it.

    Without an institution, those of all that the reader sees.
    """
    if state is not None and clock is None:
        raise InvalidInput.of("state", "incomplete", "state 须与 clock 同时给出。")
    measured = load_measured(scope)
    keys = [
        one.pk
        for one in measured
        if clock is None
        or (clock in one.clocks and (state is None or one.clocks[clock].state is state))
    ]
    found = Referral.objects.visible_to(scope.actor).filter(pk__in=keys)
    if institution is not None:
        found = found.filter(institution__code=institution)
    if unit is not None:
        # The unit of the day may differ from that of now.
        units = {one.pk: one.unit for one in measured}
        of_unit = set(Organization.objects.filter(code=unit).values_list("pk", flat=True))
        found = found.filter(pk__in=[pk for pk in keys if units[pk] in of_unit])
    return found.select_related("need__firm__organization", "institution", "unit")


def _row(
    scope: Scope, place: _Place, found: list[Measured], names: dict[int, Organization]
) -> dict[str, Any]:
    institution, unit = names[place[0]], names.get(place[1]) if place[1] else None
    return {
        "institution": institution.code,
        "institution_name": institution.name,
        "unit": unit.code if unit else None,
        "unit_name": unit.name if unit else None,
        "is_own": (unit or institution).pk == scope.actor.organization.pk,
        "referrals": len(found),
        "clocks": [
            {
                "clock": kind.value,
                "label": kind.label,
                **distribute(one.clocks[kind] for one in found if kind in one.clocks),
            }
            for kind in KINDS
            if any(kind in one.clocks for one in found)
        ],
    }
