"""Compare a version with what is in use, on the period that neither has learned from."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import fmean, stdev
from typing import Any

from django.db import transaction

from backend.catalogue.selectors import get_catalogue_version, list_published_versions
from backend.common.errors import StateConflict
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.learning.history import Case, list_cases
from backend.matches import adapters
from backend.matches.learned_adapters import ModelUnusable, find_places, read_component
from backend.organizations.actors import Actor
from backend.ranking import policies
from backend.ranking.enums import FITTED
from backend.ranking.models import ModelVersion
from backend.ranking.selectors import StoredModel

CUT = 10
# Needs of the period that are ranked again; of more, those that come first by code.
MOST_NEEDS = 2_000


@dataclass(slots=True)
class _FundedNeed:
    """A need of the period with the products that financed it."""

    case: Case
    products: set[str] = field(default_factory=set)


@transaction.atomic
def compare_version(
    *, actor: Actor, version: ModelVersion, expected_revision: int | None, now: datetime
) -> ModelVersion:
    """Compare a trained version with what is in use now. Raises NotPermitted, StateConflict."""
    policies.require_can_manage_models(actor)
    version = ModelVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    version.check_revision(expected_revision)
    if version.status not in FITTED:
        raise StateConflict("model_not_trained", f"模型{version.get_status_display()}，无法比较。")
    return compare(version, now=now, actor=actor)


def compare(
    version: ModelVersion,
    *,
    now: datetime,
    actor: Actor | None = None,
    cases: Sequence[Case] | None = None,
) -> ModelVersion:
    """Rank the needs that were financed in the version's period by both, and keep the difference.

    NDCG@10 of each need, paired; a financed product that is no match on the day counts as not
    found, for both. Each need is ranked in the catalogue of its day. ``cases`` are the outcomes
    of the period where they have been read already.
    """
    base = ModelVersion.objects.active().exclude(pk=version.pk).first()
    version.comparison = _measure(version, base, cases)
    version.compared_with, version.compared_at = base, now
    version.save_revision()
    record(
        EventType.MODEL_COMPARED,
        subject=version,
        actor=actor,
        payload={"number": version.number, "comparison": version.comparison},
    )
    return version


def _measure(
    version: ModelVersion, base: ModelVersion | None, cases: Sequence[Case] | None
) -> dict[str, Any]:
    new, old = _component(version), _component_in_use(base)
    if cases is None:
        cases = list_cases(until=version.period_end, demonstration=version.is_demonstration)
    funded = _funded_needs(version, cases)
    of_catalogue: dict[int, list[_FundedNeed]] = defaultdict(list)
    current = get_catalogue_version()
    for one in funded:
        of_catalogue[one.case.catalogue_version or current].append(one)
    gains: list[tuple[float, float]] = []
    unreachable = 0
    for number, own in sorted(of_catalogue.items()):
        products = list_published_versions(catalogue_version=number)
        matchers = [adapters.build_matcher(products, learned) for learned in (new, old)]
        for one in own:
            places = [_places(matcher, one) for matcher in matchers]
            unreachable += all(place is None for place in places[0])
            gains.append((ndcg(places[0]), ndcg(places[1])))
    return _summary(gains) | {
        "base": None if base is None else base.number,
        "unreachable": unreachable,
        "since": version.until.isoformat(),
        "until": version.period_end.isoformat(),
    }


def ndcg(places: Sequence[int | None], cut: int = CUT) -> float:
    """Return the discounted gain of wanted products at their places, best possible being 1."""
    found = [place for place in places if place is not None and place <= cut]
    best = sum(1 / math.log2(1 + place) for place in range(1, min(len(places), cut) + 1))
    return sum(1 / math.log2(1 + place) for place in found) / best


def _summary(gains: Sequence[tuple[float, float]]) -> dict[str, Any]:
    differences = [new - old for new, old in gains]
    count = len(differences)
    difference = fmean(differences) if count else 0.0
    error = stdev(differences) / math.sqrt(count) if count > 1 else 0.0
    return {
        "needs": count,
        "ndcg": fmean(new for new, _ in gains) if count else 0.0,
        "base_ndcg": fmean(old for _, old in gains) if count else 0.0,
        "difference": difference,
        "standard_error": error,
        "low": difference - 2 * error,
        "high": difference + 2 * error,
    }


def _funded_needs(version: ModelVersion, cases: Sequence[Case]) -> list[_FundedNeed]:
    needs: dict[str, _FundedNeed] = {}
    for case in cases:
        one = case.outcome
        if one.result == "funded" and one.ranked_on >= version.until:
            needs.setdefault(one.need.code, _FundedNeed(case)).products.add(one.product)
    return [needs[code] for code in sorted(needs)][:MOST_NEEDS]


def _places(matcher: adapters.Matcher, one: _FundedNeed) -> list[int | None]:
    outcome = one.case.outcome
    places, _ = find_places(
        matcher,
        outcome.need,
        outcome.firm,
        as_of=outcome.ranked_on,
        wanted=sorted(one.products),
    )
    return places


def _component_in_use(base: ModelVersion | None) -> adapters.LearnedSource | None:
    """Return what ranks now: rules also where the file of the active version cannot be used."""
    try:
        return None if base is None else _component(base)
    except StateConflict:
        return None


def _component(version: ModelVersion) -> adapters.LearnedSource:
    stored = StoredModel(version.number, bytes(version.content), version.sha256, version.weight)
    try:
        return read_component(stored)
    except ModelUnusable as refusal:
        raise StateConflict("model_unusable", refusal.message) from refusal
