"""A synthetic workload of any size: the same seed gives the same exchange file.

Shares follow the province's catalogue: most products are loans for a stage or two, few need
collateral, some conditions are missing and some undisclosed, so that two to ten products in a
hundred suit a need.
"""

import random
from datetime import date, timedelta
from typing import Any

from matching.uscc import is_uscc
from matching.vocabulary import (
    COLLATERAL,
    FAMILY_OF_TYPE,
    FINANCING_TYPES,
    LENDING_FAMILIES,
    PURPOSES,
    QUALIFICATIONS,
    STAGES,
    TECH_FIELDS,
)

AS_OF = date(2026, 11, 23)
_CITIES = [f"220{number}00" for number in range(1, 9)] + ["222400"]
_COUNTIES = ["220102", "220103", "220104", "220105", "220106", "220112", "220202", "220203"]
_INDUSTRIES = ["C3976", "C3562", "C2710", "C2770", "C3670", "C3744", "I6510", "I6513", "M7320"]
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_TYPE_WEIGHTS = [30, 12, 6, 8, 5, 2, 3, 4, 3, 12, 3, 4, 8]
_WORDS = ["研发", "检测", "传感", "激光", "生物", "药物", "材料", "卫星", "汽车", "软件", "订单"]


def exchange(*, needs: int, products: int, seed: int = 20261123) -> dict[str, Any]:
    """Make an exchange file with one firm per need."""
    rng = random.Random(seed)
    institutions = [_institution(number) for number in range(max(1, products // 10))]
    firms = [_firm(rng, number) for number in range(needs)]
    return {
        "format": "kerong/1",
        "as_of": AS_OF.isoformat(),
        "institutions": institutions,
        "products": [_product(rng, number, institutions) for number in range(products)],
        "firms": firms,
        "needs": [_need(rng, number, firm, institutions) for number, firm in enumerate(firms)],
    }


def uscc(number: int) -> str:
    """Return a well-formed code that belongs to nobody, with its check character."""
    body = f"9122000{number // 10**9}{number % 10**9:09d}"
    return next(body + last for last in _USCC_ALPHABET if is_uscc(body + last))


def _institution(number: int) -> dict[str, Any]:
    return {
        "code": f"bench-{number:04d}",
        "name": f"基准机构 {number:04d}",
        "kind": "bank",
        "region": "220000",
    }


def _product(rng: random.Random, number: int, institutions: list[dict[str, Any]]) -> dict[str, Any]:
    (kind,) = rng.choices(list(FINANCING_TYPES), weights=_TYPE_WEIGHTS)
    amount_min = rng.choice([10, 30, 50, 100, 200]) * 10_000
    product: dict[str, Any] = {
        "code": f"bench-product-{number:05d}",
        "institution": rng.choice(institutions)["code"],
        "name": f"基准产品 {number:05d}",
        "financing_type": kind,
        "stages": _maybe(rng, 0.8, _some(rng, STAGES, 2)),
        "stage_focus": _maybe(rng, 0.3, _some(rng, STAGES, 1)),
        "amount_min_yuan": _maybe(rng, 0.7, amount_min),
        "amount_max_yuan": _maybe(rng, 0.9, amount_min * rng.choice([3, 5, 10, 20])),
        "regions": _maybe(rng, 0.7, [rng.choice([*_CITIES, "220000", "220000"])]),
        "industries": _maybe(rng, 0.3, rng.sample(["C", "C39", "I65", "C27", "M"], 2)),
        "industries_excluded": _maybe(rng, 0.1, ["K"]),
        "tech_fields": _maybe(rng, 0.2, _some(rng, TECH_FIELDS, 4)),
        "purposes": _maybe(rng, 0.4, _some(rng, PURPOSES, 4)),
        "qualifications_any": _maybe(rng, 0.3, _some(rng, QUALIFICATIONS, 3)),
        "qualifications_all": _maybe(rng, 0.1, ["high_tech"]),
        "firm_age_min_months": _maybe(rng, 0.4, rng.choice([12, 24, 36])),
        "terms": _terms(rng),
        "green_quota": _maybe(rng, 0.2, True),
        "green_approval": _maybe(rng, 0.2, True),
        "approval_days": _maybe(rng, 0.6, rng.choice([3, 5, 10, 20])),
        "description": "面向" + "、".join(rng.sample(_WORDS, 3)) + "企业",
    }
    if FAMILY_OF_TYPE[kind] in LENDING_FAMILIES:
        product |= _lending(rng)
    return {key: value for key, value in product.items() if value is not None}


def _lending(rng: random.Random) -> dict[str, Any]:
    rate = rng.choice([0.029, 0.0335, 0.0385, 0.042, 0.05])
    lending: dict[str, Any] = {
        "term_min_months": _maybe(rng, 0.5, rng.choice([3, 6, 12])),
        "term_max_months": _maybe(rng, 0.9, rng.choice([12, 24, 36, 60])),
        "collateral": _maybe(rng, 0.3, _some(rng, COLLATERAL, 3)),
    }
    if rng.random() < 0.85:
        lending |= {"annual_rate_min": rate, "annual_rate_max": round(rate + 0.01, 4)}
    else:
        lending["undisclosed"] = ["rate"]
    return lending


def _terms(rng: random.Random) -> list[dict[str, Any]]:
    candidates = [
        {"field": "revenue_yuan", "op": ">=", "value": rng.choice([1, 5, 10]) * 1_000_000},
        {"field": "debt_ratio", "op": "<=", "value": rng.choice([0.6, 0.7, 0.8])},
        {"field": "invention_patents", "op": ">=", "value": rng.choice([1, 3])},
        {"field": "taxpayer_rating", "op": "in", "value": ["A", "B", "M"]},
    ]
    return rng.sample(candidates, rng.choice([0, 0, 1, 2]))


def _firm(rng: random.Random, number: int) -> dict[str, Any]:
    revenue = rng.choice([0, 2, 8, 20, 60, 300]) * 1_000_000
    firm: dict[str, Any] = {
        "uscc": uscc(number),
        "name": f"基准企业 {number:06d}",
        "region": rng.choice([*_CITIES, *_COUNTIES]),
        "industry": rng.choice(_INDUSTRIES),
        "founded_on": (AS_OF - timedelta(days=rng.randrange(90, 6_000))).isoformat(),
        "stage": _maybe(rng, 0.6, rng.choice(list(STAGES))),
        "qualifications": _maybe(rng, 0.9, _some(rng, QUALIFICATIONS, 3)),
        "revenue_yuan": _maybe(rng, 0.85, revenue),
        "debt_ratio": _maybe(rng, 0.8, round(rng.random(), 3)),
        "rd_ratio": _maybe(rng, 0.8, round(rng.random() / 3, 3)),
        "employees": _maybe(rng, 0.9, rng.randrange(3, 400)),
        "invention_patents": _maybe(rng, 0.9, rng.randrange(0, 20)),
        "tech_fields": _maybe(rng, 0.9, _some(rng, TECH_FIELDS, 2)),
        "taxpayer_rating": _maybe(rng, 0.7, rng.choice("ABMC")),
        "fiscal_year": 2025,
    }
    return {key: value for key, value in firm.items() if value is not None}


def _need(
    rng: random.Random, number: int, firm: dict[str, Any], institutions: list[dict[str, Any]]
) -> dict[str, Any]:
    amount = rng.choice([50, 100, 200, 300, 500, 1_000, 3_000]) * 10_000
    need: dict[str, Any] = {
        "code": f"bench-need-{number:06d}",
        "firm": firm["uscc"],
        "financing_types": _maybe(rng, 0.8, _some(rng, FINANCING_TYPES, 3)),
        "amount_max_yuan": _maybe(rng, 0.95, amount),
        "term_max_months": _maybe(rng, 0.8, rng.choice([12, 24, 36])),
        "max_annual_rate": _maybe(rng, 0.4, rng.choice([0.035, 0.045, 0.06])),
        "collateral": _maybe(rng, 0.7, _some(rng, COLLATERAL, 2)),
        "purposes": _maybe(rng, 0.9, _some(rng, PURPOSES, 2)),
        "excluded_institutions": _maybe(rng, 0.05, [rng.choice(institutions)["code"]]),
        "description": "用于" + "、".join(rng.sample(_WORDS, 2)) + "项目",
    }
    return {key: value for key, value in need.items() if value is not None}


def _maybe(rng: random.Random, share: float, value: Any) -> Any:
    """Give the value in a share of the cases; the draw is made in any case."""
    return value if rng.random() < share else None


def _some(rng: random.Random, table: Any, most: int) -> list[str]:
    return sorted(rng.sample(list(table), rng.randint(1, most)))
