"""How far one condition of a product must be relaxed for each of some needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from matching.eligibility.catalogue import INTERVAL_FIELDS, LIST_FIELDS
from matching.eligibility.facts import Facts
from matching.eligibility.industries import relate_industry
from matching.eligibility.terms import exact, term_code
from matching.explanation.criteria import compared_facts
from matching.results import RelaxationKind, RelaxationStep
from matching.schema import Number, Product, Term
from matching.vocabulary import NUMERIC_FIRM_FIELDS

# The product's fields behind each criterion that an institution may relax; of an interval
# the lower end first.
FIELDS: Final[dict[str, tuple[str, ...]]] = {
    **INTERVAL_FIELDS,
    **{criterion: (field,) for criterion, field in LIST_FIELDS.items()},
    "rate": ("annual_rate_min",),
    "terms": ("terms",),
}
# Lists from which codes are taken away instead of added.
_REMOVED: Final = frozenset({"industry_excluded", "qualifications_all"})
_RISING: Final = frozenset({"<=", "<"})
_FALLING: Final = frozenset({">=", ">"})

# What would serve a need: a limit; or lists of codes, any one of which would do. No list at
# all: only giving the condition up.
Codes = frozenset[Any]
Demand = Number | frozenset[Codes]


@dataclass(frozen=True, slots=True)
class Subject:
    """The condition to relax.

    Attributes
    ----------
    end : int
        Which end of an interval moves: 0 lower, 1 upper; 0 for other conditions.
    term : Term or None
        The further condition, where it is one.
    """

    product: Product
    criterion: str
    end: int
    term: Term | None

    @property
    def criterion_code(self) -> str:
        """Name the criterion as a match does."""
        return self.criterion if self.term is None else term_code(self.term)

    @property
    def field(self) -> str:
        """Name the product's field that would change."""
        return FIELDS[self.criterion][self.end]

    @property
    def from_value(self) -> Any:
        """Return the condition as it is stated."""
        if self.term is not None:
            return self.term.value
        return getattr(self.product, self.field)

    @property
    def kind(self) -> RelaxationKind:
        """Say what is done to the condition."""
        if self.term is not None:
            of_op: dict[str, RelaxationKind] = {"in": "add", "not_in": "remove"}
            of_op |= dict.fromkeys(_RISING | _FALLING, "limit")
            return of_op.get(self.term.op, "drop")
        if self.criterion in LIST_FIELDS:
            return "remove" if self.criterion in _REMOVED else "add"
        return "limit"

    @property
    def rises(self) -> bool:
        """Say whether a limit is relaxed upwards."""
        return self.end == 1 if self.term is None else self.term.op in _RISING


def demand_of(subject: Subject, facts: Facts) -> Demand:
    """Return what would serve a need that the condition alone keeps out."""
    if subject.term is not None:
        return _demand_on_term(subject.term, getattr(facts.firm, subject.term.field))
    fact: Any = compared_facts(facts)[subject.criterion]
    if subject.kind == "limit":
        # A lower end comes down to the upper end that is asked, and the other way round.
        limit: Number = fact[1 - subject.end] if isinstance(fact, tuple) else fact
        return limit
    stated = subject.from_value
    if subject.criterion == "industry_excluded":
        hit = frozenset(code for code in stated if relate_industry(code, fact) > 0)
        return frozenset({hit})
    if subject.criterion == "qualifications_all":
        return frozenset({frozenset(stated).difference(fact)})
    return frozenset(frozenset({code}) for code in ((fact,) if isinstance(fact, str) else fact))


def relaxation_steps(
    subject: Subject, demands: Sequence[tuple[Demand, str]]
) -> tuple[RelaxationKind, tuple[RelaxationStep, ...]]:
    """Return what is done to a condition, and how many needs each step of it serves.

    Parameters
    ----------
    demands : sequence of (Demand, str)
        Per need what it demands, and its firm.

    Notes
    -----
    Limits move from the mildest demand to the farthest. Codes are taken one demand after
    the other, the one that serves most further needs first, of equal ones the first in
    order of code: a short list, which need not be the shortest. What no list of codes can
    serve comes last, with the condition given up.
    """
    if subject.kind == "limit":
        return "limit", _limit_steps(subject, demands)
    steps = _code_steps(demands)
    if steps[-1].to_value is None and len(steps) == 1:
        return "drop", steps
    return subject.kind, steps


def _demand_on_term(term: Term, value: Any) -> Demand:
    if term.op in {"<=", ">="}:
        return value  # type: ignore[no-any-return]
    if term.op in {"<", ">"}:
        return _beyond(term.field, value, 1 if term.op == "<" else -1)
    if term.op in {"in", "not_in"}:
        return frozenset({frozenset({value})})
    return frozenset()


def _beyond(field: str, value: Number, sign: int) -> Number:
    """Return the limit that a strict comparison needs: the next unit beyond the value."""
    is_fraction = NUMERIC_FIRM_FIELDS[field][1] == "fraction"
    limit = exact(value) + sign * (exact(0.0001) if is_fraction else 1)
    return int(limit) if isinstance(value, int) and not is_fraction else float(limit)


def _limit_steps(
    subject: Subject, demands: Sequence[tuple[Demand, str]]
) -> tuple[RelaxationStep, ...]:
    firms_of_limit: dict[Any, list[str]] = {}
    for limit, firm in demands:
        firms_of_limit.setdefault(limit, []).append(firm)
    ordered = sorted(firms_of_limit, reverse=not subject.rises)
    return _cumulated((limit, firms_of_limit[limit]) for limit in ordered)


def _code_steps(demands: Sequence[tuple[Demand, str]]) -> tuple[RelaxationStep, ...]:
    waiting: dict[frozenset[Codes], list[str]] = {}
    for demand, firm in demands:
        if not isinstance(demand, frozenset):
            raise TypeError(f"{demand} is a limit, not a list of codes")
        waiting.setdefault(demand, []).append(firm)
    hopeless = waiting.pop(frozenset(), [])
    taken: Codes = frozenset()
    found: list[tuple[Any, list[str]]] = []
    for codes in _in_order_of_use(waiting):
        taken |= codes
        served = [demand for demand in waiting if any(option <= taken for option in demand)]
        firms = [firm for demand in served for firm in waiting.pop(demand)]
        if firms:
            found.append((tuple(sorted(taken)), firms))
    if hopeless:
        found.append((None, hopeless))
    return _cumulated(found)


def _in_order_of_use(waiting: dict[frozenset[Codes], list[str]]) -> Iterable[Codes]:
    """Return, while demands wait, the option that serves most of them.

    The caller takes the demands that are served out of ``waiting``.
    """
    while waiting:
        uses: dict[Codes, int] = {}
        for demand, firms in waiting.items():
            for option in demand:
                uses[option] = uses.get(option, 0) + len(firms)
        yield min(uses, key=lambda option: (-uses[option], len(option), sorted(option)))


def _cumulated(steps: Iterable[tuple[Any, list[str]]]) -> tuple[RelaxationStep, ...]:
    needs, firms = 0, set[str]()
    found = []
    for to_value, own in steps:
        needs += len(own)
        firms.update(own)
        found.append(RelaxationStep(to_value, needs, len(firms)))
    return tuple(found)
