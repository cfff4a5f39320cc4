"""Many needs at once: the compiled engine behind one door."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

import numpy as np

from matching.eligibility.columns import NeedColumns, build_columns
from matching.eligibility.facts import Facts, gather_facts
from matching.eligibility.need_facts import NeedFacts
from matching.eligibility.over_needs import ProductOverNeeds
from matching.parameters import Parameters, load_parameters
from matching.ranking.batch import BatchRanker, BatchResult, EncodedNeeds, Groups, Lists
from matching.ranking.kernel_cache import is_compiled
from matching.ranking.product_side import rank_needs_of
from matching.schema import Firm, Need, Product, Verdict
from matching.scoring.learned import LearnedSource
from matching.scoring.text import load_vocabulary, need_text

GroupBy = Literal["product", "institution"]


def hold_needs(
    needs: Iterable[tuple[Need, Firm]], *, as_of: date, parameters: Parameters | None = None
) -> NeedColumns:
    """Encode needs of a day once, for any number of catalogues.

    Parameters
    ----------
    needs : iterable of (Need, Firm)
        With distinct codes, in any order.
    as_of : date
    parameters : Parameters or None
        Of the day when None; stage inference reads them.

    Returns
    -------
    NeedColumns
        In ascending order of need code.
    """
    parameters = parameters or load_parameters(as_of)
    vocabulary = load_vocabulary()

    def text_of(facts: Facts) -> tuple[list[int], list[int]]:
        return vocabulary.units(need_text(facts.need, facts.firm))

    facts = [
        gather_facts(need, firm, as_of=as_of, parameters=parameters)
        for need, firm in sorted(needs, key=lambda pair: pair[0].code)
    ]
    return build_columns(facts, text_of, as_of=as_of)


def hold_facts(needs: NeedColumns) -> NeedFacts:
    """Prepare held needs for questions about one product at a time."""
    return NeedFacts(needs, len(load_vocabulary().idf))


def update_needs(
    held: NeedColumns, changed: NeedColumns, *, gone: Iterable[str] = ()
) -> NeedColumns:
    """Put changed and new needs in place of those held before, at the cost of the change.

    Parameters
    ----------
    held, changed : NeedColumns
        Of the same day; a need of ``changed`` takes the place of the held one of its code.
    gone : iterable of str
        Codes of held needs to leave out.

    Returns
    -------
    NeedColumns
        Answers every question as if all its needs had been encoded together.
    """
    left_out = {*changed.codes, *gone}
    kept = [row for row, code in enumerate(held.codes) if code not in left_out]
    return held.take(np.array(kept, dtype=np.intp)).joined(changed)


def select_needs(held: NeedColumns, codes: Container[str]) -> NeedColumns:
    """Leave the held needs that have one of some codes."""
    kept = [row for row, code in enumerate(held.codes) if code in codes]
    return held if len(kept) == len(held) else held.take(np.array(kept, dtype=np.intp))


def needs_in_time(product: Product, facts: NeedFacts) -> tuple[str, ...]:
    """Return the codes of the held needs that a product may suit on some day, ascending.

    All others fail a condition that stays as it is, so that their calendars with this product
    are empty.
    """
    codes = facts.needs.codes
    return tuple(codes[row] for row in ProductOverNeeds(product, facts).possible_needs().tolist())


@dataclass(frozen=True, slots=True)
class PlacedNeed:
    """A need on the list of a product.

    Attributes
    ----------
    code : str
    verdict : {"eligible", "to_confirm"}
    score : float
        In [0, 1].
    """

    code: str
    verdict: Verdict
    score: float


def needs_of_product(
    product: Product,
    facts: NeedFacts,
    *,
    parameters: Parameters | None = None,
    learned: LearnedSource | None = None,
) -> tuple[PlacedNeed, ...]:
    """List the held needs that a product suits, in the order of the lender's side.

    Parameters
    ----------
    product : Product
    facts : NeedFacts
        From ``hold_facts``; the answer speaks about their day.
    parameters : Parameters or None
        Changes results. None takes those valid on that day.
    learned : LearnedSource or None
        Changes results. None ranks by rules.

    Returns
    -------
    tuple of PlacedNeed
        By verdict, score and need code; verdicts and scores are those of ``Matcher.match``,
        to the last bit.
    """
    needs = facts.needs
    parameters = parameters or load_parameters(needs.as_of)
    found = rank_needs_of(product, facts, parameters, learned)
    order = np.argsort(-found.keys, kind="stable")  # positions ascend by code
    pairs = Lists(
        lengths=np.array([len(order)], dtype=np.int32),
        keys=found.keys[order][np.newaxis],
        products=np.zeros((1, len(order)), dtype=np.int32),
    )
    return tuple(
        PlacedNeed(needs.codes[position], "eligible" if is_eligible else "to_confirm", score)
        for position, score, is_eligible in zip(
            found.positions[order].tolist(),
            pairs.scores[0].tolist(),
            pairs.is_eligible[0].tolist(),
            strict=True,
        )
    )


@dataclass(frozen=True, slots=True)
class Ranked:
    """A batch result with the names of its positions.

    Attributes
    ----------
    needs, products, groups : sequence of str
        Codes by position; ``groups`` are product or institution codes.
    result : BatchResult
    """

    needs: Sequence[str]
    products: Sequence[str]
    groups: Sequence[str]
    result: BatchResult


class BulkMatcher:
    """Ranks the products of one catalogue for many needs of a day, without explanations.

    The lists are those of ``Matcher.shortlist``, to the last bit.

    Parameters
    ----------
    products : iterable of Product
        With distinct codes, in any order.
    as_of : date
    parameters : Parameters or None
        Changes results. None takes those valid on ``as_of``.
    learned : LearnedSource or None
        Changes results. None ranks by rules.
    """

    def __init__(
        self,
        products: Iterable[Product],
        *,
        as_of: date,
        parameters: Parameters | None = None,
        learned: LearnedSource | None = None,
    ) -> None:
        self.as_of = as_of
        self._ranker = BatchRanker.of(products, parameters or load_parameters(as_of), learned)

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Return the product codes by position."""
        return tuple(product.code for product in self._ranker.products)

    def encode(self, needs: NeedColumns) -> EncodedNeeds:
        """Look up once what held needs ask of this catalogue."""
        if needs.as_of != self.as_of:
            raise ValueError(f"needs of {needs.as_of} beside a catalogue of {self.as_of}")
        return self._ranker.encode(needs)

    def rank(
        self,
        needs: EncodedNeeds,
        *,
        top: int,
        group_by: GroupBy | None = None,
        group_top: int = 0,
        threads: int | None = None,
    ) -> Ranked:
        """Rank the products for each need and, if asked, the needs for each group of products.

        Parameters
        ----------
        needs : EncodedNeeds
            From ``encode``.
        top, group_top : int
            How many to keep per need and per group; 0 keeps that side not at all.
        group_by : "product", "institution" or None
        threads : int or None
            Changes speed, never the result. None takes every core.
        """
        names, groups = self._groups(group_by)
        result = self._ranker.rank(
            needs, top=top, groups=groups, group_top=group_top, threads=threads
        )
        return Ranked(needs.codes, self.codes, names, result)

    def _groups(self, group_by: GroupBy | None) -> tuple[Sequence[str], Groups | None]:
        if group_by is None:
            return (), None
        of_product = [getattr(p, _GROUP_FIELD[group_by]) for p in self._ranker.products]
        names = sorted(set(of_product))
        numbers = {name: number for number, name in enumerate(names)}
        of_group = np.array([numbers[name] for name in of_product], dtype=np.int32)
        return names, Groups(of_group, len(names))


_GROUP_FIELD = {"product": "code", "institution": "institution"}


def compile_kernels() -> None:
    """Compile what ``rank`` runs, unless an earlier process kept it.

    Takes seconds the first time on a machine (``NUMBA_CACHE_DIR`` says where the result is
    kept, beside the modules without it), so that whoever installs can spend them beforehand.
    """
    if is_compiled("rank_needs"):
        return
    as_of = date(2026, 1, 1)
    product = Product(code="P", institution="I", name="P", financing_type="credit_loan")
    held = hold_needs([(Need(code="N", firm="F"), Firm(uscc="F", name="F"))], as_of=as_of)
    matcher = BulkMatcher([product], as_of=as_of)
    matcher.rank(matcher.encode(held), top=1, group_by="product", group_top=1, threads=1)
