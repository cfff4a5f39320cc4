"""Frozen records that the library computes on.

Money is whole yuan, rates and ratios are fractions, terms are whole months. ``None`` is
*unknown*, never zero and never "no"; an empty tuple is a statement: "none". Records carry
no checks of their own: ``matching.exchange`` (files) and the database (the platform) only
let clean values in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Literal, overload

Number = int | float
TermValue = int | float | str | tuple[int | float | str, ...]

Outcome = Literal["met", "unmet", "unknown"]
Verdict = Literal["eligible", "to_confirm", "ineligible"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Institution:
    """A bank, fund, guarantor, ...; ``capacity`` is referrals per list, None = no limit."""

    code: str
    name: str
    kind: str
    region: str | None = None
    parent: str | None = None
    capacity: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One further condition on a field of the firm, for example revenue_yuan >= 5 000 000.

    ``value`` is a number or code, or a tuple of them with ``in`` and ``not_in``.
    """

    field: str
    op: str
    value: TermValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A financing product as its institution published it (contract, section 2)."""

    code: str
    institution: str
    name: str
    financing_type: str | None
    series: str | None = None
    variant_of: str | None = None
    stages: tuple[str, ...] | None = None
    stage_focus: tuple[str, ...] | None = None
    amount_min_yuan: int | None = None
    amount_max_yuan: int | None = None
    term_min_months: int | None = None
    term_max_months: int | None = None
    annual_rate_min: float | None = None
    annual_rate_max: float | None = None
    regions: tuple[str, ...] | None = None
    industries: tuple[str, ...] | None = None
    industries_excluded: tuple[str, ...] | None = None
    tech_fields: tuple[str, ...] | None = None
    purposes: tuple[str, ...] | None = None
    qualifications_all: tuple[str, ...] | None = None
    qualifications_any: tuple[str, ...] | None = None
    firm_age_min_months: int | None = None
    firm_age_max_months: int | None = None
    collateral: tuple[str, ...] | None = None
    terms: tuple[Term, ...] = ()
    green_quota: bool | None = None
    green_approval: bool | None = None
    green_disbursement: bool | None = None
    approval_days: int | None = None
    undisclosed: frozenset[str] = frozenset()
    published: bool = True
    valid_from: date | None = None
    valid_until: date | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Qualification:
    """A qualification that a firm holds during ``valid_from <= day < valid_until``."""

    code: str
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Firm:
    """What is known of a firm; ``stage`` is the declared (or an officer's) stage."""

    uscc: str
    name: str
    region: str | None = None
    industry: str | None = None
    founded_on: date | None = None
    stage: str | None = None
    qualifications: tuple[Qualification, ...] | None = None
    registered_capital_yuan: int | None = None
    revenue_yuan: int | None = None
    revenue_growth: float | None = None
    net_profit_yuan: int | None = None
    total_assets_yuan: int | None = None
    debt_ratio: float | None = None
    rd_ratio: float | None = None
    rd_staff_ratio: float | None = None
    employees: int | None = None
    invention_patents: int | None = None
    utility_patents: int | None = None
    software_copyrights: int | None = None
    innovation_points: float | None = None
    incubator: str | None = None
    tech_fields: tuple[str, ...] | None = None
    fiscal_year: int | None = None
    rd_expense_yuan: int | None = None
    insured_employees: int | None = None
    taxpayer_rating: str | None = None
    order_backlog_yuan: int | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A firm's wish for financing; ``firm`` is the uscc."""

    code: str
    firm: str
    financing_types: tuple[str, ...] | None = None
    amount_min_yuan: int | None = None
    amount_max_yuan: int | None = None
    term_min_months: int | None = None
    term_max_months: int | None = None
    max_annual_rate: float | None = None
    collateral: tuple[str, ...] | None = None
    purposes: tuple[str, ...] | None = None
    needed_by: date | None = None
    preferred_institutions: tuple[str, ...] | None = None
    excluded_institutions: tuple[str, ...] | None = None
    open_to_others: bool = True
    dossier: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """The content of one exchange file; ``as_of`` is None when the file does not say."""

    as_of: date | None
    institutions: tuple[Institution, ...] = ()
    products: tuple[Product, ...] = ()
    firms: tuple[Firm, ...] = ()
    needs: tuple[Need, ...] = ()


# --- results -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion of a pair: ``required`` is the product's side, ``actual`` the other.

    Intervals are ``[min, max]`` with None for an open end; lists are tuples of codes; an
    undisclosed condition has ``required`` None; an unknown fact has ``actual`` None.
    """

    code: str
    outcome: Outcome
    required: object
    actual: object


@dataclass(frozen=True, slots=True)
class Component:
    """One named part of the score: ``contribution = weight * value``, all in [0, 1]."""

    code: str
    value: float
    weight: float
    contribution: float


@dataclass(frozen=True, slots=True)
class Match:
    """A need and a product that may fit it, with rank (from 1), score and explanation."""

    rank: int
    need: str
    product: str
    institution: str
    verdict: Verdict
    score: float
    components: tuple[Component, ...]
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """The smallest change that turns one unmet criterion (semantics, section 7)."""

    criterion: str
    kind: Literal["adjust", "wait", "attain"]
    field: str
    from_value: object
    to_value: object


@dataclass(frozen=True, slots=True)
class NearMiss:
    """An ineligible product and the changes that, all applied, end its ineligibility."""

    product: str
    institution: str
    changes: tuple[Change, ...]
    score: float  # what the pair would have after the changes


class NearMissList(Sequence[NearMiss]):
    """The near misses of one need, the easiest first; each is built when it is asked for.

    A need has hundreds of them, put together from a few dozen changes, and most are only
    counted or written. So they are held as columns. The list equals a tuple of the same
    near misses and must not be changed.

    Attributes
    ----------
    products : sequence of str
        The code of each one's product.
    institution_of : mapping of str to str
        The institution of a product, by code.
    scores : sequence of float
        What each pair would have after the changes.
    changes : sequence of Change
        The distinct changes.
    numbers : sequence of int
        Positions in ``changes``: those of the first near miss, then those of the next.
    ends : sequence of int
        Where the numbers of each near miss end.
    """

    __slots__ = ("changes", "ends", "institution_of", "numbers", "products", "scores")

    def __init__(
        self,
        products: Sequence[str] = (),
        institution_of: Mapping[str, str] = MappingProxyType({}),
        scores: Sequence[float] = (),
        changes: Sequence[Change] = (),
        numbers: Sequence[int] = (),
        ends: Sequence[int] = (),
    ) -> None:
        self.products = products
        self.institution_of = institution_of
        self.scores = scores
        self.changes = changes
        self.numbers = numbers
        self.ends = ends

    def __len__(self) -> int:
        return len(self.products)

    @overload
    def __getitem__(self, index: int) -> NearMiss: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[NearMiss, ...]: ...

    def __getitem__(self, index: int | slice) -> NearMiss | tuple[NearMiss, ...]:
        positions = range(len(self))[index]
        if isinstance(positions, int):
            return self._at(positions)
        return tuple(map(self._at, positions))

    def __iter__(self) -> Iterator[NearMiss]:
        return map(self._at, range(len(self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NearMissList | tuple) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))

    def _at(self, position: int) -> NearMiss:
        start = self.ends[position - 1] if position else 0
        product = self.products[position]
        changes = tuple(self.changes[n] for n in self.numbers[start : self.ends[position]])
        return NearMiss(product, self.institution_of[product], changes, self.scores[position])


@dataclass(frozen=True, slots=True)
class Question:
    """An unknown fact or condition and how many to_confirm products wait for it."""

    field: str
    asks: Literal["firm", "institution"]
    products: int


@dataclass(frozen=True, slots=True)
class StageAssessment:
    """A firm's stage, whether it was declared or inferred, and the rule that fired.

    ``settled`` is False when a fact that is still missing could change the stage.
    """

    stage: str | None
    basis: Literal["declared", "inferred", "unknown"]
    rule: str | None = None
    settled: bool = True


@dataclass(frozen=True, slots=True)
class Shortlist:
    """The order of one need's matches without its explanation, best first."""

    code: str
    products: tuple[str, ...]
    verdicts: tuple[Verdict, ...]
    scores: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class NeedResult:
    """Everything the library says about one need."""

    code: str
    stage: StageAssessment
    matches: tuple[Match, ...] = ()
    near_misses: NearMissList = field(default_factory=NearMissList)
    questions: tuple[Question, ...] = ()
