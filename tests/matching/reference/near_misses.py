"""A plain, slow reading of the semantics, section 7, on dictionaries."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from tests.matching.reference.outcomes import (
    Record,
    age_in_months,
    asked,
    compare,
    criteria_of,
    held_qualifications,
)

KINDS = ("adjust", "wait", "attain")
_FIXED = {"stage", "region", "industry", "industry_excluded", "tech_field"}
_FRACTIONS = {"revenue_growth", "debt_ratio", "rd_ratio", "rd_staff_ratio"}
_MAY_BE_NEGATIVE = {"net_profit_yuan", "revenue_growth"}
# How far the search for a number goes; the test data stays well inside.
_STEPS = 400
_DAYS = 12_000


def changes_of(product: Record, firm: Record, need: Record, as_of: date) -> list[Record] | None:
    """Return one change per unmet criterion; None where the product is no near miss."""
    unmet = [
        criterion
        for criterion in criteria_of(product, firm, need, as_of)
        if criterion["outcome"] == "unmet"
    ]
    changes = [_change(criterion, product, firm, need, as_of) for criterion in unmet]
    if not changes or None in changes:
        return None
    return [change for change in changes if change is not None]


def hardest(changes: list[Record]) -> int:
    return max(KINDS.index(change["kind"]) for change in changes)


def _change(
    criterion: Record, product: Record, firm: Record, need: Record, as_of: date
) -> Record | None:
    code = criterion["code"]
    if code in _FIXED:
        return None
    if code.startswith("term:"):
        return _term(criterion, product, firm)
    if code in {"amount", "term"}:
        return _interval(code, product, need)
    if code == "firm_age":
        return _wait(product, firm, as_of)
    if code.startswith("qualifications"):
        return _qualification(code, product, firm, as_of)
    return _wish(code, product, need)


def _wish(code: str, product: Record, need: Record) -> Record:
    field, after = {
        "financing_type": ("financing_types", (product["financing_type"],)),
        "rate": ("max_annual_rate", product["annual_rate_min"]),
        "purpose": ("purposes", tuple(sorted(product["purposes"] or ()))[:1]),
        "collateral": ("collateral", tuple(sorted(product["collateral"] or ()))[:1]),
    }[code]
    return _build(code, "adjust", field, need[field], after)


def _build(code: str, kind: str, field: str, before: Any, after: Any) -> Record:
    return {"criterion": code, "kind": kind, "field": field, "from": before, "to": after}


def _interval(code: str, product: Record, need: Record) -> Record:
    low, high = (
        ("amount_min_yuan", "amount_max_yuan")
        if code == "amount"
        else ("term_min_months", "term_max_months")
    )
    interval = asked(need, low, high)
    assert interval is not None
    if product[high] is not None and interval[0] > product[high]:
        field, limit = low, product[high]
    else:
        field, limit = high, product[low]
    if need[field] is None:
        field = high if field == low else low
    return _build(code, "adjust", field, need[field], limit)


def _qualification(code: str, product: Record, firm: Record, as_of: date) -> Record:
    held = held_qualifications(firm, as_of)
    assert held is not None
    missing = sorted(set(product["qualifications_all"] or ()) - held)
    if code == "qualifications_all":
        added = missing
    else:
        choice = sorted(product["qualifications_any"])
        added = ([one for one in missing if one in choice] or choice)[:1]
    return _build(code, "attain", "qualifications", tuple(sorted(held)), tuple(added))


def _wait(product: Record, firm: Record, as_of: date) -> Record | None:
    age, least = age_in_months(firm, as_of), product["firm_age_min_months"]
    assert age is not None
    if least is None or age >= least:
        return None
    day = as_of
    for _ in range(_DAYS):
        day += timedelta(days=1)
        now = age_in_months(firm, day)
        assert now is not None
        if now >= least:
            closes = product["valid_until"]
            if closes is not None and day >= closes:
                return None
            return _build("firm_age", "wait", "founded_on", firm["founded_on"], day)
    raise AssertionError("the test data waits for too long")


def _term(criterion: Record, product: Record, firm: Record) -> Record | None:
    """Try every step up and down from the firm's value, whatever the terms are."""
    field = criterion["term"]["field"]
    if field in {"incubator", "taxpayer_rating"}:
        return None
    terms = [term for term in product["terms"] if term["field"] == field]
    step = Fraction(1, 10_000) if field in _FRACTIONS else Fraction(1)
    current = Fraction(str(firm[field]))
    start = (current // step) * step
    tried = [start + number * step for number in range(-_STEPS, _STEPS)]
    fitting = [
        value
        for value in tried
        if (value >= 0 or field in _MAY_BE_NEGATIVE) and all(_holds(term, value) for term in terms)
    ]
    if not fitting:
        return None
    best = min(fitting, key=lambda value: (abs(value - current), -value))
    to = float(best) if field in _FRACTIONS else int(best)
    return _build(criterion["code"], "attain", field, firm[field], to)


def _holds(term: Record, value: Fraction) -> bool:
    limit = term["value"]
    exact = (
        tuple(Fraction(str(one)) for one in limit)
        if isinstance(limit, list | tuple)
        else Fraction(str(limit))
    )
    return compare(value, term["op"], exact)
