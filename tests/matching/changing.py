"""Ways to change a pair: apply a near miss, answer a question, improve an offer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from dateutil.relativedelta import relativedelta

from matching import Matcher
from matching.schema import Firm, Match, NearMiss, Need, Product, Qualification
from tests.matching.strategies import AS_OF

_LISTS = {"financing_types", "purposes", "collateral"}


def match_of(product: Product, firm: Firm, need: Need, as_of: date = AS_OF) -> Match | None:
    """Return the match of one product alone, or None when it is no match."""
    matches = Matcher([product]).match(need, firm, as_of=as_of).matches
    return matches[0] if matches else None


def outcomes_of(match: Match) -> dict[tuple[str, object], str]:
    """Return outcomes by criterion; criteria of one code differ in what they require."""
    return {(item.code, item.required): item.outcome for item in match.criteria}


def apply_changes(miss: NearMiss, product: Product, firm: Firm, need: Need) -> tuple[Firm, Need]:
    """Return firm and need with every change of a near miss applied."""
    for change in miss.changes:
        if change.field in _LISTS:
            added = {change.field: (*getattr(need, change.field), *change.to_value)}
            need = replace(need, **added)
        elif change.field == "qualifications":
            new = tuple(Qualification(code=code) for code in change.to_value)
            firm = replace(firm, qualifications=(*firm.qualifications, *new))
        elif change.kind == "wait":
            months = product.firm_age_min_months
            firm = replace(firm, founded_on=AS_OF - relativedelta(months=months))
        elif change.kind == "attain":
            firm = replace(firm, **{change.field: change.to_value})
        else:
            need = replace(need, **{change.field: change.to_value})
    return firm, need


def fitting_conditions(firm: Firm, need: Need, stage: str | None) -> dict[str, dict[str, Any]]:
    """Return a condition for each criterion that the firm and the need meet, where possible."""
    usable = {
        item.code
        for item in firm.qualifications or ()
        if item.valid_from is None and item.valid_until is None
    }
    found: dict[str, dict[str, Any]] = {
        "stage": {"stages": (stage,)} if stage else {},
        "region": {"regions": (firm.region,)} if firm.region else {},
        "industry": {"industries": (firm.industry,)} if firm.industry else {},
        "industry_excluded": {"industries_excluded": ("A01",)} if firm.industry else {},
        "tech_field": {"tech_fields": firm.tech_fields} if firm.tech_fields else {},
        "purpose": {"purposes": need.purposes} if need.purposes else {},
        "collateral": {"collateral": need.collateral} if need.collateral else {},
        "qualifications_all": {"qualifications_all": tuple(usable)} if usable else {},
        "qualifications_any": {"qualifications_any": tuple(usable)} if usable else {},
        "firm_age": {"firm_age_max_months": 1_000} if firm.founded_on else {},
        "amount": {"amount_min_yuan": 0},
        "term": {"term_min_months": 0},
    }
    return {criterion: values for criterion, values in found.items() if values}


def fitting_facts(product: Product) -> dict[str, tuple[str, Any]]:
    """Return, for each field a question may name, whose it is and a value that meets all."""
    age = product.firm_age_min_months or 0
    if product.firm_age_max_months is not None:
        age = product.firm_age_max_months
    every = tuple(product.qualifications_all or ())
    some = tuple(product.qualifications_any or ())[:1]
    found: dict[str, tuple[str, Any]] = {
        "stage": ("firm", (product.stages or ("seed",))[0]),
        "region": ("firm", (product.regions or ("220102",))[0]),
        "industry": ("firm", (product.industries or ("T",))[0]),
        "tech_fields": ("firm", product.tech_fields),
        "purposes": ("need", product.purposes),
        "collateral": ("need", product.collateral),
        "qualifications": ("firm", tuple(Qualification(code=code) for code in every + some)),
        "founded_on": ("firm", AS_OF - relativedelta(months=age)),
        "amount_max_yuan": ("need", product.amount_max_yuan or product.amount_min_yuan),
        "term_max_months": ("need", product.term_max_months or product.term_min_months),
    }
    for term in product.terms:
        value = term.value[0] if isinstance(term.value, tuple) else term.value
        found.setdefault(term.field, ("firm", value))
    return found
