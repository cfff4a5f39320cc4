"""Which regions an institution's unit serves."""

from collections.abc import Sequence

from django.db import transaction

from backend.common.errors import InvalidInput, NotPermitted
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.organizations.actors import Actor
from backend.organizations.models import Organization
from backend.partners import policies
from backend.partners.models import ServiceRegion
from backend.reference.regions import known_regions


@transaction.atomic
def set_service_regions(
    *,
    actor: Actor,
    unit: Organization,
    regions: Sequence[str],
    expected_revision: int | None,
) -> Organization:
    """Replace the regions that a unit serves; each includes everything inside it.

    Raises `InvalidInput`, `NotPermitted`, `StaleRevision`.
    """
    unit = Organization.objects.select_for_update(no_key=True).get(pk=unit.pk)
    if not policies.can_set_service_regions(actor, unit):
        raise NotPermitted(
            "permission_denied", "只有本机构或上级机构负责人可以设置金融机构的服务地区。"
        )
    unit.check_revision(expected_revision)
    unknown = sorted(set(regions) - known_regions(regions))
    if unknown:
        raise InvalidInput.of(
            "regions", "unknown_code", f"未知行政区划代码“{'、'.join(unknown)[:200]}”。"
        )
    before = set(unit.service_regions.values_list("region_id", flat=True))
    after = set(regions)
    if before == after:
        return unit
    unit.service_regions.exclude(region_id__in=after).delete()
    ServiceRegion.objects.bulk_create(
        ServiceRegion(organization=unit, region_id=code) for code in sorted(after - before)
    )
    unit.save_revision(update_fields=[])
    record(
        EventType.ORGANIZATION_CHANGED,
        subject=unit,
        actor=actor,
        payload={"fields": ["service_regions"], "service_regions": sorted(after)},
    )
    return unit
