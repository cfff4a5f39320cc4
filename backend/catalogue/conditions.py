"""Stated, open or undisclosed: what an institution says about each of its conditions.

A condition is *stated* by its fields, *open* when the institution declares that there is
none, and *undisclosed* otherwise, so that filling in nothing gains nothing.
"""

from collections.abc import Collection, Mapping
from typing import Any

from backend.common.problems import ProblemList
from matching.vocabulary import CRITERIA, FAMILY_OF_TYPE, LENDING_FAMILIES

# The fields that state a criterion's condition; one of them is enough. `terms` states nothing
# here: its code stands for conditions beyond those that are listed.
STATED_BY: dict[str, tuple[str, ...]] = {
    "financing_type": ("financing_type",),
    "stage": ("stages",),
    "amount": ("amount_min_yuan", "amount_max_yuan"),
    "term": ("term_min_months", "term_max_months"),
    "rate": ("annual_rate_min",),
    "region": ("regions",),
    "industry": ("industries",),
    "industry_excluded": ("industries_excluded",),
    "tech_field": ("tech_fields",),
    "purpose": ("purposes",),
    "qualifications_all": ("qualifications_all",),
    "qualifications_any": ("qualifications_any",),
    "firm_age": ("firm_age_min_months", "firm_age_max_months"),
    "collateral": ("collateral",),
}

LENDING_CRITERIA = frozenset({"term", "rate", "collateral"})
# A product always has a type, and a loan always a rate: these are stated or undisclosed.
NEVER_OPEN = frozenset({"financing_type", "rate"})


def applicable_criteria(financing_type: str | None) -> frozenset[str]:
    """Return the criteria that exist for a type: term, rate and collateral only for lending."""
    family = FAMILY_OF_TYPE.get(financing_type or "")
    if family is None or family in LENDING_FAMILIES:
        return frozenset(CRITERIA)
    return frozenset(CRITERIA) - LENDING_CRITERIA


def is_stated(criterion: str, content: Mapping[str, Any]) -> bool:
    """Tell whether the content states the condition of a criterion."""
    return any(content.get(field) is not None for field in STATED_BY.get(criterion, ()))


def lift_restated(content: Mapping[str, Any], changed: Collection[str]) -> dict[str, Any]:
    """Return the content without declarations that the changed fields overtake.

    Whoever states a rate no longer withholds it, whoever declares a condition open neither,
    and a fund withholds no collateral. Lists that were themselves changed stay as given,
    contradictions included.
    """
    applicable = applicable_criteria(content.get("financing_type"))
    restated = {
        criterion
        for criterion, fields in STATED_BY.items()
        if any(field in changed and content.get(field) is not None for field in fields)
    }
    lifted = {**content}
    for name, other in (
        ("undisclosed", "open_conditions"),
        ("open_conditions", "undisclosed"),
    ):
        if name not in changed:
            overtaken = restated | {*(content[other] if other in changed else ())}
            lifted[name] = [c for c in content[name] if c in applicable and c not in overtaken]
    return lifted


def check_declarations(problems: ProblemList, content: Mapping[str, Any]) -> None:
    """Note declarations that contradict the fields, each other or the financing type.

    Their codes are known to be of the vocabulary.
    """
    undisclosed, open_conditions = content["undisclosed"], content["open_conditions"]
    for name, codes in (("undisclosed", undisclosed), ("open_conditions", open_conditions)):
        _check_applicable(problems, name, codes, content.get("financing_type"))
    for code in sorted({*undisclosed} & {*open_conditions}):
        problems.add(
            "open_conditions",
            "open_and_undisclosed",
            f"“{_label(code)}”不能既声明不设条件、又声明未公布，请只保留一项。",
        )
    for code in open_conditions:
        if code in NEVER_OPEN:
            problems.add(
                "open_conditions",
                "cannot_be_open",
                f"“{_label(code)}”不能声明为不设条件：请填写具体内容，或列入 undisclosed。",
            )
    _check_not_stated(problems, content)


def _check_applicable(
    problems: ProblemList, name: str, codes: Collection[str], financing_type: str | None
) -> None:
    applicable = applicable_criteria(financing_type)
    for code in codes:
        if code not in applicable:
            problems.add(
                name,
                "criterion_not_applicable",
                f"融资方式“{financing_type}”没有“{_label(code)}”这项条件，请从 {name} 中删去。",
            )


def _check_not_stated(problems: ProblemList, content: Mapping[str, Any]) -> None:
    for code in content["undisclosed"]:
        if is_stated(code, content):
            problems.add(
                "undisclosed",
                "stated_and_undisclosed",
                f"“{_label(code)}”已填写（{_fields(code)}），不能同时声明未公布。",
            )
    for code in content["open_conditions"]:
        if is_stated(code, content) or (code == "terms" and content.get("terms")):
            problems.add(
                "open_conditions",
                "stated_and_open",
                f"“{_label(code)}”已填写（{_fields(code)}），不能同时声明不设条件。",
            )


def complete_undisclosed(content: Mapping[str, Any]) -> list[str]:
    """Return the criteria that count as undisclosed once the content is published.

    Everything that exists for the type and is neither stated nor declared open joins what is
    listed; further conditions (`terms`) only when they are listed.
    """
    listed = {*content["undisclosed"]}
    silent = {
        code
        for code in applicable_criteria(content.get("financing_type")) - {"terms"}
        if not is_stated(code, content) and code not in content["open_conditions"]
    }
    return [code for code in CRITERIA if code in listed | silent]


def _label(code: str) -> str:
    return CRITERIA[code]


def _fields(code: str) -> str:
    return "、".join(STATED_BY.get(code, ("terms",)))
