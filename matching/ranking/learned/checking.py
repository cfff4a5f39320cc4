"""Outcomes as they come in, checked and merged, in a canonical order."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from typing import Final

from matching.errors import Fault, InputError
from matching.ranking.learned.errors import TooFewOutcomesError
from matching.ranking.learned.records import Candidate, NeedFacts, Outcome

RESULTS: Final = ("no_answer", "declined", "funded")  # of one day, the later in this list wins

_MAX_FAULTS: Final = 100


@dataclass(frozen=True, slots=True)
class CleanHistory:
    """Outcomes in ascending order of need day, need and product, one per need and product.

    Attributes
    ----------
    outcomes : tuple of Outcome
    candidates : tuple of Candidate
        Ascending by product.
    fingerprint : str
        SHA-256 over both; the order of the input changes nothing.
    notes : tuple of str
        In Chinese: what was merged.
    """

    outcomes: tuple[Outcome, ...]
    candidates: tuple[Candidate, ...]
    fingerprint: str
    notes: tuple[str, ...]


def clean(
    outcomes: Iterable[Outcome], candidates: Iterable[Candidate], *, until: date
) -> CleanHistory:
    """Check a history and keep what was known before ``until``.

    Of several outcomes of one need and product the latest counts; of the same day funded
    before declined before unanswered.

    Raises
    ------
    InputError
        Where a product is not among the candidates, a result is not one of the three, a
        date lies before its need, a position is below 1, a propensity is no chance, two
        candidates share a product code, or one need is described in two ways.
    """
    own = tuple(sorted(candidates, key=lambda candidate: candidate.product))
    given = sorted(outcomes, key=_order)
    faults = _candidate_faults(own) + _outcome_faults(given, {one.product for one in own})
    if faults:
        raise InputError(faults[:_MAX_FAULTS])
    known = [outcome for outcome in given if outcome.on < until]
    last: dict[tuple[str, str], Outcome] = {}
    contradictions = 0
    for outcome in sorted(known, key=lambda one: (one.on, RESULTS.index(one.result))):
        key = outcome.need.code, outcome.product
        contradictions += key in last and last[key].result != outcome.result
        last[key] = outcome
    kept = tuple(sorted(last.values(), key=_order))
    notes = []
    if len(known) > len(kept):
        notes.append(
            f"{len(known) - len(kept)} 条结果与同一需求、同一产品的其他结果重复，"
            f"其中 {contradictions} 条前后不一，以最后一条为准"
        )
    if len(given) > len(known):
        notes.append(f"{len(given) - len(known)} 条结果不早于截止日 {until}，未使用")
    return CleanHistory(kept, own, _fingerprint(kept, own), tuple(notes))


def require_enough(history: CleanHistory, *, min_outcomes: int, min_funded: int) -> None:
    """Refuse a history that cannot carry a model.

    Raises
    ------
    TooFewOutcomesError
    """
    results = Counter(outcome.result for outcome in history.outcomes)
    institution = {one.product: one.institution for one in history.candidates}
    involved = {institution[outcome.product] for outcome in history.outcomes}
    checks = (
        ("too_few_outcomes", "结果", len(history.outcomes), min_outcomes),
        ("too_few_funded", "获得融资的结果", results["funded"], min_funded),
        ("single_institution", "有结果的机构", len(involved), 2),
    )
    for code, name, found, needed in checks:
        if found < needed:
            text = f"{name}只有 {found} 个，少于 {needed} 个，不足以训练模型；继续按规则排序"
            raise TooFewOutcomesError(code, text, found=found, needed=needed)


def _order(outcome: Outcome) -> tuple[date, str, str, date, str, int, float]:
    position = -1 if outcome.position is None else outcome.position
    propensity = -1.0 if outcome.propensity is None else outcome.propensity
    need = outcome.need
    return need.on, need.code, outcome.product, outcome.on, outcome.result, position, propensity


def _candidate_faults(candidates: Sequence[Candidate]) -> list[Fault]:
    counts = Counter(candidate.product for candidate in candidates)
    return [
        Fault("candidates", None, "product", code, "每个产品只列一次", "duplicate_code")
        for code, count in counts.items()
        if count > 1
    ]


def _outcome_faults(outcomes: Sequence[Outcome], products: set[str]) -> list[Fault]:
    faults = []
    described: dict[str, NeedFacts] = {}
    for row, outcome in enumerate(outcomes, start=1):
        need = outcome.need
        wrong: list[tuple[str, object, str, str]] = []
        if outcome.product not in products:
            wrong.append(("product", outcome.product, "已列出的产品代码", "unknown_code"))
        if outcome.result not in RESULTS:
            wrong.append(("result", outcome.result, "、".join(RESULTS) + " 之一", "unknown_code"))
        if outcome.on < need.on:
            text = f"不早于需求的日期 {need.on}"
            wrong.append(("on", outcome.on, text, "date_before_need"))
        if outcome.position is not None and outcome.position < 1:
            wrong.append(("position", outcome.position, "从 1 开始的名次，或不填", "out_of_range"))
        if outcome.propensity is not None and not 0.0 < outcome.propensity <= 1.0:
            text = "大于 0、不大于 1 的概率，或不填"
            wrong.append(("propensity", outcome.propensity, text, "out_of_range"))
        if need.amount_yuan is not None and need.amount_yuan < 0:
            wrong.append(("amount_yuan", need.amount_yuan, "不小于 0 的整元", "out_of_range"))
        if described.setdefault(need.code, need) != need:
            wrong.append(("need", need.code, "同一需求只有一种描述", "contradiction"))
        faults += [
            Fault("outcomes", row, field, str(value)[:80], expected, code)
            for field, value, expected, code in wrong
        ]
    return faults


def _fingerprint(outcomes: Sequence[Outcome], candidates: Sequence[Candidate]) -> str:
    digest = hashlib.sha256()
    for candidate in candidates:
        digest.update(repr(astuple(candidate)).encode() + b"\n")
    for outcome in outcomes:
        digest.update(repr(astuple(outcome)).encode() + b"\n")
    return digest.hexdigest()
