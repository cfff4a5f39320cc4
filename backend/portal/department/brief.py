"""A product brief of one city or county: what its needs ask for, and which products could serve."""

import json
from collections import Counter
from collections.abc import Mapping
from itertools import pairwise
from typing import Any, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse

from backend.matches.coverage import answer_coverage
from backend.needs.demand import AMOUNT_BANDS_YUAN, Demand, describe_demand
from backend.organizations.permissions import Permission
from backend.portal import names
from backend.portal.department.pages import DepartmentPage
from backend.portal.templatetags.portal import money
from backend.reference.regions import lies_in
from matching.vocabulary import COLLATERAL, FINANCING_TYPES, PURPOSES

_SHOWN_RELAXATIONS = 10
_SHOWN_GAPS = 20
_FULL = 100


class Share(NamedTuple):
    """How many needs name something, and what share of all that is."""

    label: str
    count: int
    width: str


class Brief(DepartmentPage):
    """What a tile of the map stands for, in figures that can be passed on to institutions."""

    word = Permission.MATCH_VIEW
    template_name = "portal/department/brief.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Draw the brief as of today; no firm is named."""
        region = request.GET.get("region") or self.actor.region or ""
        if region not in names.regions() or not lies_in(region, self.actor.region):
            raise Http404
        found = json.loads(answer_coverage(actor=self.actor, top=_SHOWN_RELAXATIONS, region=region))
        demand = describe_demand(actor=self.actor, region=region)
        gaps = sorted(found["gaps"], key=lambda gap: -gap["unserved_needs"])
        return self.show(
            title=f"{names.regions()[region]}融资产品需求简报",
            region=region,
            found=found,
            demand=demand,
            profile=_profile(demand),
            gaps=[gap for gap in gaps if gap["unserved_needs"]][:_SHOWN_GAPS],
        )


def _profile(demand: Demand) -> list[tuple[str, list[Share]]]:
    """Return what is asked for by kind, the most frequent first; amounts by size."""
    return [
        ("需求金额", _amounts(demand)),
        ("融资方式", _shares(demand.financing_types, FINANCING_TYPES, demand.needs)),
        ("资金用途", _shares(demand.purposes, PURPOSES, demand.needs)),
        ("可提供的担保", _shares(demand.collateral, COLLATERAL, demand.needs)),
    ]


def _shares(counts: Counter[str], table: Mapping[str, str], all_needs: int) -> list[Share]:
    return [
        Share(table.get(code, code), count, _width(count, all_needs))
        for code, count in counts.most_common()
    ]


def _amounts(demand: Demand) -> list[Share]:
    labels: dict[int | None, str] = {0: f"{money(AMOUNT_BANDS_YUAN[0])}及以下"}
    labels |= {
        position: f"{money(low)}以上至{money(high)}"
        for position, (low, high) in enumerate(pairwise(AMOUNT_BANDS_YUAN), start=1)
    }
    labels |= {len(AMOUNT_BANDS_YUAN): f"{money(AMOUNT_BANDS_YUAN[-1])}以上", None: "未填写"}
    counted: list[tuple[Any, str]] = [(key, label) for key, label in labels.items()]
    return [
        Share(label, demand.amounts[key], _width(demand.amounts[key], demand.needs))
        for key, label in counted
        if demand.amounts[key]
    ]


def _width(count: int, all_needs: int) -> str:
    return f"{_FULL * count / all_needs:.1f}" if all_needs else "0"
