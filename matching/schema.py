"""Frozen records that the library computes on.

Money is whole yuan, rates and ratios are fractions, terms are whole months. ``None`` is
*unknown*, never zero and never "no"; an empty tuple is a statement: "none". Records carry
no checks of their own: ``matching.exchange`` (files) and the database (the platform) only
let clean values in.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

# These are named here too, beside the records that hold them.
from matching.near_miss_list import Change as Change  # noqa: PLC0414 - type checkers read it so
from matching.near_miss_list import NearMiss as NearMiss  # noqa: PLC0414 - the same
from matching.near_miss_list import NearMissList as NearMissList  # noqa: PLC0414 - the same

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
    """One named part of the score: ``contribution = weight * value``, all in [0, 1].

    ``parts`` say what a learned value is made of: codes with log-odds that add up to what the
    value is an increasing function of. Other components have none.
    """

    code: str
    value: float
    weight: float
    contribution: float
    parts: tuple[tuple[str, float], ...] = ()


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
class Explored:
    """A match from below the places shown, and the chance in (0, 1] with which it was drawn.

    Its rank is its place in the ranking, which it does not change.
    """

    match: Match
    propensity: float


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
    explored: tuple[Explored, ...] = ()


# --- referral lists ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Referral:
    """A need that goes to an institution, for the institution's best product for it.

    ``score`` counts to six decimals; ``first_choice`` says whether the institution is the
    first that the need prefers.
    """

    need: str
    institution: str
    product: str
    verdict: Verdict
    score: float
    first_choice: bool


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A need without a referral: why, and the institutions that the reason speaks of.

    ``reason`` is a code of ``vocabulary.UNPLACED_REASONS``. ``institutions`` are, in ascending
    order, the full ones (``capacity``), the excluded ones (``all_excluded``) or those that
    the need did not name (``only_named``).
    """

    need: str
    reason: str
    institutions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Objective:
    """What an allocation reached, in the order in which it counts.

    ``covered`` needs have a referral, ``first_choices`` of them one to the institution that
    they prefer first; ``score`` is the sum of the scores, exact to six decimals.
    """

    covered: int
    first_choices: int
    score: float


@dataclass(frozen=True, slots=True)
class Allocation:
    """Referral lists under capacities.

    ``referrals`` stand in ascending order of need and institution code, ``unplaced`` in
    ascending order of need code.
    """

    per_need: int
    referrals: tuple[Referral, ...]
    unplaced: tuple[Unplaced, ...]
    objective: Objective
