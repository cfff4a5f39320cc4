"""Measures a model on a closed period that it has not seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from matching.metrics.intervals import PairedDifference, paired_bootstrap, standard_error
from matching.metrics.ranking import MEASURES, as_rows, measure
from matching.ranking.learned.history import Floats
from matching.ranking.learned.model import LearnedModel
from matching.ranking.learned.records import Candidate, NeedFacts, Outcome


@dataclass(frozen=True, slots=True)
class HoldOut:
    """What a model reached on the funded needs of a closed period.

    Attributes
    ----------
    needs : tuple of str
        Ascending.
    rows : float array, shape (needs, measures)
        In the order of ``matching.metrics.ranking.MEASURES``.
    """

    needs: tuple[str, ...]
    rows: Floats

    @property
    def metrics(self) -> dict[str, float]:
        """Means with standard errors, to be kept in a model card."""
        figures: dict[str, float] = {"needs": float(len(self.needs))}
        for name, column in zip(MEASURES, self.rows.T, strict=True):
            figures[name] = float(column.mean())
            figures[f"{name}_standard_error"] = standard_error(column)
        return figures

    def better_than(self, other: HoldOut, *, rng: int = 0) -> PairedDifference:
        """Return by how much NDCG@10 is better on the same needs.

        Raises
        ------
        ValueError
            Where the two were measured on other needs.
        """
        if self.needs != other.needs:
            raise ValueError("the two models were measured on different needs")
        place = MEASURES.index("ndcg_10")
        return paired_bootstrap(self.rows[:, place], other.rows[:, place], rng=rng)


def measure_model(
    model: LearnedModel,
    outcomes: Iterable[Outcome],
    candidates: Sequence[Candidate],
    *,
    since: date,
    until: date,
    eligible: Mapping[str, Sequence[str]] | None = None,
) -> HoldOut:
    """Rank for each need of a period that was funded, and see where its financiers stand.

    Parameters
    ----------
    model : LearnedModel
    outcomes : iterable of Outcome
        Others than those of needs with ``since <= day < until`` are left out.
    candidates : sequence of Candidate
    since, until : date
        The period; half open.
    eligible : mapping of str to sequence of str, or None
        Per need the products that the rules let through; None takes all candidates. A
        product that funded and is not among them counts as a miss.

    Raises
    ------
    ValueError
        Where the model knows something of the period, or nobody was funded in it.
    """
    if model.card.until > since:
        raise ValueError(f"the model was fitted up to {model.card.until}, beyond {since}")
    funded: dict[NeedFacts, set[str]] = {}
    for outcome in outcomes:
        if outcome.result == "funded" and since <= outcome.need.on < until:
            funded.setdefault(outcome.need, set()).add(outcome.product)
    if not funded:
        raise ValueError(f"nobody was funded between {since} and {until}")
    by_product = {one.product: one for one in candidates}
    everyone = sorted(by_product)
    measures = []
    needs = sorted(funded, key=lambda need: need.code)
    for need in needs:
        products = everyone if eligible is None else sorted(set(eligible.get(need.code, ())))
        own = [by_product[product] for product in products if product in by_product]
        margins = model.contributions(need, own).margins
        reached = [place for place, one in enumerate(own) if one.product in funded[need]]
        measures.append(measure(margins, np.array(reached, dtype=np.int64), len(funded[need])))
    return HoldOut(tuple(need.code for need in needs), as_rows(measures))
