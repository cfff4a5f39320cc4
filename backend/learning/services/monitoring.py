"""Whom the ranking shows, what drifts, and which declines contradict what was published.

For a person to look at: nothing here changes a ranking or says that somebody did wrong.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from math import log2

from django.utils import timezone

from backend.catalogue.models import ProductVersion
from backend.learning.history import past_answers
from backend.learning.statistics import (
    PSI_MUCH,
    PSI_SOME,
    gini,
    herfindahl,
    more_often,
    stability_index,
)
from backend.matches.learned_adapters import PastOutcome, describe
from backend.needs.selectors import NeedRecord, list_need_records, list_open_need_ids
from backend.organizations.actors import Actor
from backend.ranking import policies
from backend.ranking.enums import FITTED
from backend.ranking.models import ModelVersion
from backend.reference.models import Region
from backend.referrals.enums import DeclineReason, ReferralStatus
from backend.referrals.learning import ShownPair, list_shown
from backend.referrals.models import Referral
from matching.vocabulary import STAGES

WINDOW = timedelta(days=90)
# More pairs than these are not looked at; the newest quarter of a province has fewer.
MOST_PAIRS = 50_000
MOST_NEEDS = 5_000
# What is suspicious at all: so few contradictions are chance.
LEAST_CONTRADICTIONS = 3
SUSPICIOUS = 0.05
_UNKNOWN = "未知"
_FEATURES = {"stage": "企业阶段", "section": "行业门类", "city": "地区", "amount": "融资金额"}
# Reasons that speak of a published condition; beside an eligible pair they contradict it.
_CONTRADICTING = (
    DeclineReason.OUT_OF_SCOPE,
    DeclineReason.AMOUNT,
    DeclineReason.TERM,
    DeclineReason.REGION,
    DeclineReason.STAGE,
    DeclineReason.INDUSTRY,
    DeclineReason.QUALIFICATION,
    DeclineReason.FIRM_AGE,
    DeclineReason.FIGURES,
    DeclineReason.COLLATERAL,
)


@dataclass(frozen=True, slots=True)
class Exposure:
    """How often one group was shown, and its share of attention (places discounted)."""

    code: str
    label: str
    shown: int
    share: float


@dataclass(frozen=True, slots=True)
class Drift:
    """How far the open needs are from what the model learned from."""

    feature: str
    label: str
    psi: float
    level: str


@dataclass(frozen=True, slots=True)
class HiddenThreshold:
    """Declines of eligible needs for a reason that the published conditions do not bear out."""

    institution: str
    institution_name: str
    reason: str
    reason_label: str
    declined: int
    answered: int
    others_share: float
    p_value: float


@dataclass(frozen=True, slots=True)
class Monitoring:
    """Everything that is watched.

    ``explored`` of the places shown were drawn to stand beside the ranking; they count as seen
    after the matches.
    """

    since: date
    until: date
    institutions: list[Exposure]
    regions: list[Exposure]
    stages: list[Exposure]
    borrowers: list[Exposure]
    explored: int
    gini: float | None
    hhi: float | None
    drift: list[Drift]
    hidden_thresholds: list[HiddenThreshold]


def monitor(*, actor: Actor, now: datetime) -> Monitoring:
    """Look at the last ninety days. Raises NotPermitted."""
    policies.require_can_see_fairness(actor)
    today = timezone.localdate(now)
    start = timezone.make_aware(datetime.combine(today - WINDOW, time.min))
    pairs = list(islice(list_shown(since=start, until=now), MOST_PAIRS))
    institutions = _by_institution(pairs)
    attention = [one.share for one in institutions]
    records = _records(pairs, today)
    return Monitoring(
        since=today - WINDOW,
        until=today,
        institutions=institutions,
        regions=_by_region(pairs, records),
        stages=_by_stage(pairs, records, today),
        borrowers=_by_experience(pairs, records, start),
        explored=sum(pair.propensity is not None for pair in pairs),
        gini=gini(attention),
        hhi=herfindahl(attention),
        drift=_drift(today),
        hidden_thresholds=find_hidden_thresholds(since=start, until=now),
    )


def _exposure(
    pairs: Iterable[ShownPair], group_of: Mapping[int, str], key: str, labels: Mapping[str, str]
) -> list[Exposure]:
    """Count pairs by the group of their need or product version, the most shown first."""
    shown: Counter[str] = Counter()
    attention: defaultdict[str, float] = defaultdict(float)
    for pair in pairs:
        group = group_of.get(getattr(pair, key), "")
        shown[group] += 1
        attention[group] += 1 / log2(1 + pair.position)
    total = sum(attention.values())
    found = [
        Exposure(code, labels.get(code, code) or _UNKNOWN, shown[code], share / total)
        for code, share in attention.items()
    ]
    return sorted(found, key=lambda one: (-one.share, one.code))


def _by_institution(pairs: list[ShownPair]) -> list[Exposure]:
    versions = ProductVersion.objects.filter(pk__in={pair.product_version_id for pair in pairs})
    rows = versions.values_list("pk", "product__institution__code", "product__institution__name")
    of_version, names = {}, {}
    for pk, code, name in rows:
        of_version[pk], names[code] = code, name
    return _exposure(pairs, of_version, "product_version_id", names)


def _records(pairs: list[ShownPair], today: date) -> dict[int, NeedRecord]:
    need_ids = sorted({pair.need_id for pair in pairs})
    return {record.pk: record for record in list_need_records(need_ids, today)}


def _by_region(pairs: list[ShownPair], records: Mapping[int, NeedRecord]) -> list[Exposure]:
    cities = {
        pk: f"{record.firm.region[:4]}00" if record.firm.region else ""
        for pk, record in records.items()
    }
    names = dict(
        Region.objects.filter(code__in=set(cities.values())).values_list("code", "full_name")
    )
    return _exposure(pairs, cities, "need_id", names)


def _by_stage(
    pairs: list[ShownPair], records: Mapping[int, NeedRecord], today: date
) -> list[Exposure]:
    stages = {pk: describe(_as_outcome(record, today))["stage"] for pk, record in records.items()}
    return _exposure(pairs, stages, "need_id", STAGES)


def _by_experience(
    pairs: list[ShownPair], records: Mapping[int, NeedRecord], start: datetime
) -> list[Exposure]:
    """Tell firms that the platform had seen financed before the window from those it had not."""
    funded = Referral.objects.filter(
        status__in=[ReferralStatus.FUNDED, ReferralStatus.CONFIRMED], sent_at__lt=start
    ).values_list("need__firm__organization__code", flat=True)
    known = set(funded.distinct())
    groups = {
        pk: "financed" if record.firm.uscc in known else "first_time"
        for pk, record in records.items()
    }
    labels = {"financed": "曾获融资企业", "first_time": "首次融资企业"}
    return _exposure(pairs, groups, "need_id", labels)


def _as_outcome(record: NeedRecord, day: date) -> PastOutcome:
    return PastOutcome(
        need=record.need,
        firm=record.firm,
        firm_key=record.firm.uscc,
        ranked_on=day,
        product="",
        result="no_answer",
        known_on=day,
        position=None,
    )


def _drift(today: date) -> list[Drift]:
    """Compare the open needs with those that the version in use, or the newest, learned from."""
    fitted = ModelVersion.objects.filter(status__in=FITTED).defer("content")
    version = fitted.active().first() or fitted.order_by("-number").first()
    if version is None:
        return []
    counts: dict[str, Counter[str]] = {name: Counter() for name in _FEATURES}
    for record in list_need_records(list_open_need_ids()[:MOST_NEEDS], today):
        for name, value in describe(_as_outcome(record, today)).items():
            counts[name][value] += 1
    found = []
    for name, label in _FEATURES.items():
        psi = stability_index(version.profile.get(name, {}), counts[name])
        if psi is not None:
            found.append(Drift(name, label, psi, _level(psi)))
    return found


def _level(psi: float) -> str:
    if psi >= PSI_MUCH:
        return "明显变化"
    return "有所变化" if psi >= PSI_SOME else "稳定"


def find_hidden_thresholds(*, since: datetime, until: datetime) -> list[HiddenThreshold]:
    """Find institutions that decline eligible needs for a published reason more than others do.

    Fisher's exact test, one-sided, against all other institutions; p-values are multiplied by
    the number of tests (Bonferroni).
    """
    answered: Counter[str] = Counter()
    declined: Counter[tuple[str, str]] = Counter()
    names: dict[str, str] = {}
    for code, name, reasons in past_answers(since=since, until=until):
        answered[code] += 1
        names[code] = name
        declined.update((code, reason) for reason in set(reasons) & set(_CONTRADICTING))
    total = sum(answered.values())
    suspects = [(key, count) for key, count in declined.items() if count >= LEAST_CONTRADICTIONS]
    found = []
    for (code, reason), count in suspects:
        others = sum(n for (_, other), n in declined.items() if other == reason) - count
        rest = total - answered[code]
        chance = more_often(count, answered[code], others, rest) * len(suspects)
        if chance < SUSPICIOUS:
            found.append(
                HiddenThreshold(
                    institution=code,
                    institution_name=names[code],
                    reason=reason,
                    reason_label=DeclineReason(reason).label,
                    declined=count,
                    answered=answered[code],
                    others_share=others / rest if rest else 0.0,
                    p_value=min(chance, 1.0),
                )
            )
    return sorted(found, key=lambda one: (one.p_value, one.institution, one.reason))
