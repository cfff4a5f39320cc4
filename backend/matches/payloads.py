"""Results of the matching as plain dictionaries: the contract's shape, names and sentences."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from backend.matches import adapters
from backend.matches.catalogue_memory import LoadedCatalogue
from backend.matches.change_texts import change_text, question_text
from backend.matches.reason_texts import (
    component_label,
    criterion_label,
    criterion_text,
    part_label,
)
from backend.matches.wording import Names
from backend.needs.selectors import NeedRecord
from matching.vocabulary import CHANGE_KINDS, DISCLAIMER, OUTCOMES, STAGES, VERDICTS

EXPLORED_NOTE = "新近入驻或记录较少的机构，符合已公布条件，供参考"
# Per product what is said of earlier firms; None as a whole where rules rank.
Bands = Mapping[str, dict[str, Any] | None] | None


def need_payload(record: NeedRecord, as_of: date) -> dict[str, Any]:
    """Say whose need an answer is about, and of which day; every such answer begins with it."""
    return {
        "id": str(record.public_id),
        "code": record.need.code,
        "firm_name": record.firm.name,
        "as_of": as_of,
    }


def listed_need_payload(record: NeedRecord) -> dict[str, Any]:
    """Name a need on the list of a product."""
    return {
        "need": record.need.code,
        "need_id": str(record.public_id),
        "firm_name": record.firm.name,
    }


def common_payload(catalogue: LoadedCatalogue) -> dict[str, Any]:
    """Say what every answer from a catalogue follows from, and that it promises nothing."""
    return {"versions": catalogue.versions, "disclaimer": DISCLAIMER}


def match_payload(
    match: adapters.Match, catalogue: LoadedCatalogue, *, with_scores: bool, bands: Bands = None
) -> dict[str, Any]:
    """Describe one match; without scores for whoever may not see them."""
    return {
        "rank": match.rank,
        **product_payload(match.product, catalogue),
        **verdict_payload(match.verdict),
        **({} if bands is None else {"band": bands[match.product]}),
        **reasons_payload(match, catalogue.names, with_scores=with_scores),
    }


def explored_payload(
    one: adapters.Explored, catalogue: LoadedCatalogue, *, with_scores: bool, bands: Bands = None
) -> dict[str, Any]:
    """Describe a match that was drawn to stand beside the ranking, its chance beside its score."""
    match = match_payload(one.match, catalogue, with_scores=with_scores, bands=bands)
    chance = {"propensity": one.propensity} if with_scores else {}
    return {**match, **chance, "note": EXPLORED_NOTE}


def reasons_payload(match: adapters.Match, names: Names, *, with_scores: bool) -> dict[str, Any]:
    """Describe why a pair stands where it stands: the score's parts and every criterion."""
    criteria = [criterion_payload(criterion, names) for criterion in match.criteria]
    if not with_scores:
        return {"criteria": criteria}
    return {
        "score": match.score,
        "components": [component_payload(component) for component in match.components],
        "criteria": criteria,
    }


def verdict_payload(verdict: str) -> dict[str, Any]:
    """Say a verdict."""
    return {"verdict": verdict, "verdict_label": VERDICTS[verdict]}


def component_payload(component: adapters.Component) -> dict[str, Any]:
    """Describe one part of a score; a learned one with the log-odds that it is made of."""
    described: dict[str, Any] = {
        "code": component.code,
        "label": component_label(component.code),
        "value": component.value,
        "weight": component.weight,
        "contribution": component.contribution,
    }
    if component.parts:
        described["parts"] = [
            {"code": code, "label": part_label(code), "log_odds": value}
            for code, value in component.parts
        ]
    return described


def product_payload(code: str, catalogue: LoadedCatalogue) -> dict[str, Any]:
    """Name a product, the version of it that was used, and its institution."""
    product = catalogue.products[code]
    return {
        "product": code,
        "product_id": str(product.product_id),
        "product_version_id": str(product.version_id),
        "product_name": product.name,
        "institution": product.institution,
        "institution_name": product.institution_name,
        "is_reference": product.is_reference,
        "is_demonstration": product.is_demonstration,
    }


def criterion_payload(criterion: adapters.Criterion, names: Names) -> dict[str, Any]:
    """Describe what was compared, how it came out, and say it in a sentence."""
    return {
        "code": criterion.code,
        "label": criterion_label(criterion.code),
        "outcome": criterion.outcome,
        "outcome_label": OUTCOMES[criterion.outcome],
        "required": criterion.required,
        "actual": criterion.actual,
        "text": criterion_text(
            criterion.code, criterion.outcome, criterion.required, criterion.actual, names
        ),
    }


def near_miss_payload(miss: adapters.NearMiss, catalogue: LoadedCatalogue) -> dict[str, Any]:
    """Describe a product that does not fit yet and the changes after which it would."""
    return {
        **product_payload(miss.product, catalogue),
        "changes": [change_payload(change) for change in miss.changes],
    }


def change_payload(change: adapters.Change) -> dict[str, Any]:
    """Describe one change, and say it in a sentence."""
    return {
        "criterion": change.criterion,
        "kind": change.kind,
        "kind_label": CHANGE_KINDS[change.kind],
        "field": change.field,
        "from": change.from_value,
        "to": change.to_value,
        "text": change_text(change.kind, change.field, change.from_value, change.to_value),
    }


def question_payload(question: adapters.Question) -> dict[str, Any]:
    """Describe an unknown fact and how many products wait for it."""
    return {
        "field": question.field,
        "asks": question.asks,
        "products": question.products,
        "text": question_text(question.asks, question.field, question.products),
    }


def stage_payload(result: adapters.NeedResult) -> dict[str, Any]:
    """Describe the firm's stage and the rule that it follows from."""
    stage = result.stage
    return {
        "code": stage.stage,
        "label": STAGES[stage.stage] if stage.stage else "未知",
        "basis": stage.basis,
        "rule": stage.rule,
        "settled": stage.settled,
    }


def plain(value: object) -> object:
    """Turn what JSON does not know into what it does; for ``json.dumps(default=...)``."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")
