"""What a need and its firm bring to the comparison, worked out once per need and day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from matching.eligibility.stage import AGE, infer_stage, stage_facts
from matching.parameters import Parameters
from matching.schema import Firm, Need, Number, Qualification, StageAssessment


@dataclass(frozen=True, slots=True)
class Facts:
    """One need, its firm and everything derived from them on a day.

    Attributes
    ----------
    stage : StageAssessment
        Declared or inferred.
    inference_facts : dict
        What stage inference may look at; None is unknown.
    amount, term : (int, int) or None
        Asked interval in yuan and months; one given end stands for both.
    age_months : int or None
    qualifications : tuple of str or None
        Codes held on the day, ascending.
    """

    need: Need
    firm: Firm
    as_of: date
    stage: StageAssessment
    inference_facts: dict[str, Number | None]
    amount: tuple[int, int] | None
    term: tuple[int, int] | None
    age_months: int | None
    qualifications: tuple[str, ...] | None


def gather_facts(need: Need, firm: Firm, *, as_of: date, parameters: Parameters) -> Facts:
    """Work out the facts of a need on a day."""
    inference_facts = stage_facts(firm, as_of=as_of)
    age = inference_facts[AGE]
    if firm.stage is not None:
        stage = StageAssessment(stage=firm.stage, basis="declared")
    else:
        stage = infer_stage(inference_facts, parameters.stage_rules)
    return Facts(
        need=need,
        firm=firm,
        as_of=as_of,
        stage=stage,
        inference_facts=inference_facts,
        amount=_interval(need.amount_min_yuan, need.amount_max_yuan),
        term=_interval(need.term_min_months, need.term_max_months),
        age_months=None if age is None else int(age),
        qualifications=_held(firm.qualifications, as_of),
    )


def _interval(low: int | None, high: int | None) -> tuple[int, int] | None:
    if low is None:
        return None if high is None else (high, high)
    return (low, low if high is None else high)


def _held(qualifications: tuple[Qualification, ...] | None, day: date) -> tuple[str, ...] | None:
    if qualifications is None:
        return None
    held = {
        item.code
        for item in qualifications
        if (item.valid_from is None or item.valid_from <= day)
        and (item.valid_until is None or day < item.valid_until)
    }
    return tuple(sorted(held))
