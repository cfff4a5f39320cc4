"""The border to the matching library for ranking that learns from outcomes."""

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import numpy as np

from backend.catalogue.selectors import PublishedProduct
from backend.common.errors import DomainError
from backend.firms.selectors import FirmSnapshot
from backend.matches.adapters import Exploration, Matcher, as_firm, as_need, as_product
from backend.needs.selectors import NeedSnapshot
from backend.ranking.selectors import RULES, StoredModel, get_stored_model
from matching import inquiries
from matching.errors import InputError
from matching.ranking import learned
from matching.ranking.learned import (
    Band,
    Candidate,
    LearnedModel,
    ModelFileError,
    NeedFacts,
    Outcome,
    TooFewOutcomesError,
)
from matching.ranking.learned_side import LearnedComponent, family_of
from matching.schema import StageAssessment

logger = logging.getLogger(__name__)

Result = Literal["funded", "declined", "no_answer"]
_SHOWN_OF_SHA = 12
# Funded outcomes of the last months that a kind of product needs for chances.
LEAST_FOR_CHANCES = 30
# Institutions that have answered less often have a short record.
LEAST_ANSWERS = 10


class OutcomesTooFew(DomainError):
    """The history cannot carry a model: the platform goes on ranking by rules."""


class HistoryFaulty(DomainError):
    """The history contradicts itself or names what is not there."""


