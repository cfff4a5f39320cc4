"""What products promise against what they do, and why they decline."""

from collections import Counter, defaultdict
from enum import StrEnum
from statistics import median
from typing import Any

from django.db.models import QuerySet

from backend.catalogue.models import Product
from backend.referrals.enums import DeclineReason
from backend.referrals.models import Referral
from backend.reports.distribution import percentile
from backend.reports.measured import Measured, load_measured
from backend.reports.scope import Scope

# Below it a figure says more about single firms than about the product.
LEAST_DECIDED = 5
WITHHELD, WITHHELD_LABEL = "withheld", "原因未授权反馈"


def draw_products(*, scope: Scope) -> dict[str, Any]:
    """Return products with enough decided referrals, sent in the period; the others as a number.

    A product shows the promise that most of its decided referrals were sent with; each is
    compared with its own.
    """
    decided = _decided(scope)
    shown = {pk: found for pk, found in decided.items() if len(found) >= LEAST_DECIDED}
    products = Product.objects.select_related("institution", "current_version").in_bulk(shown)
    rows = [_row(products[pk], found) for pk, found in shown.items()]
    rows.sort(key=lambda row: (row["institution"], row["product"]))
    return {
        "source": "平台记录",
        "as_of": scope.as_of,
        "region": scope.region,
        "from": scope.start,
        "until": scope.end,
        "least_decided": LEAST_DECIDED,
        "products_below": len(decided) - len(shown),
        "rows": rows,
    }


class ProductPart(StrEnum):
    """Which of a product's decided referrals a figure counts."""

    DECIDED = "decided"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHIN = "within_promise"
    AFTER = "after_promise"

    def has(self, one: Measured) -> bool:
        """Tell whether a decided referral is counted."""
        days, promise = one.decided_days, one.approval_days
        is_measured = days is not None and promise is not None
        match self:
            case ProductPart.APPROVED:
                return one.reasons is None
            case ProductPart.DECLINED:
                return one.reasons is not None
            case ProductPart.WITHIN:
                return is_measured and days <= promise
            case ProductPart.AFTER:
                return is_measured and days > promise
        return True


def find_product_rows(
    *, scope: Scope, product: str, part: ProductPart = ProductPart.DECIDED
) -> QuerySet[Referral]:
    """Return the decided referrals behind a product's figure; none where it is not shown."""
    decided = _decided(scope)
    pk = Product.objects.filter(code=product).values_list("pk", flat=True).first()
    found = decided.get(pk or 0, [])
    is_shown = len(found) >= LEAST_DECIDED
    keys = [one.pk for one in found if part.has(one)] if is_shown else []
    rows = Referral.objects.visible_to(scope.actor).filter(pk__in=keys)
    return rows.select_related("need__firm__organization", "institution", "unit")


def _decided(scope: Scope) -> dict[int, list[Measured]]:
    found: dict[int, list[Measured]] = defaultdict(list)
    for one in load_measured(scope, only_decided=True):
        found[one.product].append(one)
    return found


def _row(product: Product, found: list[Measured]) -> dict[str, Any]:
    took = [(one.decided_days, one.approval_days) for one in found if one.decided_days is not None]
    days = [actual for actual, _ in took]
    promised = [(actual, promise) for actual, promise in took if promise is not None]
    promises = Counter(promise for _, promise in promised)
    declined = [one for one in found if one.reasons is not None]
    reasons = Counter(reason for one in declined for reason in one.reasons or (WITHHELD,))
    return {
        "product": product.code,
        "product_name": product.current_version.name if product.current_version else product.code,
        "institution": product.institution.code,
        "institution_name": product.institution.name,
        "decided": len(found),
        "approved": len(found) - len(declined),
        "declined": len(declined),
        "promised_days": promises.most_common(1)[0][0] if promises else None,
        "measured": len(days),
        "median_workdays": median(days) if days else None,
        "p90_workdays": percentile(days, 90),
        "within_promise": sum(actual <= promise for actual, promise in promised),
        "after_promise": sum(actual > promise for actual, promise in promised),
        "declines": [
            {"reason": code, "label": _label(code), "count": count}
            for code, count in sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
        ],
    }


def _label(code: str) -> str:
    return WITHHELD_LABEL if code == WITHHELD else DeclineReason(code).label
