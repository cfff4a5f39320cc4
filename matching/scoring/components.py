"""The parts of the score, each a value in [0, 1] per pair.

Rules that all of them keep (semantics, section 5):

- Only the pair decides, never the other products or needs.
- A better offer never has a lower value.
- A condition that is met counts at least as much as one that does not exist, and a
  criterion that is unknown no more than the least that it can count when met.
- Only elementwise operations, each correctly rounded: a pair has the same bits alone, in a
  batch and in any order.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from matching.eligibility.catalogue import Catalogue, Integers
from matching.eligibility.engine import EligibilityEngine
from matching.eligibility.facts import Facts
from matching.eligibility.outcomes import (
    ABSENT,
    MET,
    SLOT,
    UNKNOWN_FIRM,
    UNKNOWN_INSTITUTION,
    Codes,
    Flags,
    Rows,
    Values,
)
from matching.parameters import COMPONENTS, STAGE_CODES, Parameters
from matching.scoring.pairs import NO_STAGE, Asked, Pairs
from matching.scoring.text import ProductTexts

# The components that an engine may sum per product and stage before it sees a need.
EARLY: Final = COMPONENTS[: COMPONENTS.index("region_closeness")]

# Conditions that a product may leave out, and that its met pairs are credited for.
_OPTIONAL: Final = [
    SLOT[code]
    for code in (
        "stage",
        "amount",
        "term",
        "region",
        "industry",
        "industry_excluded",
        "tech_field",
        "purpose",
        "qualifications_all",
        "qualifications_any",
        "firm_age",
        "collateral",
    )
]
# What vanishes when an undisclosed type turns out to be no loan must not have counted.
_LENDING_OPTIONAL: Final = [SLOT["term"], SLOT["collateral"]]


class ComponentModel:
    """Computes the components of pairs of one catalogue under one set of parameters."""

    def __init__(
        self,
        catalogue: Catalogue,
        engine: EligibilityEngine,
        texts: ProductTexts,
        parameters: Parameters,
    ) -> None:
        self._catalogue = catalogue
        self._engine = engine
        self._texts = texts
        self._parameters = parameters
        self._level_values = {
            "region": np.array([*parameters.region_closeness, 0.0]),
            "industry": np.array([*parameters.industry_focus, 0.0]),
        }
        self._qualification_values = np.array(parameters.qualifications_met)
        self._stage_base = self._fit_by_list()
        self._stage_focus = self._focused_stages()
        self._cost = self._cost_column()
        self._green = self._green_column()
        self._speed = self._speed_column()

    def values(self, facts: Facts, pairs: Pairs) -> Values:
        """Return the components of each pair, shape (len(COMPONENTS), pairs).

        The rows follow ``COMPONENTS``.
        """
        return self.values_at(
            pairs,
            self.levels(pairs, "region", facts.firm.region),
            self.levels(pairs, "industry", facts.firm.industry),
            self._texts.similarity(facts, pairs.rows),
        )

    def values_at(self, pairs: Pairs, region: Codes, industry: Codes, text: Values) -> Values:
        """Return the components where levels (see ``levels``) and likeness are known."""
        values = np.empty((len(COMPONENTS), len(pairs.rows)))
        values[: len(EARLY)] = self.early_values(pairs)
        later = (
            self.level_values("region")[region],
            self.level_values("industry")[industry],
            self._requirements(pairs),
            self._amount_cover(pairs),
            self._term_cover(pairs),
            text,
        )
        for number, component in enumerate(later, start=len(EARLY)):
            values[number] = component
        return values

    def early_values(self, pairs: Pairs) -> Values:
        """Return the components ``EARLY``, which hang on the need only by stage and outcomes."""
        rows, parameters = pairs.rows, self._parameters
        return np.array(
            [
                self._stage_fit(pairs),
                self._cost[rows],
                self._green[rows],
                self._speed[rows],
                _agreement(pairs.outcome("tech_field"), parameters.tech_field_none_stated),
                _agreement(pairs.outcome("purpose"), parameters.purpose_none_stated),
                self._qualifications(pairs),
            ]
        )

    def levels(self, pairs: Pairs, criterion: str, code: str | None) -> Codes:
        """Return how closely each product's regions or industries fit the firm's code.

        0 where the product states none, then the levels of ``regions`` or ``industries``, and
        last a level for what is unknown; ``level_values`` gives the value of each.
        """
        outcome = pairs.outcome(criterion)
        unknown = len(self.level_values(criterion)) - 1
        if code is None:
            return np.where(outcome == ABSENT, 0, unknown).astype(np.int8)
        column = self._catalogue.lists[criterion].of_product[pairs.rows]
        level = np.maximum(self._engine.relations(criterion, code)[column], 0)
        level[outcome == ABSENT] = 0
        level[_is_unknown(outcome)] = unknown
        return level

    def level_values(self, criterion: str) -> Values:
        """Return the value of each level of ``levels``; the unknown has the last, 0."""
        return self._level_values[criterion]

    def _stage_fit(self, pairs: Pairs) -> Values:
        """Made for exactly this stage 1, for any stage the parameter, several between.

        ``stage_focus`` that names the firm's stage counts as exact, provided that no missing
        fact could change the stage; one that names others changes nothing.
        """
        outcome = pairs.outcome("stage")
        fit = np.where((outcome == MET) | (outcome == ABSENT), self._stage_base[pairs.rows], 0.0)
        focus = self._stage_focus[np.maximum(pairs.stage, 0), pairs.rows]
        known = pairs.is_settled & (pairs.stage != NO_STAGE) & (outcome != UNKNOWN_FIRM)
        fit[focus & known] = 1.0
        return fit

    def _amount_cover(self, pairs: Pairs) -> Values:
        """Share of the asked amount within the product's limit; without a limit, all of it."""
        return self._cover(pairs, "amount", pairs.asked_amount_yuan)

    def _term_cover(self, pairs: Pairs) -> Values:
        """Share of the asked term within the product's limit; neutral where none is lent.

        A product of undisclosed type has the lesser of both, so that disclosing the type
        never lowers its score.
        """
        asked = pairs.asked_term_months
        cover = self._cover(pairs, "term", asked)
        if asked is None:
            return cover
        return np.where(np.isnan(asked), 0.0, self._neutralise(cover, pairs.rows))

    def _cover(self, pairs: Pairs, criterion: str, asked: Asked) -> Values:
        if asked is None:
            return np.zeros(len(pairs.rows))
        limit = self._catalogue.limits[criterion][1][pairs.rows]
        share = np.minimum(limit, asked) / np.maximum(asked, 1)
        share[asked <= 0] = 1.0
        share[_is_unknown(pairs.outcome(criterion)) | np.isnan(asked)] = 0.0
        return np.clip(share, 0.0, 1.0)

    def _qualifications(self, pairs: Pairs) -> Values:
        both = (pairs.outcome("qualifications_all"), pairs.outcome("qualifications_any"))
        met = (both[0] == MET).astype(np.int8) + (both[1] == MET)
        value: Values = self._qualification_values[met]
        value[_is_unknown(both[0]) | _is_unknown(both[1])] = 0.0
        return value

    def _requirements(self, pairs: Pairs) -> Values:
        """Credit met conditions: n / (n + k), so that each further one counts less."""
        is_met = pairs.outcomes == MET
        count = is_met[_OPTIONAL].sum(axis=0) + pairs.met_terms
        hidden = self._catalogue.type_undisclosed[pairs.rows]
        count -= np.where(hidden, is_met[_LENDING_OPTIONAL].sum(axis=0), 0)
        return requirement_values(count, self._parameters)

    def _neutralise(self, values: Values, rows: Rows) -> Values:
        """Put the neutral value where nothing is lent, the lesser where that is open."""
        lends, hidden = self._catalogue.lends[rows], self._catalogue.type_undisclosed[rows]
        neutral = self._parameters.lending_neutral
        values = np.where(hidden, np.minimum(values, neutral), values)
        return np.where(lends | hidden, values, neutral)

    def _fit_by_list(self) -> Values:
        any_stage = self._parameters.any_stage
        column = self._catalogue.lists["stage"]
        fit = [
            any_stage if stages is None else any_stage + (1.0 - any_stage) / len(set(stages))
            for stages in column.distinct
        ]
        base = np.array(fit)[column.of_product]
        base[column.undisclosed] = 0.0
        return base

    def _focused_stages(self) -> Flags:
        return np.array(
            [
                [stage in (product.stage_focus or ()) for product in self._catalogue.products]
                for stage in STAGE_CODES
            ],
            dtype=np.bool_,
        )

    def _cost_column(self) -> Values:
        """Fall evenly from the best to the worst mean rate; a rate not stated has 0."""
        parameters, low = self._parameters, self._catalogue.rate_min
        high = self._catalogue.rate_max
        high = np.where(np.isnan(high), low + parameters.assumed_spread, high)
        mean = (low + high) / 2.0
        value = _falling(mean, parameters.best_annual_rate, parameters.worst_annual_rate)
        return self._neutralise(value, np.arange(len(self._catalogue), dtype=np.intp))

    def _green_column(self) -> Values:
        promises = [
            (bool(p.green_quota) + bool(p.green_approval) + bool(p.green_disbursement)) / 3
            for p in self._catalogue.products
        ]
        return np.array(promises, dtype=np.float64)

    def _speed_column(self) -> Values:
        days = [
            np.nan if product.approval_days is None else product.approval_days
            for product in self._catalogue.products
        ]
        parameters = self._parameters
        return _falling(
            np.array(days, dtype=np.float64), parameters.best_workdays, parameters.worst_workdays
        )


def requirement_values(count: Integers, parameters: Parameters) -> Values:
    """Return the value of so many met conditions: n / (n + k)."""
    share: Values = count / (count + parameters.requirements_half_at)
    return share


def _is_unknown(outcome: Codes) -> Flags:
    unknown: Flags = (outcome == UNKNOWN_FIRM) | (outcome == UNKNOWN_INSTITUTION)
    return unknown


def _agreement(outcome: Codes, none_stated: float) -> Values:
    """Met 1, no condition the parameter, unknown 0."""
    values = np.array([none_stated, 1.0, 0.0, 0.0, 0.0])
    return values[outcome]


def _falling(amounts: Values, best: float, worst: float) -> Values:
    """Map ``best`` and below to 1, ``worst`` and above to 0, evenly between; NaN to 0."""
    value = np.clip((worst - amounts) / (worst - best), 0.0, 1.0)
    return np.nan_to_num(value, nan=0.0)
