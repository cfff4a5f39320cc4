"""The platform's own outcomes, and imported ones, as learning reads them.

A need and its firm are read as they were on the day that the need was sent. Rows that were
taken back, returned or are still under way say nothing of who is funded and are left out.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Min, Q
from django.utils import timezone

from backend.catalogue.models import ProductVersion
from backend.catalogue.selectors import PublishedProduct, as_published, list_published_versions
from backend.firms.selectors import FirmSnapshot
from backend.learning.firm_keys import key_of_firm
from backend.learning.models import PastResult
from backend.matches.learned_adapters import PastOutcome
from backend.needs.selectors import NeedRecord, NeedSnapshot, list_need_records
from backend.referrals.enums import ReferralStatus, Step
from backend.referrals.models import Referral

OWN = "平台对接结果"
SIMULATED = "模拟数据"
# After so many days without a word the time for an answer has passed.
ANSWER_EXPECTED = timedelta(days=30)
_MONEY = (
    Step.DRAWN,
    Step.CLOSED,
    Step.INSURED,
    Step.GUARANTEE_ISSUED,
    Step.PAID,
)
_FUNDED = frozenset({ReferralStatus.FUNDED, ReferralStatus.CONFIRMED})
_UNANSWERED = frozenset({ReferralStatus.SENT, ReferralStatus.EXPIRED})
_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Case:
    """An outcome with the version of the catalogue that its need was ranked in.

    ``catalogue_version`` is None for outcomes from before the platform; ``source`` is empty for
    the platform's own.
    """

    outcome: PastOutcome
    catalogue_version: int | None
    source: str = ""


def list_cases(*, until: date, demonstration: bool) -> list[Case]:
    """Return the outcomes known before a day; simulated ones for a demonstration alone.

    Sources that were taken back are left out.
    """
    past = PastResult.objects.filter(known_on__lt=until, is_demonstration=demonstration)
    past = past.filter(origin__withdrawn_at__isnull=True).select_related("product")
    cases = [_past_case(row) for row in past.iterator(_BATCH)]
    if not demonstration:
        cases.extend(_own_cases(until))
    return cases


def count_by_source(cases: list[Case]) -> list[dict[str, Any]]:
    """Return how many outcomes each source brought, the platform's own first."""
    counts = Counter(case.source for case in cases)
    return [{"name": name or OWN, "outcomes": counts[name]} for name in sorted(counts)]


def list_candidates(cases: list[Case]) -> list[PublishedProduct]:
    """Return what is on offer now, and products of outcomes that are offered no longer."""
    offered = {product.code: product for product in list_published_versions()}
    missing = {case.outcome.product for case in cases} - offered.keys()
    versions = (
        ProductVersion.objects.filter(product__code__in=missing, published_at__isnull=False)
        .select_related("product__institution", "variant_of")
        .order_by("product", "number")
    )
    for version in versions:  # the last one stays
        offered[version.product.code] = as_published(version)
    return sorted(offered.values(), key=lambda product: product.code)


def _own_cases(until: date) -> Iterator[Case]:
    rows = (
        Referral.objects.filter(sent_at__date__lt=until)
        .exclude(status__in=[ReferralStatus.RETURNED, ReferralStatus.WITHDRAWN])
        .filter(need__firm__organization__is_demonstration=False)
        .annotate(money_at=Min("steps__recorded_at", filter=Q(steps__step__in=_MONEY)))
        .order_by("pk")
        .values(
            "need_id",
            "product_version__product__code",
            "list_row__position",
            "list_row__exploration_propensity",
            "list_row__catalogue_version",
            "status",
            "sent_at",
            "ended_at",
            "answered_at",
            "money_at",
        )
    )
    known = [(row, found) for row in rows.iterator(_BATCH) if (found := _result_of(row, until))]
    records = _records_on(
        {(timezone.localdate(row["sent_at"]), row["need_id"]) for row, _ in known}
    )
    for row, (result, known_on) in known:
        day = timezone.localdate(row["sent_at"])
        record = records.get((day, row["need_id"]))
        if record is None:
            continue
        propensity = row["list_row__exploration_propensity"]
        outcome = PastOutcome(
            need=record.need,
            firm=record.firm,
            firm_key=key_of_firm(record.firm.uscc),
            ranked_on=day,
            product=row["product_version__product__code"],
            result=result,
            known_on=known_on,
            # Beside the ranking it had no place in it.
            position=None if propensity else row["list_row__position"],
            propensity=propensity,
        )
        yield Case(outcome, row["list_row__catalogue_version"])


