"""From needs and products to ranked, explained matches."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from matching.eligibility.catalogue import Catalogue
from matching.eligibility.engine import EligibilityEngine, NumpyEngine
from matching.eligibility.facts import Facts, gather_facts
from matching.eligibility.outcomes import (
    UNKNOWN_FIRM,
    UNMET,
    VERDICT_NAMES,
    Outcomes,
    Rows,
)
from matching.explanation.contributions import ScoreExplainer
from matching.explanation.criteria import CriterionExplainer
from matching.explanation.near_misses import ordered_near_misses
from matching.explanation.questions import open_questions
from matching.explanation.reach import pairs_after_changes, products_within_reach
from matching.explanation.targets import CatalogueTargets
from matching.parameters import Parameters, files_version, load_parameters
from matching.ranking.exploration import Exploration
from matching.ranking.lender_side import by_institution, by_product
from matching.ranking.order import best_first
from matching.references import firms_of_needs
from matching.schema import (
    Criterion,
    Exchange,
    Explored,
    Firm,
    Match,
    NearMissList,
    Need,
    NeedResult,
    Product,
    Question,
    Shortlist,
)
from matching.scoring.components import ComponentModel
from matching.scoring.learned import (
    LearnedSide,
    LearnedSource,
    parts_of_pairs,
    values_of_pairs,
)
from matching.scoring.pairs import Pairs, as_they_are
from matching.scoring.text import ProductTexts, load_vocabulary
from matching.scoring.weights import Scores, WeightModel
from matching.version import __version__

__all__ = [
    "Exploration",
    "Matcher",
    "by_institution",
    "by_product",
    "rank_exchange",
]


@dataclass(frozen=True, slots=True)
class _ScoreModel:
    """What scores pairs under one set of parameters."""

    parameters: Parameters
    components: ComponentModel
    weights: WeightModel
    explainer: ScoreExplainer
    learned: LearnedSide | None

    def score(self, facts: Facts, pairs: Pairs) -> Scores:
        values = self.components.values(facts, pairs)
        if self.learned is not None:
            firm = facts.firm
            own = values_of_pairs(self.learned, pairs, firm.industry, firm.region)
            values = np.vstack([values, own])
        return self.weights.combine(values, pairs)

    def learned_parts(
        self, facts: Facts, pairs: Pairs, positions: Rows
    ) -> list[tuple[tuple[str, float], ...]]:
        if self.learned is None:
            return []
        firm = facts.firm
        return parts_of_pairs(self.learned, pairs, firm.industry, firm.region, positions)


@dataclass(frozen=True, slots=True)
class _Ranking:
    """The matches of one need, computed but not explained.

    ``candidates`` are rows of the catalogue, ``rows`` those of them that match, in the order
    of ``scores``; ``order`` are positions among ``rows``, best first.
    """

    model: _ScoreModel
    facts: Facts
    outcomes: Outcomes
    candidates: Rows
    rows: Rows
    pairs: Pairs
    scores: Scores
    order: Rows


class Matcher:
    """Ranks the products of one catalogue for any number of needs.

    The catalogue is encoded once. A matcher may be shared between threads.

    Parameters
    ----------
    products : iterable of Product
        With distinct codes, in any order.
    parameters : Parameters or None
        Changes results. None takes the parameters valid on each ``as_of``.
    learned : LearnedSource or None
        Changes results: a model that supplies the component ``learned``. None ranks by rules.

    Examples
    --------
    >>> from datetime import date
    >>> from matching.schema import Firm, Need
    >>> product = Product(code="P1", institution="B", name="科创贷", financing_type="credit_loan")
    >>> firm = Firm(uscc="912201010000000000", name="演示企业")
    >>> need = Need(code="N1", firm=firm.uscc, amount_max_yuan=1_000_000)
    >>> result = Matcher([product]).match(need, firm, as_of=date(2026, 11, 23))
    >>> [(match.product, match.verdict) for match in result.matches]
    [('P1', 'eligible')]
    """

    def __init__(
        self,
        products: Iterable[Product],
        *,
        parameters: Parameters | None = None,
        learned: LearnedSource | None = None,
    ) -> None:
        self._given_parameters = parameters
        self._catalogue = Catalogue(products)
        self._learned_version = None if learned is None else learned.version
        self._learned = None if learned is None else learned.beside(self._catalogue.products)
        self._engine: EligibilityEngine = NumpyEngine(self._catalogue)
        self._texts = ProductTexts(self._catalogue.products)
        self._targets = CatalogueTargets(self._catalogue)
        self._model = self._build_model(parameters or load_parameters())

    @property
    def versions(self) -> dict[str, str]:
        """What a result came from: library, parameter files, text vocabulary, learned model."""
        given = self._given_parameters
        learned = self._learned_version
        return {
            "library": __version__,
            "parameters": files_version() if given is None else given.version,
            "text_vocabulary": load_vocabulary().version,
            **({} if learned is None else {"learned": learned}),
        }

    @property
    def catalogue(self) -> Catalogue:
        """The products as they are encoded, for answers beyond the ranking."""
        return self._catalogue

    def compare(self, need: Need, firm: Firm, *, as_of: date) -> tuple[Facts, Outcomes]:
        """Work out a need's facts on a day and hold them against every product."""
        facts = gather_facts(need, firm, as_of=as_of, parameters=self.parameters_on(as_of))
        return facts, self._engine.outcomes(facts)

    def parameters_on(self, day: date) -> Parameters:
        """Return the parameters that count for a day: the given ones, or those then valid."""
        return self._given_parameters or load_parameters(day)

    def match(
        self,
        need: Need,
        firm: Firm,
        *,
        as_of: date,
        top: int | None = None,
        near_misses: bool = True,
        questions: bool = True,
        exploration: Exploration | None = None,
    ) -> NeedResult:
        """Rank all candidates for a need and explain everything.

        Parameters
        ----------
        need, firm : Need, Firm
            The need and the firm that it belongs to.
        as_of : date
            The day that the answer speaks about.
        top : int or None
            How many matches to keep; near misses and questions are never cut.
        near_misses, questions : bool
            Whether to work them out; changes speed and what is there, never the matches.
        exploration : Exploration or None
            What to draw beside the matches, from after both ``top`` and its last place shown;
            None draws nothing. Never changes the matches.
        """
        ranking = self._rank(need, firm, as_of=as_of)
        found = len(ranking.order)
        shown = found if top is None else min(max(top, 0), found)
        return NeedResult(
            code=need.code,
            stage=ranking.facts.stage,
            matches=self._explain(ranking, range(shown)),
            near_misses=self._near_misses(ranking) if near_misses else NearMissList(),
            questions=self._questions(ranking) if questions else (),
            explored=() if exploration is None else self._explore(ranking, exploration, shown),
        )

    def criteria(
        self, need: Need, firm: Firm, *, as_of: date, products: Collection[str]
    ) -> dict[str, tuple[Criterion, ...]]:
        """Return the criteria of some products as ``match`` shows them, without ranking.

        Of ``products``, codes in any order, those that do not match are left out, and so are
        codes that the catalogue does not know.
        """
        facts, outcomes = self.compare(need, firm, as_of=as_of)
        candidates = self._candidates(need, as_of=as_of)
        wanted = {
            row: self._catalogue.products[row].code
            for row in candidates[outcomes.worst[candidates] < UNMET].tolist()
            if self._catalogue.products[row].code in products
        }
        explainer = CriterionExplainer(self._catalogue, facts, outcomes)
        rows = np.fromiter(wanted, dtype=candidates.dtype, count=len(wanted))
        return dict(zip(wanted.values(), explainer.explain(rows), strict=True))

    def shortlist(
        self, need: Need, firm: Firm, *, as_of: date, top: int | None = None
    ) -> Shortlist:
        """Rank as ``match`` does, without explanations."""
        ranking = self._rank(need, firm, as_of=as_of, top=top)
        rows = ranking.rows[ranking.order]
        products = self._catalogue.products
        return Shortlist(
            code=need.code,
            products=tuple(products[row].code for row in rows.tolist()),
            verdicts=tuple(VERDICT_NAMES[worst] for worst in ranking.outcomes.worst[rows].tolist()),
            scores=tuple(ranking.scores.totals[ranking.order].tolist()),
        )

    def _rank(self, need: Need, firm: Firm, *, as_of: date, top: int | None = None) -> _Ranking:
        model = self._model_on(as_of)
        facts, outcomes = self.compare(need, firm, as_of=as_of)
        candidates = self._candidates(need, as_of=as_of)
        rows = candidates[outcomes.worst[candidates] < UNMET]
        pairs = as_they_are(facts, self._catalogue, outcomes, rows)
        scores = model.score(facts, pairs)
        order = best_first(outcomes.worst[rows], scores.totals, rows, top=top)
        return _Ranking(model, facts, outcomes, candidates, rows, pairs, scores, order)

    def _candidates(self, need: Need, *, as_of: date) -> Rows:
        return np.flatnonzero(
            self._catalogue.candidates(as_of=as_of, excluded=need.excluded_institutions)
        )

    def _explore(
        self, ranking: _Ranking, exploration: Exploration, shown: int
    ) -> tuple[Explored, ...]:
        """Draw beside the matches: eligible products after the places shown."""
        rows = ranking.rows[ranking.order]
        eligible = rows[ranking.outcomes.worst[rows] < UNKNOWN_FIRM]  # they come first
        first = max(exploration.below, shown)
        offered = [self._catalogue.products[row] for row in eligible[first:].tolist()]
        drawn, chance = exploration.draw(
            ranking.facts.need.code,
            [one.code for one in offered if one.institution not in exploration.known],
        )
        places = {one.code: place for place, one in enumerate(offered, start=first)}
        matches = self._explain(ranking, [places[code] for code in drawn])
        return tuple(Explored(match, chance) for match in matches)

    def _explain(self, ranking: _Ranking, places: Sequence[int]) -> tuple[Match, ...]:
        """Explain the matches at some places, which count from 0."""
        need = ranking.facts.need.code
        order = ranking.order[np.array(places, dtype=np.intp)]
        rows = ranking.rows[order]
        parts = ranking.model.learned_parts(ranking.facts, ranking.pairs, order)
        criteria = CriterionExplainer(self._catalogue, ranking.facts, ranking.outcomes)
        explained = zip(
            [self._catalogue.products[row] for row in rows.tolist()],
            ranking.outcomes.worst[rows].tolist(),
            ranking.scores.totals[order].tolist(),
            ranking.model.explainer.explain(ranking.scores, order, parts),
            criteria.explain(rows),
            strict=True,
        )
        return tuple(
            Match(
                place + 1,
                need,
                product.code,
                product.institution,
                VERDICT_NAMES[worst],
                score,
                components,
                own_criteria,
            )
            for place, (product, worst, score, components, own_criteria) in zip(
                places, explained, strict=True
            )
        )

    def _near_misses(self, ranking: _Ranking) -> NearMissList:
        catalogue, facts, outcomes = self._catalogue, ranking.facts, ranking.outcomes
        ineligible = ranking.candidates[outcomes.worst[ranking.candidates] == UNMET]
        reach = products_within_reach(catalogue, self._targets, facts, outcomes, ineligible)
        if not len(reach.rows):
            return NearMissList()
        model = ranking.model
        pairs = pairs_after_changes(catalogue, facts, outcomes, reach, model.parameters)
        scores = model.score(facts, pairs)
        return ordered_near_misses(catalogue, self._targets, facts, outcomes, reach, scores)

    def _questions(self, ranking: _Ranking) -> tuple[Question, ...]:
        worst = ranking.outcomes.worst[ranking.rows]
        to_confirm = ranking.rows[worst >= UNKNOWN_FIRM]
        return open_questions(self._catalogue, ranking.facts, ranking.outcomes, to_confirm)

    def _model_on(self, day: date) -> _ScoreModel:
        """Return the model for a day; a new one when its parameters are others."""
        parameters = self.parameters_on(day)
        model = self._model
        if model.parameters is not parameters:
            model = self._model = self._build_model(parameters)
        return model

    def _build_model(self, parameters: Parameters) -> _ScoreModel:
        components = ComponentModel(self._catalogue, self._engine, self._texts, parameters)
        side = self._learned
        weights = WeightModel(parameters, 0.0 if side is None else side.weight)
        return _ScoreModel(parameters, components, weights, ScoreExplainer(weights), side)


def rank_exchange(
    exchange: Exchange,
    *,
    as_of: date,
    top: int | None = None,
    parameters: Parameters | None = None,
    near_misses: bool = True,
    questions: bool = True,
) -> tuple[NeedResult, ...]:
    """Rank the products of an exchange file for each of its needs.

    The parameters mean what they mean for ``Matcher`` and ``Matcher.match``.

    Returns
    -------
    tuple of NeedResult
        In ascending order of need code.

    Raises
    ------
    InputError
        When a need names a firm that the file does not hold.
    """
    firms = firms_of_needs(exchange)
    matcher = Matcher(exchange.products, parameters=parameters)
    return tuple(
        matcher.match(
            need,
            firms[need.firm],
            as_of=as_of,
            top=top,
            near_misses=near_misses,
            questions=questions,
        )
        for need in sorted(exchange.needs, key=lambda need: need.code)
    )
