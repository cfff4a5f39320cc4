"""A firm's stage: as declared, or inferred from what is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Final

from dateutil.relativedelta import relativedelta

from matching.eligibility.terms import COMPARISONS
from matching.parameters import Parameters, StageRule
from matching.schema import Firm, Number, StageAssessment

AGE: Final = "age_months"
FIRM_FACTS: Final = ("revenue_yuan", "employees", "revenue_growth", "rd_ratio")
_DECISIVE: Final = (AGE, "revenue_yuan", "employees")


@lru_cache(maxsize=1 << 15)
def completed_months(founded_on: date, as_of: date) -> int:
    """Count the completed months between two days; negative before the founding.

    Examples
    --------
    >>> completed_months(date(2024, 1, 31), date(2024, 2, 29))
    1
    """
    age = relativedelta(as_of, founded_on)
    return age.years * 12 + age.months


def stage_facts(firm: Firm, *, as_of: date) -> dict[str, Number | None]:
    """Collect the facts from which a stage can be inferred; None is unknown."""
    facts: dict[str, Number | None] = {name: getattr(firm, name) for name in FIRM_FACTS}
    facts[AGE] = None if firm.founded_on is None else completed_months(firm.founded_on, as_of)
    return facts


def assess_stage(firm: Firm, *, as_of: date, parameters: Parameters) -> StageAssessment:
    """Return the declared stage, or the inferred one with the rule that fired.

    Parameters
    ----------
    firm : Firm
        A declared ``stage`` (an officer's override among them) is used as given.
    as_of : date
        The day on which age is counted.
    parameters : Parameters
        Rules and thresholds of that day.
    """
    if firm.stage is not None:
        return StageAssessment(stage=firm.stage, basis="declared")
    return infer_stage(stage_facts(firm, as_of=as_of), parameters.stage_rules)


def infer_stage(
    facts: Mapping[str, Number | None], rules: tuple[StageRule, ...]
) -> StageAssessment:
    """Return the stage of the first rule all of whose conditions are known to hold.

    The stage is *settled* when no fact that is still missing could change it: every rule
    before the one that fired is known to fail, or gives the same stage. Without founding
    date, revenue and employees the stage is unknown.
    """
    if all(facts[name] is None for name in _DECISIVE):
        return StageAssessment(stage=None, basis="unknown", settled=False)
    possible: set[str] = set()
    for rule in rules:
        fires = _fires(rule, facts)
        if fires:
            settled = possible <= {rule.stage}
            return StageAssessment(rule.stage, "inferred", rule.code, settled=settled)
        if fires is None:
            possible.add(rule.stage)
    return StageAssessment(stage=None, basis="unknown", settled=False)


def _fires(rule: StageRule, facts: Mapping[str, Number | None]) -> bool | None:
    """Say whether a rule's conditions hold; None when that hangs on a missing fact."""
    is_open = False
    for name, op, threshold in rule.when:
        value = facts[name]
        if value is None:
            is_open = True
        elif not COMPARISONS[op](value, threshold):
            return False
    return None if is_open else True
