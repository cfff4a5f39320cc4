"""The parameters of one day as typed, frozen records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from matching.errors import ParameterError
from matching.vocabulary import STAGES

# The fixed order of the score's parts: sums run in it, so that every engine rounds alike. First
# the parts that the product and the firm's stage decide, whose sum an engine may keep.
COMPONENTS: Final = (
    "stage_fit",
    "cost",
    "green_channel",
    "speed",
    "tech_field",
    "purpose",
    "qualifications",
    "region_closeness",
    "industry_focus",
    "requirements",
    "amount_cover",
    "term_cover",
    "text",
)

STAGE_CODES: Final = tuple(STAGES)

_SHARES: Final = (
    "any_stage",
    "lending_neutral",
    "tech_field_none_stated",
    "purpose_none_stated",
)


@dataclass(frozen=True, slots=True)
class StageRule:
    """One rule of stage inference: it fires when every condition is known to hold.

    Attributes
    ----------
    code, stage : str
        Name of the rule, and the stage it gives.
    when : tuple of (str, str, number)
        Fact, comparison and threshold; facts are ``age_months`` and fields of the firm.
    """

    code: str
    stage: str
    when: tuple[tuple[str, str, int | float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """Everything adjustable that changes results, as it holds on one day.

    All values lie in [0, 1] unless their name carries a unit. Changing any of them changes
    results, none only speed.

    Attributes
    ----------
    version : str
        Fingerprint of the parameter files; names a result's origin.
    weights : mapping of str to tuple of float
        Per stage, one weight per entry of ``COMPONENTS``, together exactly 1.
    stage_rules : tuple of StageRule
        In the order in which they are tried.
    region_closeness : tuple of float
        Values for: no region stated, province, city, county.
    industry_focus : tuple of float
        Values for: no industry stated, section, division, group, class.
    qualifications_met : tuple of float
        Values for none, one and both of the qualification conditions stated and met.
    """

    version: str
    weights: Mapping[str, tuple[float, ...]]
    stage_rules: tuple[StageRule, ...]
    any_stage: float
    best_annual_rate: float
    worst_annual_rate: float
    assumed_spread: float
    lending_neutral: float
    region_closeness: tuple[float, ...]
    industry_focus: tuple[float, ...]
    tech_field_none_stated: float
    purpose_none_stated: float
    qualifications_met: tuple[float, ...]
    requirements_half_at: float
    best_workdays: float
    worst_workdays: float

    def __post_init__(self) -> None:
        """Refuse what would break a property of the score."""
        for stage in STAGE_CODES:
            _check_weights(stage, self.weights.get(stage, ()))
        for name in ("region_closeness", "industry_focus", "qualifications_met"):
            _check_ascending(name, getattr(self, name))
        for name in _SHARES:
            _check_ascending(name, (getattr(self, name),))
        if not self.best_annual_rate < self.worst_annual_rate:
            raise ParameterError("cost: the best rate must lie below the worst")
        if not self.best_workdays < self.worst_workdays:
            raise ParameterError("speed: the best number of days must lie below the worst")
        if self.requirements_half_at <= 0 or self.assumed_spread < 0:
            raise ParameterError("requirements.half_at above 0, cost.assumed_spread not below")


def _check_weights(stage: str, weights: tuple[float, ...]) -> None:
    if len(weights) != len(COMPONENTS) or min(weights) < 0:
        raise ParameterError(f"weights.{stage}: one weight, at least 0, for each component")
    total = sum((Decimal(str(weight)) for weight in weights), Decimal(0))
    if total != 1:
        raise ParameterError(f"weights.{stage} sum to {total}, not to 1")


def _check_ascending(name: str, values: tuple[float, ...]) -> None:
    if list(values) != sorted(values) or min(values) < 0 or max(values) > 1:
        raise ParameterError(f"{name}: values in [0, 1] that do not fall, not {values}")


def build_parameters(values: Mapping[str, Any], *, version: str) -> Parameters:
    """Turn the raw values of one day (by parameter code) into records."""
    try:
        return Parameters(
            version=version,
            weights={stage: _weights(values[f"weights.{stage}"]) for stage in STAGE_CODES},
            stage_rules=tuple(_rule(rule, values) for rule in values["stage.rules"]),
            any_stage=values["stage_fit.any_stage"],
            best_annual_rate=values["cost.best_annual_rate"],
            worst_annual_rate=values["cost.worst_annual_rate"],
            assumed_spread=values["cost.assumed_spread"],
            lending_neutral=values["lending.neutral"],
            region_closeness=_levels(
                values["region.closeness"], "none_stated", "province", "city", "county"
            ),
            industry_focus=_levels(
                values["industry.focus"], "none_stated", "section", "division", "group", "class"
            ),
            tech_field_none_stated=values["tech_field.none_stated"],
            purpose_none_stated=values["purpose.none_stated"],
            qualifications_met=tuple(values["qualifications.by_conditions_met"]),
            requirements_half_at=values["requirements.half_at"],
            best_workdays=values["speed.best_workdays"],
            worst_workdays=values["speed.worst_workdays"],
        )
    except KeyError as error:
        raise ParameterError(f"parameter {error.args[0]} is missing") from error


def _weights(by_component: Mapping[str, float]) -> tuple[float, ...]:
    if set(by_component) != set(COMPONENTS):
        raise ParameterError(f"weights name other components: {sorted(by_component)}")
    return tuple(by_component[code] for code in COMPONENTS)


def _levels(by_level: Mapping[str, float], *names: str) -> tuple[float, ...]:
    return tuple(by_level[name] for name in names)


def _rule(rule: Mapping[str, Any], values: Mapping[str, Any]) -> StageRule:
    if rule["stage"] not in STAGES:
        raise ParameterError(f"stage rule {rule['code']}: unknown stage {rule['stage']}")
    when = tuple((fact, op, values[threshold]) for fact, op, threshold in rule["when"])
    return StageRule(code=rule["code"], stage=rule["stage"], when=when)
