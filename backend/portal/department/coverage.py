"""The coverage map: open needs by city and county, where no product serves them, what would."""

import json
from collections import Counter
from typing import Any

from django.http import HttpRequest, HttpResponse

from backend.matches.coverage import answer_coverage
from backend.needs.selectors import count_open_needs_by_region
from backend.organizations.permissions import Permission
from backend.portal import names
from backend.portal.department.pages import DepartmentPage

_SHOWN_RELAXATIONS = 15
_SHOWN_GAPS = 30
_BANDS = 4


class Coverage(DepartmentPage):
    """Tiles of cities and counties with the figures beneath, and what products could change."""

    title = "产品覆盖"
    word = Permission.MATCH_VIEW
    template_name = "portal/department/coverage.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the map as of today."""
        found = json.loads(answer_coverage(actor=self.actor, top=_SHOWN_RELAXATIONS))
        unserved: Counter[str] = Counter()
        for gap in found["gaps"]:
            unserved[gap["city"] or ""] += gap["unserved_needs"]
        return self.show(
            found=found,
            cities=_cities(count_open_needs_by_region(actor=self.actor), unserved),
            gaps=sorted(found["gaps"], key=lambda gap: -gap["unserved_needs"])[:_SHOWN_GAPS],
        )


def _cities(counts: dict[str, int], unserved: Counter[str]) -> list[dict[str, Any]]:
    """Return cities with their counties; the colour of a county is its share of the largest."""
    called, most = names.regions(), max(counts.values(), default=0)
    found: dict[str, dict[str, Any]] = {}
    for code, count in sorted(counts.items()):
        key = f"{code[:4]}00" if code else ""
        city = found.setdefault(
            key, {"code": key, "name": _short_city(key, called), "needs": 0, "counties": []}
        )
        city["needs"] += count
        city["counties"].append(
            {
                "code": code,
                "name": _short(called.get(code, code or "未知"), called.get(key, "")),
                "needs": count,
                "band": 0 if not most else min(_BANDS, 1 + count * _BANDS // (most + 1)),
            }
        )
    for key, city in found.items():
        city["unserved"] = unserved[key]
    return list(found.values())


def _short_city(code: str, called: dict[str, str]) -> str:
    """Leave out the province's name before a city's."""
    province = called.get(f"{code[:2]}0000", "")
    name = called.get(code, "地区未知")
    return name.removeprefix(province) or name


def _short(name: str, city: str) -> str:
    """Leave out the city's own name before a county's."""
    return name.removeprefix(city) or "市（州）本级"
