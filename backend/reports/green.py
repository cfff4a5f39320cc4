"""The green channel: quota granted against asked, approval and money against the promise.

Always counts and amounts, never a share without them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q, QuerySet

from backend.catalogue.models import Product
from backend.referrals.enums import ClockKind
from backend.referrals.models import ApprovedLine, Referral
from backend.reports.distribution import distribute
from backend.reports.measured import Measured, load_measured, sent_in_period
from backend.reports.scope import Scope

_SOURCE = "平台记录"


def draw_green_channel(*, scope: Scope) -> dict[str, Any]:
    """Return, per product with a green channel, what its referrals of the period came to.

    ``asked`` is what the needs ask for (upper end), ``granted`` the lines in force; a need
    without an amount counts in the number alone. A referral on which nothing may be reported
    is in ``not_reported`` and in no other number. The promise is that of the version that a
    referral was sent with.
    """
    measured = load_measured(scope, only_green=True)
    lines = _load_lines(scope)
    of_product: dict[int, list[Measured]] = defaultdict(list)
    for one in measured:
        of_product[one.product].append(one)
    silent = _count_silent(scope, measured)
    products = Product.objects.select_related("institution", "current_version").in_bulk(
        {*of_product, *silent}
    )
    rows = [
        {
            "product": product.code,
            "product_name": product.current_version.name
            if product.current_version
            else product.code,
            "institution": product.institution.code,
            "institution_name": product.institution.name,
            "is_own": product.institution_id == scope.actor.organization.pk,
            "not_reported": silent.get(pk, 0),
            **_figures(of_product.get(pk, []), lines),
        }
        for pk, product in products.items()
    ]
    rows.sort(key=lambda row: (not row["is_own"], row["institution"], row["product"]))
    return {
        "source": _SOURCE,
        "as_of": scope.as_of,
        "region": scope.region,
        "from": scope.start,
        "until": scope.end,
        "total": {"not_reported": sum(silent.values()), **_figures(measured, lines)},
        "rows": rows,
    }


def find_green_rows(*, scope: Scope, product: str | None) -> QuerySet[Referral]:
    """Return the referrals behind a product's row, or behind the total."""
    keys = sent_in_period(scope, only_green=True).values("pk")
    rows = Referral.objects.visible_to(scope.actor).filter(pk__in=keys)
    if product is not None:
        rows = rows.filter(product_version__product__code=product)
    return rows.select_related("need__firm__organization", "institution", "unit")


def _load_lines(scope: Scope) -> dict[int, tuple[int, bool]]:
    """Return the lines in force at the end of the day, and whether the institution marked them."""
    rows = ApprovedLine.objects.filter(
        Q(replaced_at__isnull=True) | Q(replaced_at__gte=scope.cutoff),
        recorded_at__lt=scope.cutoff,
        referral__in=sent_in_period(scope, only_green=True).values("pk"),
    ).values_list("referral_id", "amount_yuan", "is_green")
    return {pk: (amount, is_green) for pk, amount, is_green in rows}


def _count_silent(scope: Scope, measured: list[Measured]) -> Counter[int]:
    told = {one.pk for one in measured}
    rows = sent_in_period(scope, only_green=True).values_list("pk", "product_version__product_id")
    return Counter(product for pk, product in rows if pk not in told)


def _figures(found: list[Measured], lines: Mapping[int, tuple[int, bool]]) -> dict[str, Any]:
    quota = [one for one in found if one.has_quota]
    granted = [lines[one.pk] for one in quota if one.pk in lines]
    marked = [
        amount for one in found for amount, is_green in [lines.get(one.pk, (0, False))] if is_green
    ]
    return {
        "referrals": len(found),
        "quota": {
            "asked": _money(one.asked_yuan or 0 for one in quota),
            "asked_without_amount": sum(one.asked_yuan is None for one in quota),
            "granted": _money(amount for amount, _ in granted),
            "declined": sum(one.reasons is not None for one in quota),
        },
        "through_green_channel": _money(marked),
        "approval": _promise(found, ClockKind.APPROVE_PROMISE),
        "disbursement": _promise(found, ClockKind.DISBURSE_PROMISE),
    }


def _promise(found: list[Measured], kind: ClockKind) -> dict[str, Any]:
    clocks = [one.clocks[kind] for one in found if kind in one.clocks]
    allowed = Counter(clock.workdays_allowed for clock in clocks)
    return {
        "promised_days": allowed.most_common(1)[0][0] if allowed else None,
        **distribute(clocks),
    }


def _money(amounts: Iterable[int]) -> dict[str, int]:
    found = list(amounts)
    return {"count": len(found), "amount_yuan": sum(found)}
