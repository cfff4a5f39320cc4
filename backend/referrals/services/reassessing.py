"""Compare the open needs anew when an institution changes what it offers, and draft what fits.

Nothing is sent: a draft goes through the approval of its department like any other list.
"""

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from backend.catalogue.enums import PolicyStatus
from backend.catalogue.models import Policy, Product, ProductVersion
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.matches.catalogue_memory import catalogues
from backend.needs.models import Need
from backend.organizations.enums import OrganizationKind
from backend.organizations.lines import line_of
from backend.organizations.models import Organization
from backend.organizations.querysets import OrganizationQuerySet
from backend.partners.models import Agreement
from backend.reference.regions import region_prefix
from backend.referrals.enums import ReassessmentCause
from backend.referrals.list_lifecycle import ListAction, next_status
from backend.referrals.models import Reassessment, ReferralList
from backend.referrals.querysets import ReferralListQuerySet
from backend.referrals.services import supplements
from backend.referrals.services.drafting import Drafter

MAX_ATTEMPTS = 5
# A wake-up takes seconds; what waits longer was lost.
LOST_AFTER = timedelta(minutes=1)
# Changes of one product or institution are looked at one after the other.
_LOCK_SPACE = 0x5EA55E55


def ask_reassessment(
    *,
    event_id: UUID,
    cause: ReassessmentCause,
    subject_id: UUID,
    version_number: int | None,
    now: datetime,
) -> Reassessment:
    """Note that a change calls for a comparison, once per event, and wake a worker after commit."""
    subject = _subject_of(cause, subject_id, version_number)
    asked, is_new = Reassessment.objects.get_or_create(
        event_id=event_id, defaults={"cause": cause, "asked_at": now, **subject}
    )
    if is_new:
        transaction.on_commit(lambda: _wake(asked.pk), robust=True)
    return asked


def _subject_of(
    cause: ReassessmentCause, subject_id: UUID, number: int | None
) -> dict[str, Product | ProductVersion | Policy | None]:
    if cause in {ReassessmentCause.POLICY_PUBLISHED, ReassessmentCause.POLICY_WITHDRAWN}:
        return {"policy": Policy.objects.get(public_id=subject_id)}
    product = Product.objects.get(public_id=subject_id)
    version = product.versions.filter(number=number).first() if number else None
    return {"product": product, "product_version": version}


def _wake(reassessment_id: int) -> None:
    from backend.referrals.tasks import reassess as task  # noqa: PLC0415 - tasks import services

    task.delay(reassessment_id=reassessment_id)


def sweep_reassessments(*, now: datetime) -> int:
    """Do what was asked a while ago and not done; return how many were looked after."""
    lost = Reassessment.objects.pending().filter(
        asked_at__lt=now - LOST_AFTER, attempts__lt=MAX_ATTEMPTS
    )
    waiting = list(lost.values_list("pk", flat=True))
    for pk in waiting:
        reassess(reassessment_id=pk, now=now)
    return len(waiting)


def reassess(*, reassessment_id: int, now: datetime) -> list[ReferralList]:
    """Compare the open needs with what an institution offers now, and draft what was gained.

    One draft per department that has an agreement with it and answers for needs that fit; each
    need goes to the nearest of them. Done once, however often it is called. Drafts for an
    earlier version of the product that nobody has touched give way to the new ones.
    """
    Reassessment.objects.pending().filter(pk=reassessment_id).update(attempts=F("attempts") + 1)
    with transaction.atomic():
        asked = (
            Reassessment.objects.pending()
            .select_for_update(of=("self",))
            .select_related("product__institution", "product_version", "policy__institution")
            .filter(pk=reassessment_id)
            .first()
        )
        if asked is None:
            return []
        _wait_for_others(asked)
        drafted = list(_answer(asked, now))
        asked.done_at = now
        asked.save(update_fields=["done_at", "is_overtaken", "updated_at"])
    return drafted


def _wait_for_others(asked: Reassessment) -> None:
    """Let one comparison per product or policy be at work, so that each sees the others' drafts."""
    key = asked.product_id or -(asked.policy_id or 0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK_SPACE, key % 2**31])


