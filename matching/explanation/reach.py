"""Which ineligible products lie within reach, and what the pair would then look like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from matching.eligibility.catalogue import LOWEST, Catalogue, Integers
from matching.eligibility.facts import Facts
from matching.eligibility.outcomes import (
    ABSENT,
    MET,
    SLOT,
    UNKNOWN_FIRM,
    UNKNOWN_INSTITUTION,
    UNMET,
    Flags,
    Outcomes,
    Rows,
)
from matching.eligibility.stage import FIRM_FACTS, infer_stage
from matching.eligibility.term_sets import TermGroup
from matching.eligibility.terms import nearest
from matching.explanation.changes import ENDS, day_of_age
from matching.explanation.targets import CatalogueTargets
from matching.parameters import Parameters
from matching.schema import Number, StageAssessment
from matching.scoring.pairs import Asked, Pairs, as_they_are, stage_index, with_unmet_turned
from matching.vocabulary import CODED_FIRM_FIELDS

_FIXED: Final = [
    SLOT[code] for code in ("stage", "region", "industry", "industry_excluded", "tech_field")
]

# The values that a firm's numeric fields would have: field -> value.
NewValues = dict[str, Number]


@dataclass(frozen=True, slots=True)
class Reach:
    """Products within reach of a need.

    Attributes
    ----------
    rows : int array, shape (r,)
    term_sets : int array, shape (r,)
        Which set of terms each product has.
    terms_of_set : sequence of tuple of int
        The distinct terms of every set of the catalogue.
    new_values : dict of int to dict
        Numeric fields of the firm that would have to change, for each set with unmet terms.
    unmet_terms : int array, shape (r,)
        How many stated terms are unmet.
    """

    rows: Rows
    term_sets: Rows
    terms_of_set: Sequence[tuple[int, ...]]
    new_values: dict[int, NewValues]
    unmet_terms: Integers


def products_within_reach(
    catalogue: Catalogue,
    targets: CatalogueTargets,
    facts: Facts,
    outcomes: Outcomes,
    rows: Rows,
) -> Reach:
    """Keep those of some ineligible products whose unmet criteria can all change."""
    is_fixed = (outcomes.table[_FIXED] == UNMET).any(axis=0)
    rows = rows[~is_fixed[rows]]
    rows = rows[~_is_out_of_age(catalogue, facts, outcomes, rows)]
    finder = _FigureFinder(facts, outcomes)
    term_sets = targets.term_sets.of_product[rows]
    unmet_terms = catalogue.terms.count(outcomes.terms == UNMET)[rows]
    new_values: dict[int, NewValues] = {}
    is_reachable = np.ones(len(targets.groups), dtype=np.bool_)
    for term_set in set(term_sets[unmet_terms > 0].tolist()):
        found = finder.new_values(targets.groups[term_set])
        if found is None:
            is_reachable[term_set] = False
        else:
            new_values[term_set] = found
    is_kept = is_reachable[term_sets]
    return Reach(
        rows=rows[is_kept],
        term_sets=term_sets[is_kept],
        terms_of_set=targets.term_sets.distinct,
        new_values=new_values,
        unmet_terms=unmet_terms[is_kept],
    )


def pairs_after_changes(
    catalogue: Catalogue,
    facts: Facts,
    outcomes: Outcomes,
    reach: Reach,
    parameters: Parameters,
) -> Pairs:
    """Return the pairs as they would be with every change applied.

    Waiting for the firm's age changes nothing else; a changed figure of the firm may change
    its inferred stage.
    """
    before = as_they_are(facts, catalogue, outcomes, reach.rows)
    after = with_unmet_turned(before, reach.unmet_terms)
    need, upper = facts.need, {code: catalogue.limits[code][1][reach.rows] for code in ENDS}
    after = replace(
        after,
        asked_amount_yuan=_asked_after(
            before.asked_amount_yuan,
            (need.amount_min_yuan, need.amount_max_yuan),
            before.outcome("amount") == UNMET,
            upper["amount"],
        ),
        asked_term_months=_asked_after(
            before.asked_term_months,
            (need.term_min_months, need.term_max_months),
            before.outcome("term") == UNMET,
            upper["term"],
        ),
    )
    if facts.firm.stage is None:
        after = _with_stage_after(catalogue, facts, after, reach, parameters)
    return after


def _is_out_of_age(catalogue: Catalogue, facts: Facts, outcomes: Outcomes, rows: Rows) -> Flags:
    """Mark the products whose age condition fails for good, or that close before it holds."""
    is_out: Flags = outcomes.row("firm_age")[rows] == UNMET
    founded_on, age = facts.firm.founded_on, facts.age_months
    if founded_on is None or age is None or not is_out.any():
        return is_out
    asked = catalogue.limits["firm_age"][0][rows]
    comes_of_age = is_out & (asked != LOWEST) & (age < asked)
    for months in np.unique(asked[comes_of_age]).tolist():
        day = day_of_age(founded_on, months)
        if day is not None:
            is_out &= ~(
                comes_of_age & (asked == months) & (day.toordinal() < catalogue.closes[rows])
            )
    return is_out


class _FigureFinder:
    """Finds figures of one firm that meet the terms of products."""

    def __init__(self, facts: Facts, outcomes: Outcomes) -> None:
        self._firm = facts.firm
        self._is_unmet = (outcomes.terms == UNMET).tolist()
        self._found: dict[TermGroup, Number | None] = {}

    def new_values(self, groups: tuple[TermGroup, ...]) -> NewValues | None:
        """Return the figures that would meet a set of terms; None where none can."""
        values: NewValues = {}
        for group in groups:
            if any(self._is_unmet[number] for number in group.numbers):
                value = self._nearest(group)
                if value is None:
                    return None
                values[group.field] = value
        return values

    def _nearest(self, group: TermGroup) -> Number | None:
        if group not in self._found:
            is_coded = group.field in CODED_FIRM_FIELDS
            current = getattr(self._firm, group.field)
            self._found[group] = None if is_coded else nearest(group.reachable, current)
        return self._found[group]


def _asked_after(
    now: Asked,
    ends: tuple[int | None, int | None],
    is_unmet: Flags,
    limit: Integers,
) -> Asked:
    """Return the upper end of what would be asked, once the nearer end has moved.

    Where both ends are given, or the product starts above them, the share that it covers
    stays as it is; a single number above the product's upper limit comes down to it.
    """
    if now is None or None not in ends:
        return now
    return np.where(is_unmet & (now > limit), limit, now)


def _with_stage_after(
    catalogue: Catalogue, facts: Facts, after: Pairs, reach: Reach, parameters: Parameters
) -> Pairs:
    """Infer the stage anew where a figure that it rests on would change."""
    stage, is_settled = after.stage.copy(), after.is_settled.copy()
    outcomes = after.outcomes.copy()
    own, column = outcomes[SLOT["stage"]], catalogue.lists["stage"]
    is_compared = (own != ABSENT) & (own != UNKNOWN_INSTITUTION)
    for found, sets in _new_stages(facts, reach, parameters).items():
        is_here = np.isin(reach.term_sets, sets)
        stage[is_here] = stage_index(found)
        is_settled[is_here] = found.settled
        lists = np.array([found.stage in (listed or ()) for listed in column.distinct])
        is_listed = lists[column.of_product[reach.rows]]
        own[is_here & is_compared] = UNKNOWN_FIRM
        own[is_here & is_compared & is_listed] = MET
    return replace(after, stage=stage, is_settled=is_settled, outcomes=outcomes)


def _new_stages(
    facts: Facts, reach: Reach, parameters: Parameters
) -> dict[StageAssessment, list[int]]:
    """Return the stages that the new figures give, each with the sets of terms behind it."""
    found: dict[StageAssessment, list[int]] = {}
    for term_set, new_values in reach.new_values.items():
        changed: dict[str, Number | None] = {
            name: new_values[name] for name in FIRM_FACTS if name in new_values
        }
        if changed:
            stage = infer_stage(facts.inference_facts | changed, parameters.stage_rules)
            found.setdefault(stage, []).append(term_set)
    return found