def _result_of(row: Mapping[str, Any], until: date) -> tuple[Any, date] | None:
    """Return the result and the day that it was known; None where there is none before a day."""
    status = row["status"]
    if status in _FUNDED:
        known, result = row["money_at"] or row["answered_at"], "funded"
    elif status == ReferralStatus.DECLINED:
        known, result = row["ended_at"], "declined"
    elif status in _UNANSWERED and row["answered_at"] is None:
        known, result = row["sent_at"] + ANSWER_EXPECTED, "no_answer"
    else:
        return None
    day = max(timezone.localdate(known), timezone.localdate(row["sent_at"]))
    return (result, day) if day < until else None


def _records_on(wanted: set[tuple[date, int]]) -> dict[tuple[date, int], NeedRecord]:
    """Read needs with their firms as they were on the days that they were sent."""
    of_day: dict[date, set[int]] = defaultdict(set)
    for day, need_id in wanted:
        of_day[day].add(need_id)
    return {
        (day, record.pk): record
        for day, need_ids in sorted(of_day.items())
        for record in list_need_records(sorted(need_ids), day)
    }


def past_snapshots(row: PastResult) -> tuple[NeedSnapshot, FirmSnapshot]:
    """Return the need and the firm of a past outcome as matching takes them."""
    return _past_need(row), _past_firm(row)


def _past_case(row: PastResult) -> Case:
    need, firm = past_snapshots(row)
    outcome = PastOutcome(
        need=need,
        firm=firm,
        firm_key=row.firm_key,
        ranked_on=row.ranked_on,
        product=row.product.code,
        result=row.result,
        known_on=row.known_on,
        position=row.position,
    )
    source = SIMULATED if row.is_demonstration else row.source
    return Case(outcome, None, source)


def _past_need(row: PastResult) -> NeedSnapshot:
    return NeedSnapshot(
        code=f"{row.source}/{row.need_code}",  # two sources may use one number for two needs
        firm=row.firm_key,
        financing_types=None,
        amount_min_yuan=None,
        amount_max_yuan=row.amount_yuan,
        term_min_months=None,
        term_max_months=None,
        max_annual_rate=None,
        collateral=None,
        purposes=None,
        needed_by=None,
        preferred_institutions=(),
        excluded_institutions=(),
        open_to_others=True,
        dossier=None,
        description=None,
    )


def _past_firm(row: PastResult) -> FirmSnapshot:
    return FirmSnapshot(
        uscc=row.firm_key,
        name="",
        region=row.region or None,
        industry=row.industry or None,
        founded_on=None,
        stage=row.stage or None,
        qualifications=None,
        incubator=None,
        tech_fields=None,
        taxpayer_rating=None,
        description=None,
    )


def past_answers(*, since: datetime, until: datetime) -> Iterator[tuple[str, str, list[str]]]:
    """Yield institution code, its name and decline reasons of answered rows that were eligible.

    Reasons are empty where it did not decline, and where the firm lets none be passed on.
    """
    rows = (
        Referral.objects.filter(
            answered_at__gte=since, answered_at__lt=until, list_row__is_eligible=True
        )
        .exclude(status__in=[ReferralStatus.WITHDRAWN, ReferralStatus.EXPIRED])
        .order_by("pk")
        .values_list("institution__code", "institution__name", "decline_reasons")
    )
    yield from rows.iterator(chunk_size=_BATCH)
