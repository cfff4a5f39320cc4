"""Which open needs a change of the catalogue gains, and the list that is drafted of them."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

from backend.catalogue.models import Policy, ProductVersion
from backend.catalogue.selectors import PublishedProduct, get_published_version
from backend.common.errors import StateConflict
from backend.matches import adapters, list_adapters
from backend.matches.catalogue_memory import catalogues
from backend.matches.held_needs import held_needs
from backend.matches.lender_side import read_needs
from backend.needs.models import Need
from backend.needs.selectors import NeedRecord
from backend.organizations.actors import Actor
from backend.reference.models import Region
from backend.referrals import list_policies
from backend.referrals.enums import RowOrigin
from backend.referrals.limits import SUMMARY_MAX_LENGTH, TITLE_MAX_LENGTH
from backend.referrals.models import Reassessment, ReferralList
from backend.referrals.services.drafting import Drafter, check_draft, place_needs
from matching.vocabulary import STAGES

_UNKNOWN_PLACE = "地区不明"
_UNKNOWN_STAGE = "阶段待定"


def draft_supplement(
    *,
    actor: Actor,
    product_version: ProductVersion,
    title: str = "",
    supplements: ReferralList | None = None,
    now: datetime,
) -> ReferralList:
    """Draft a list of the open needs that a product has gained by its newest version.

    For approval like any other list. Raises StateConflict when the version is not in force.
    """
    list_policies.require_can_draft(actor)
    check_draft(title=title, per_need=1)
    if offer_in_force(product_version) is None:
        code = product_version.product.code
        raise StateConflict(
            "product_not_in_force", f"产品“{code}”的这一版本未在办理中，不能据以补充。"
        )
    drafter = Drafter.of(actor)
    since = product_version.number - 1
    gained = find_gained(
        product_version,
        since=since,
        need_ids=Need.objects.visible_to(actor).open().values_list("pk", flat=True),
        day=drafter.day,
    )
    return draft_gained(
        drafter=drafter,
        product_version=product_version,
        since=since,
        gained=gained,
        title=title,
        supplements=supplements,
        now=now,
    )


def offer_in_force(version: ProductVersion) -> PublishedProduct | None:
    """Return a version as the catalogue has it now; None when it is out of force."""
    offered = catalogues.current().products.get(version.product.code)
    return offered if offered is not None and offered.version_pk == version.pk else None


def find_gained(
    version: ProductVersion, *, since: int, need_ids: Collection[int], day: date
) -> list[adapters.PlacedNeed]:
    """Return which of some open needs a version suits and an earlier one did not, best first.

    Both are held against the needs as they are now; ``since`` 0 is "before there was one".
    """
    facts = held_needs.on(day).facts_of(need_ids)
    offered = offer_in_force(version)
    if offered is None:
        return []
    before = get_published_version(version.product, since) if since else None
    learned = catalogues.current().learned
    had = (
        set()
        if before is None
        else {one.code for one in adapters.list_needs(before, facts, learned)}
    )
    return [one for one in adapters.list_needs(offered, facts, learned) if one.code not in had]


def find_suited(
    products: Iterable[PublishedProduct], *, need_ids: Collection[int], day: date
) -> list[adapters.PlacedNeed]:
    """Return which of some open needs at least one of some products suits, each at its best."""
    facts = held_needs.on(day).facts_of(need_ids)
    best: dict[str, adapters.PlacedNeed] = {}
    learned = catalogues.current().learned
    for product in products:
        for one in adapters.list_needs(product, facts, learned):
            if one.code not in best or one.verdict < best[one.code].verdict:
                best[one.code] = one  # "eligible" comes before "to_confirm"
    return [best[code] for code in sorted(best)]


def draft_gained(
    *,
    drafter: Drafter,
    product_version: ProductVersion,
    since: int,
    gained: Sequence[adapters.PlacedNeed],
    title: str = "",
    supplements: ReferralList | None = None,
    reassessment: Reassessment | None = None,
    now: datetime,
) -> ReferralList:
    """Draft what a product gained, with the sentence that says how much and where."""
    product = product_version.product
    counted = count_needs(gained, drafter.day)
    drafted = ReferralList(
        title=title.strip()
        or _clipped(f"补充清单：{product.institution.name}“{product_version.name}”"),
        per_need=1,
        supplements=supplements,
        product_version=product_version,
        gained_since=since,
        reassessment=reassessment,
        summary=f"{len(gained)} 条在办需求符合了新条件{counted}"[:SUMMARY_MAX_LENGTH],
    )
    return _place(
        drafter,
        drafted,
        gained,
        reason=f"“{product_version.name}”调整后新增符合",
        only_products={product.code},
        now=now,
    )


def draft_under_policy(
    *,
    drafter: Drafter,
    policy: Policy,
    products: Collection[PublishedProduct],
    suited: Sequence[adapters.PlacedNeed],
    reassessment: Reassessment,
    now: datetime,
) -> ReferralList:
    """Draft the needs that may profit by a policy.

    A policy changes no product's conditions, so nothing becomes eligible by it: the draft says so
    and names it as the reason of its rows.
    """
    counted = count_needs(suited, drafter.day)
    drafted = ReferralList(
        title=_clipped(f"补充清单：{policy.institution.name}优惠政策“{policy.title}”"),
        per_need=1,
        policy=policy,
        reassessment=reassessment,
        summary=(
            f"优惠政策“{policy.title}”已发布，产品公布的条件不变；适用范围内有 "
            f"{len(suited)} 条在办需求与该机构产品相合{counted}"
        )[:SUMMARY_MAX_LENGTH],
    )
    return _place(
        drafter,
        drafted,
        suited,
        reason=f"优惠政策“{policy.title[:200]}”发布",
        only_products={product.code for product in products},
        now=now,
    )


def _place(
    drafter: Drafter,
    drafted: ReferralList,
    found: Sequence[adapters.PlacedNeed],
    *,
    reason: str,
    only_products: Collection[str],
    now: datetime,
) -> ReferralList:
    return place_needs(
        drafter=drafter,
        drafted=drafted,
        needs=Need.objects.open().filter(code__in=[one.code for one in found]),
        origin=RowOrigin.SUPPLEMENT,
        reason=reason,
        only_products=only_products,
        now=now,
    )


def count_needs(found: Sequence[adapters.PlacedNeed], day: date) -> str:
    """Say of needs how many lie in which city and are of which stage, as the end of a sentence.

    ``：长春 12 条，吉林 9 条；初创期 20 条，成长期 1 条；其中 3 条有条件待核实。``
    """
    if not found:
        return "。"
    records = read_needs([one.code for one in found], held_needs.on(day), day)
    unsure = sum(one.verdict == "to_confirm" for one in found)
    parts = [_by_city(records), _by_stage(records, day)]
    if unsure:
        parts.append(f"其中 {unsure} 条有条件待核实")
    return f"：{'；'.join(parts)}。"


def _by_city(records: Iterable[NeedRecord]) -> str:
    counts = Counter(
        None if record.firm.region is None else f"{record.firm.region[:4]}00" for record in records
    )
    names = dict(Region.objects.filter(pk__in=filter(None, counts)).values_list("pk", "name"))
    return _counted(
        counts, {code: name.removesuffix("市") for code, name in names.items()}, _UNKNOWN_PLACE
    )


def _by_stage(records: Iterable[NeedRecord], day: date) -> str:
    counts = Counter(list_adapters.stage_of(record.firm, as_of=day).stage for record in records)
    return _counted(counts, STAGES, _UNKNOWN_STAGE)


def _counted(counts: Counter[str | None], names: Mapping[str, str], unknown: str) -> str:
    """Enumerate counts, the largest first, what has no name last."""
    ranked = sorted(counts.items(), key=lambda one: (one[0] is None, -one[1], one[0] or ""))
    return "，".join(
        f"{unknown if code is None else names.get(code, code)} {count} 条" for code, count in ranked
    )


def _clipped(title: str) -> str:
    return title[:TITLE_MAX_LENGTH]
