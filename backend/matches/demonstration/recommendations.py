"""Made-up recommendations of a county in each state, and an incubator's word for a tenant."""

from collections import Counter
from datetime import datetime, timedelta

from backend.matches.demonstration.accounts import Account, open_account
from backend.matches.demonstration.records import SOURCE
from backend.needs.enums import NeedStatus
from backend.needs.models import Need
from backend.organizations.actors import Actor
from backend.organizations.enums import DepartmentLevel, OrganizationKind, Rank, Role
from backend.organizations.models import Organization
from backend.recommendations.enums import EntryStandard
from backend.recommendations.models import Recommendation
from backend.recommendations.selectors import list_endorsable_needs
from backend.recommendations.services.drafting import create_recommendation
from backend.recommendations.services.endorsing import endorse_need
from backend.recommendations.services.leading import (
    return_recommendation,
    submit_recommendation,
    verify_recommendation,
)
from backend.reference.models import Region
from backend.reference.regions import lies_in

_BASES = {
    EntryStandard.COMPLIANT_OPERATION: "演示：查看营业执照、近两年纳税申报表",
    EntryStandard.FIXED_PREMISES: "演示：现场查看厂房和租赁合同",
    EntryStandard.REAL_DEMAND: "演示：查看在手订单和采购合同",
    EntryStandard.GOOD_CREDIT: "演示：企业出具书面承诺，查看公开公示信息",
    EntryStandard.LAWFUL_USE: "演示：查看用款计划",
}
_RETURN_REASON = "演示：请补充在手订单的核对情况。"


def open_county_account(city: Actor, needs: list[Need]) -> Account:
    """Open the account of the county, in the city, that has most needs to recommend."""
    regions = Counter(
        str(need.firm.organization.region_id)
        for need in _recommendable(needs)
        if _is_county_of(need.firm.organization.region_id, city.region)
    )
    # Of equals the one with the smaller code, so that every demonstration has the same.
    region = min(regions, key=lambda code: (-regions[code], code))
    county = Organization.objects.create(
        kind=OrganizationKind.DEPARTMENT,
        code=f"demo-dept-{region}",
        name=f"演示·{Region.objects.get(pk=region).name}科技局",
        region_id=region,
        parent=city.organization,
        department_level=DepartmentLevel.COUNTY,
        is_demonstration=True,
        source=SOURCE,
    )
    return open_account(
        username="demo-county-officer",
        name="演示区县局经办",
        organization=county,
        role=Role.DEPARTMENT,
        rank=Rank.OFFICER,
        today=city.today,
    )


def load_recommendations(
    needs: list[Need], *, county: Actor, city: Actor, province: Actor, now: datetime
) -> None:
    """Recommend four of the county's needs: one stays a draft, one waits, two are decided."""
    own = [
        need for need in _recommendable(needs) if need.firm.organization.region_id == county.region
    ]
    accepted, waiting, returned, _draft = (_visit(need, county) for need in own[:4])
    for drafted in (accepted, waiting, returned):
        submit_recommendation(actor=county, recommendation=drafted, expected_revision=None, now=now)
    return_recommendation(
        actor=city, recommendation=returned, reason=_RETURN_REASON, expected_revision=None, now=now
    )
    for level in (city, province):
        verify_recommendation(actor=level, recommendation=accepted, expected_revision=None, now=now)


def load_endorsements(incubator: Actor) -> None:
    """Let the incubator endorse the needs of the tenant that lets it see them."""
    for need in list_endorsable_needs(incubator).filter(status=NeedStatus.OPEN).order_by("pk"):
        values = {
            "endorsed_on": incubator.today,
            "person": "演示推荐人（孵化器主任）",
            "text": "演示：团队稳定，订单真实，建议优先对接。",
        }
        endorse_need(actor=incubator, need=need, values=values)


def _visit(need: Need, county: Actor) -> Recommendation:
    values = {
        "visited_on": county.today - timedelta(days=1),
        "opinion": "演示：经走访，建议推荐。",
        "visitors": [{"name": "演示走访人", "post": "演示科技科科长"}],
        "standards": [
            {"standard": standard.value, "is_met": True, "basis": basis}
            for standard, basis in _BASES.items()
        ],
    }
    return create_recommendation(actor=county, need=need, values=values)


def _recommendable(needs: list[Need]) -> list[Need]:
    return [need for need in needs if need.status in {NeedStatus.SUBMITTED, NeedStatus.OPEN}]


def _is_county_of(region: str | None, city: str | None) -> bool:
    return region is not None and region != city and lies_in(region, city)
