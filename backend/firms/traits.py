"""The history of what firms are grouped by: region, industry and stage as given.

Every service that may change one of them says so here, in its own transaction.
"""

from collections.abc import Collection
from datetime import datetime

from django.utils import timezone

from backend.firms.models import Firm, FirmTraits

_BATCH = 1_000


def keep_traits(firms: Collection[Firm]) -> int:
    """Add a row for each firm that is not what its last row says; return how many were added.

    The firms come with their organizations, as they stand now; who changes a firm holds its lock.
    """
    rows = FirmTraits.objects.filter(firm__in=firms).order_by("firm_id", "-pk")
    last = {row.firm_id: row for row in rows.distinct("firm_id")}
    now = timezone.now()
    new = [
        row
        for row in (_row_of(firm, last.get(firm.pk), now) for firm in firms)
        if row.follows is None or _shown(row.follows) != _shown(row)
    ]
    FirmTraits.objects.bulk_create(new, batch_size=_BATCH)
    return len(new)


def _row_of(firm: Firm, follows: FirmTraits | None, now: datetime) -> FirmTraits:
    return FirmTraits(
        firm=firm,
        follows=follows,
        recorded_at=now,
        region_id=firm.organization.region_id,
        industry=firm.industry,
        stage=firm.stage or "",
    )


def _shown(row: FirmTraits) -> tuple[str | None, str, str]:
    return row.region_id, row.industry, row.stage