class ModelUnusable(DomainError):
    """A model file was changed, damaged or made by another version of the library."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastOutcome:
    """What became of one need at one product, with the need and the firm as they were.

    ``ranked_on`` is the day that the need was shown, ``known_on`` the day of the result;
    """

    need: NeedSnapshot
    firm: FirmSnapshot
    firm_key: str
    ranked_on: date
    product: str
    result: Result
    known_on: date
    position: int | None
    propensity: float | None = None


@dataclass(frozen=True, slots=True)
class ListedNeed:
    """A need with the products that the rules let through, and those that financed it."""

    outcome: PastOutcome
    products: tuple[str, ...]
    financed: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedModel:
    """A model as it is stored, with what its card says."""

    content: bytes
    sha256: str
    data_fingerprint: str
    parameters: Mapping[str, Any]
    metrics: Mapping[str, Any]
    notes: tuple[str, ...]


def fit(
    outcomes: Iterable[PastOutcome],
    products: Iterable[PublishedProduct],
    *,
    until: date,
    least_outcomes: int,
    least_funded: int,
    eligible: Mapping[str, Sequence[str]] | None = None,
    later: Sequence[ListedNeed] = (),
) -> FittedModel:
    """Fit a model to what was known before a day; the same history gives the same bytes.

    ``eligible`` holds by ``key_of`` what the rules let through of a need: negatives are drawn
    from it, and chances fitted on the whole lists of late needs. ``later`` are needs of after
    the day, on which it is measured how far they hold.

    Raises OutcomesTooFew where rules have to rank, HistoryFaulty for a faulty history.
    """
    config = learned.LearnedConfig(
        min_outcomes=least_outcomes, min_funded=least_funded, min_chances=LEAST_FOR_CHANCES
    )
    history = [as_outcome(one) for one in outcomes]
    candidates = [_as_candidate(product) for product in products]
    try:
        model = learned.fit_model(
            history, candidates, until=until, eligible=eligible, config=config, rng=0
        )
    except TooFewOutcomesError as error:
        raise OutcomesTooFew(error.code, str(error)) from error
    except InputError as error:
        first = error.faults[0]
        text = (
            f"历史数据有 {len(error.faults)} 处错误，例如 {first.field}“{first.value}”："
            f"应为{first.expected}"
        )
        raise HistoryFaulty("history_faulty", text) from error
    content = learned.dump_model(model)
    card = model.card
    return FittedModel(
        content=content,
        sha256=learned.model_sha256(content),
        data_fingerprint=card.data_fingerprint,
        parameters=dict(card.parameters) | {"method": card.method, "library": card.library},
        metrics={
            "outcomes": card.outcomes,
            "funded": card.funded,
            "institutions": card.institutions,
            **card.metrics,
            "reliability": _reliability(model, candidates, later),
        },
        notes=card.notes,
    )


def read_component(stored: StoredModel) -> LearnedComponent:
    """Return a stored model as a part of the score; raise ModelUnusable for any other file."""
    try:
        model = learned.read_model(stored.content, sha256=stored.sha256)
    except ModelFileError as error:
        raise ModelUnusable(error.code, f"模型第 {stored.number} 版无法使用：{error}") from error
    name = f"{stored.number}-{stored.sha256[:_SHOWN_OF_SHA]}"
    return LearnedComponent(model, version=name, weight=stored.weight)


def load_component(number: int) -> LearnedComponent | None:
    """Return the model of a version; None for the rules, and where its file cannot be used.

    Then the platform ranks by rules, and the log says why.
    """
    if number == RULES:
        return None
    stored = get_stored_model(number)
    if stored is None:
        logger.error("ranking model %s is not stored; rules rank", number)
        return None
    try:
        return read_component(stored)
    except ModelUnusable as error:
        logger.error("ranking model %s cannot be used, rules rank: %s", number, error.message)  # noqa: TRY400 - the file is at fault, not the code
        return None


def plan_exploration(learned: LearnedComponent) -> Exploration:
    """Return what a model lets be shown beside the ranking: institutions with a short record."""
    return Exploration(
        version=learned.version, known=learned.model.known_institutions(LEAST_ANSWERS)
    )


def find_bands(
    learned: LearnedComponent,
    need: NeedSnapshot,
    firm: FirmSnapshot,
    *,
    as_of: date,
    stage: StageAssessment,
    families: Collection[str],
) -> dict[str, Band | None]:
    """Return how earlier needs under like conditions fared with some kinds of products."""
    facts = _facts(need, firm, firm.uscc, as_of, stage)
    return {
        family: learned.model.band(facts, Candidate(product="", institution="", family=family))
        for family in families
    }


def number_of(versions: Mapping[str, Any]) -> int:
    """Return the number of the model that versions of a result name; 0 for rules."""
    return int(str(versions.get("learned", RULES)).split("-", 1)[0])


def find_places(
    matcher: Matcher,
    need: NeedSnapshot,
    firm: FirmSnapshot,
    *,
    as_of: date,
    wanted: Sequence[str],
) -> tuple[list[int | None], int]:
    """Return the place (from 1) of each wanted product among the matches, and their number."""
    found = matcher.shortlist(as_need(need), as_firm(firm), as_of=as_of).products
    places = {code: place for place, code in enumerate(found, start=1)}
    return [places.get(code) for code in wanted], len(found)


def key_of(one: PastOutcome) -> str:
    """Return what names a need on a day; shown again on another day it is another need."""
    return f"{one.need.code}@{one.ranked_on}"


def _reliability(
    model: LearnedModel, candidates: Sequence[Candidate], later: Sequence[ListedNeed]
) -> list[dict[str, Any]]:
    """Say by kind of product what was predicted of later needs, and what came true."""
    by_code = {one.product: one for one in candidates}
    found = learned.measure_chances(
        model,
        (
            (
                _as_facts(one.outcome),
                [by_code[code] for code in one.products if code in by_code],
                one.financed,
            )
            for one in later
        ),
    )
    return [
        {
            "kind": kind,
            "form": curve.form,
            "learned_from": curve.funded,
            "pairs": found[kind].pairs if kind in found else 0,
            "funded": found[kind].funded if kind in found else 0,
            "error": found[kind].error if kind in found else None,
            "bins": [
                {"predicted": said, "observed": seen, "pairs": count}
                for said, seen, count in (found[kind].bins if kind in found else ())
            ],
        }
        for kind, curve in sorted(model.curves.items())
    ]


def as_outcome(one: PastOutcome) -> Outcome:
    """Return an outcome as the library takes it."""
    return Outcome(
        need=_as_facts(one),
        product=one.product,
        result=one.result,
        on=one.known_on,
        position=one.position,
        propensity=one.propensity,
    )


def describe(one: PastOutcome) -> dict[str, str]:
    """Return the classes of a need that drift is watched by; an unknown one is empty."""
    facts = _as_facts(one)
    amount = facts.amount_yuan
    return {
        "stage": facts.stage or "",
        "section": (facts.industry or "")[:1],
        "city": (facts.region or "")[:4],
        "amount": "" if amount is None else _amount_class(amount),
    }


def find_met(
    matcher: Matcher, need: NeedSnapshot, firm: FirmSnapshot, *, as_of: date
) -> dict[str, frozenset[str]]:
    """Return the criteria that are known to be met of each product that suits a need."""
    result = matcher.match(
        as_need(need), as_firm(firm), as_of=as_of, near_misses=False, questions=False
    )
    return {
        match.product: frozenset(one.code for one in match.criteria if one.outcome == "met")
        for match in result.matches
    }


_AMOUNT_CLASSES = (1_000_000, 3_000_000, 10_000_000, 50_000_000)


def _amount_class(amount_yuan: int) -> str:
    return str(int(np.searchsorted(_AMOUNT_CLASSES, amount_yuan)))


def _as_facts(one: PastOutcome) -> NeedFacts:
    stage = inquiries.stage_of(as_firm(one.firm), as_of=one.ranked_on)
    return _facts(one.need, one.firm, one.firm_key, one.ranked_on, stage)


def _facts(
    need: NeedSnapshot, firm: FirmSnapshot, firm_key: str, on: date, stage: StageAssessment
) -> NeedFacts:
    amount = need.amount_max_yuan if need.amount_max_yuan is not None else need.amount_min_yuan
    return NeedFacts(
        code=f"{need.code}@{on}",  # shown again on another day it is another need
        firm=firm_key,
        on=on,
        stage=stage.stage if stage.settled else None,
        industry=firm.industry,
        region=firm.region,
        amount_yuan=amount,
    )


def _as_candidate(product: PublishedProduct) -> Candidate:
    offered = as_product(product)
    return Candidate(
        product=offered.code,
        institution=offered.institution,
        family=family_of(offered),
        stages=offered.stages or (),
        industries=offered.industries or (),
        regions=offered.regions or (),
        amount_min_yuan=offered.amount_min_yuan,
        amount_max_yuan=offered.amount_max_yuan,
    )