def _answer(asked: Reassessment, now: datetime) -> Iterator[ReferralList]:
    day = timezone.localdate(now)
    if asked.cause == ReassessmentCause.PRODUCT_PUBLISHED:
        yield from _after_version(asked, day, now)
    elif asked.cause == ReassessmentCause.PRODUCT_CLOSED:
        _give_up(ReferralList.objects.filter(product_version__product=asked.product), "产品已下架")
    elif asked.cause == ReassessmentCause.POLICY_PUBLISHED:
        yield from _after_policy(asked, day, now)
    else:
        _give_up(ReferralList.objects.filter(policy=asked.policy), "优惠政策已撤下")


def _after_version(asked: Reassessment, day: date, now: datetime) -> Iterator[ReferralList]:
    version, product = asked.product_version, asked.product
    version.product = product
    if supplements.offer_in_force(version) is None:
        asked.is_overtaken = True
        return
    since = _last_considered(asked)
    for department, need_ids in _shares(product.institution, day):
        earlier = ReferralList.objects.untouched().filter(
            department=department, product_version__product=product
        )
        replaced = list(earlier.select_for_update(of=("self",)))
        of_department = min(
            [since, *(one.gained_since for one in replaced if one.gained_since is not None)]
        )
        gained = supplements.find_gained(version, since=of_department, need_ids=need_ids, day=day)
        _discard(replaced, f"产品已发布第 {version.number} 版，由新的补充清单代替")
        if gained:
            yield supplements.draft_gained(
                drafter=Drafter(department=department, day=day, actor=None),
                product_version=version,
                since=of_department,
                gained=gained,
                reassessment=asked,
                now=now,
            )


def _last_considered(asked: Reassessment) -> int:
    """Return the newest earlier version of which the gains were drafted, or never will be.

    A version that was replaced before anybody looked at it has drafted nothing, so what it gained
    is part of what this one gains.
    """
    versions = Reassessment.objects.filter(
        product=asked.product,
        cause=ReassessmentCause.PRODUCT_PUBLISHED,
        product_version__number__lt=asked.product_version.number,
    )
    passed_over = set(
        (versions.pending() | versions.filter(is_overtaken=True)).values_list(
            "product_version__number", flat=True
        )
    )
    return next(n for n in range(asked.product_version.number - 1, -1, -1) if n not in passed_over)


def _after_policy(asked: Reassessment, day: date, now: datetime) -> Iterator[ReferralList]:
    policy = asked.policy
    offered = catalogues.current().products.values()
    products = [one for one in offered if one.institution == policy.institution.code]
    is_over = policy.valid_until is not None and policy.valid_until <= day
    if not products or is_over or policy.status != PolicyStatus.PUBLISHED:
        return
    for department, need_ids in _shares(policy.institution, day, regions=policy.regions):
        suited = supplements.find_suited(products, need_ids=need_ids, day=day)
        if suited:
            yield supplements.draft_under_policy(
                drafter=Drafter(department=department, day=day, actor=None),
                policy=policy,
                products=products,
                suited=suited,
                reassessment=asked,
                now=now,
            )


def _shares(
    institution: Organization, day: date, *, regions: Collection[str] | None = None
) -> Iterator[tuple[Organization, list[int]]]:
    """Yield the departments that may send to an institution, with the open needs of each.

    Of two departments around a need the nearer one has it; ``regions`` leaves needs of firms there.
    """
    agreements = Agreement.objects.live_on(day).filter(institution__in=line_of(institution))
    departments = Organization.objects.filter(
        kind=OrganizationKind.DEPARTMENT, is_active=True, pk__in=agreements.values("department")
    )
    nearest_first = sorted(
        departments, key=lambda one: (-len(region_prefix(one.region_code)), one.pk)
    )
    within = Q()
    for region in regions or ():
        within |= OrganizationQuerySet.inside(region, path="firm__organization__")
    taken: set[int] = set()
    for department in nearest_first:
        needs = Need.objects.open().inside(department.region_code).filter(within)
        share = sorted(set(needs.values_list("pk", flat=True)) - taken)
        taken.update(share)
        yield department, share


def _give_up(lists: ReferralListQuerySet, reason: str) -> None:
    _discard(list(lists.untouched().select_for_update(of=("self",))), reason)


def _discard(lists: Collection[ReferralList], reason: str) -> None:
    """Give up drafts that nobody has touched, as the platform."""
    for one in lists:
        one.status = next_status(one.status, ListAction.DISCARD)
        one.save_revision(update_fields=["status"])
        record(
            EventType.LIST_DISCARDED,
            subject=one,
            actor=None,
            payload={"number": one.number, "reason": reason},
        )
