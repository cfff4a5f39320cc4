"""A plain, slow reading of the semantics, sections 1 to 6, on dictionaries.

Written from the page, without the library: it shares no code with it, so that the two can
disagree. ``product``, ``firm`` and ``need`` are dictionaries of the contract's fields.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from dateutil.relativedelta import relativedelta

Record = dict[str, Any]

LENDING = {
    "credit_loan",
    "secured_loan",
    "ip_pledge_loan",
    "guaranteed_loan",
    "receivables_loan",
    "insurance_loan",
    "investment_linked_loan",
    "leasing",
    "factoring",
}

_STAGES = Path(__file__).parents[3] / "matching" / "parameters" / "stages.yaml"


@cache
def stage_parameters() -> Record:
    return yaml.safe_load(_STAGES.read_text(encoding="utf-8"))["parameters"]


def in_force(period: Record, day: date) -> bool:
    """Half open: the first day counts, the last does not."""
    start, end = period["valid_from"], period["valid_until"]
    return (start is None or start <= day) and (end is None or day < end)


def is_candidate(product: Record, need: Record, as_of: date) -> bool:
    """Published, open on the day, and not of an institution that the need excludes."""
    excluded = need["excluded_institutions"] or ()
    return (
        product["published"] and in_force(product, as_of) and product["institution"] not in excluded
    )


def age_in_months(firm: Record, as_of: date) -> int | None:
    if firm["founded_on"] is None:
        return None
    age = relativedelta(as_of, firm["founded_on"])
    return 12 * age.years + age.months


def stage_of(firm: Record, as_of: date) -> tuple[str | None, str, str | None]:
    """Return stage, basis and rule, reading the parameter file as it stands today."""
    if firm["stage"] is not None:
        return firm["stage"], "declared", None
    known = dict(firm, age_months=age_in_months(firm, as_of))
    if known["age_months"] is None and firm["revenue_yuan"] is None and firm["employees"] is None:
        return None, "unknown", None
    parameters = stage_parameters()
    for rule in parameters["stage.rules"]["values"][-1]["value"]:
        conditions = [
            (known[fact], op, parameters[limit]["values"][-1]["value"])
            for fact, op, limit in rule["when"]
        ]
        if all(fact is not None and compare(fact, op, limit) for fact, op, limit in conditions):
            return rule["stage"], "inferred", rule["code"]
    raise AssertionError("a known founding date, revenue or employees must give a stage")


_COMPARISONS = {
    ">=": lambda value, limit: value >= limit,
    "<=": lambda value, limit: value <= limit,
    ">": lambda value, limit: value > limit,
    "<": lambda value, limit: value < limit,
    "==": lambda value, limit: value == limit,
    "!=": lambda value, limit: value != limit,
    "in": lambda value, limit: value in limit,
    "not_in": lambda value, limit: value not in limit,
}


def compare(value: Any, op: str, limit: Any) -> bool:
    return _COMPARISONS[op](value, limit)


def asked(need: Record, low: str, high: str) -> tuple[int, int] | None:
    """One given number stands for both."""
    given = [need[end] for end in (low, high) if need[end] is not None]
    return (given[0], given[-1]) if given else None


def held_qualifications(firm: Record, as_of: date) -> set[str] | None:
    if firm["qualifications"] is None:
        return None
    return {item["code"] for item in firm["qualifications"] if in_force(item, as_of)}


def region_holds(outer: str, inner: str) -> bool:
    if outer[2:] == "0000":
        return inner[:2] == outer[:2]
    if outer[4:] == "00":
        return inner[:4] == outer[:4]
    return inner == outer


def criteria_of(product: Record, firm: Record, need: Record, as_of: date) -> list[Record]:
    """Return every criterion of a pair with outcome and, where unknown, who can answer."""
    pair = _Pair(product, firm, need, as_of)
    pair.wishes()
    pair.stage()
    pair.places()
    pair.qualifications()
    pair.age()
    pair.terms()
    return pair.found


class _Pair:
    """Collects the criteria of a pair, in the order of the table in section 3."""

    def __init__(self, product: Record, firm: Record, need: Record, as_of: date) -> None:
        self.product, self.firm, self.need, self.as_of = product, firm, need, as_of
        self.hidden = product["undisclosed"]
        self.type = None if "financing_type" in self.hidden else product["financing_type"]
        self.may_lend = self.type is None or self.type in LENDING
        self.found: list[Record] = []

    def add(self, code: str, outcome: str, asks: Any = None, **more: Any) -> None:
        self.found.append({"code": code, "outcome": outcome, "asks": asks, **more})

    def judge(self, code: str, is_stated: bool, field: str, fact: Any, outcome: Any) -> None:
        if code in self.hidden:
            self.add(code, "unknown", (code, "institution"))
        elif is_stated:
            found = "unknown" if fact is None else outcome()
            self.add(code, found, (field, "firm") if found == "unknown" else None)

    def intersect(self, code: str, field: str, asks: str, fact: Any) -> None:
        codes = self.product[field]
        self.judge(code, bool(codes), asks, fact, lambda: met_if(bool(set(codes) & set(fact))))

    def overlap(self, code: str, ends: tuple[str, str], field: str, fact: Any) -> None:
        least, most = (self.product[end] for end in ends)

        def outcome() -> str:
            above = most is not None and fact[0] > most
            below = least is not None and fact[1] < least
            return met_if(not above and not below)

        self.judge(code, least is not None or most is not None, field, fact, outcome)

    def wishes(self) -> None:
        need = self.need
        if self.type is None:
            self.add("financing_type", "unknown", ("financing_type", "institution"))
        elif need["financing_types"]:
            self.add("financing_type", met_if(self.type in need["financing_types"]))
        amount = ("amount_min_yuan", "amount_max_yuan")
        self.overlap("amount", amount, amount[1], asked(need, *amount))
        self.intersect("purpose", "purposes", "purposes", need["purposes"])
        if self.may_lend:
            term = ("term_min_months", "term_max_months")
            self.overlap("term", term, term[1], asked(need, *term))
            self.rate()
            self.intersect("collateral", "collateral", "collateral", need["collateral"])

    def rate(self) -> None:
        cap, rate = self.need["max_annual_rate"], self.product["annual_rate_min"]
        if "rate" in self.hidden or (cap is not None and rate is None):
            self.add("rate", "unknown", ("rate", "institution"))
        elif cap is not None:
            self.add("rate", met_if(rate <= cap))

    def stage(self) -> None:
        stage, basis, _ = stage_of(self.firm, self.as_of)
        stages = self.product["stages"]

        def outcome() -> str:
            if stage in stages:
                return "met"
            return "unmet" if basis == "declared" else "unknown"

        self.judge("stage", bool(stages), "stage", stage, outcome)

    def places(self) -> None:
        region, industry = self.firm["region"], self.firm["industry"]
        self.within("region", "regions", "region", region, region_holds)
        self.within("industry", "industries", "industry", industry, industry_holds)
        self.within(
            "industry_excluded", "industries_excluded", "industry", industry, industry_holds
        )
        self.intersect("tech_field", "tech_fields", "tech_fields", self.firm["tech_fields"])

    def within(self, code: str, field: str, asks: str, fact: Any, holds: Any) -> None:
        codes = self.product[field]
        is_wanted = code != "industry_excluded"

        def outcome() -> str:
            if any(holds(one, fact) for one in codes):
                return met_if(is_wanted)
            if any(holds(fact, one) for one in codes):
                return "unknown"
            return met_if(not is_wanted)

        self.judge(code, bool(codes), asks, fact, outcome)

    def qualifications(self) -> None:
        held = held_qualifications(self.firm, self.as_of)
        every = self.product["qualifications_all"]
        field = "qualifications"
        self.judge(
            "qualifications_all", bool(every), field, held, lambda: met_if(set(every) <= held)
        )
        self.intersect("qualifications_any", "qualifications_any", field, held)

    def age(self) -> None:
        age = age_in_months(self.firm, self.as_of)
        ends = ("firm_age_min_months", "firm_age_max_months")
        self.overlap("firm_age", ends, "founded_on", None if age is None else (age, age))

    def terms(self) -> None:
        if "terms" in self.hidden:
            self.add("terms", "unknown", ("terms", "institution"))
        distinct: list[Record] = []
        for term in self.product["terms"]:
            if term not in distinct:
                distinct.append(term)
        for term in distinct:
            fact = self.firm[term["field"]]
            code = f"term:{term['field']}:{term['op']}"
            if fact is None:
                self.add(code, "unknown", (term["field"], "firm"), term=term)
            else:
                self.add(code, met_if(compare(fact, term["op"], term["value"])), term=term)


def met_if(holds: bool) -> str:
    return "met" if holds else "unmet"


def industry_holds(outer: str, inner: str) -> bool:
    return inner.startswith(outer)


def verdict_of(criteria: list[Record]) -> str:
    outcomes = {criterion["outcome"] for criterion in criteria}
    if "unmet" in outcomes:
        return "ineligible"
    return "to_confirm" if "unknown" in outcomes else "eligible"


def questions_of(pairs: list[list[Record]]) -> list[tuple[str, str, int]]:
    """Count products per open fact, given the criteria of every candidate."""
    counts: dict[tuple[str, str], int] = {}
    for criteria in pairs:
        if verdict_of(criteria) == "to_confirm":
            for asks in {criterion["asks"] for criterion in criteria if criterion["asks"]}:
                counts[asks] = counts.get(asks, 0) + 1
    found = [(field, asks, count) for (field, asks), count in counts.items()]
    return sorted(found, key=lambda question: (-question[2], question[0], question[1]))
