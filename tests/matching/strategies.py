"""Awkward records: everything may be missing, empty, undisclosed or just on a limit.

Codes and numbers come from small sets, so that limits are hit and lists overlap.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from matching.schema import Firm, Need, Product, Qualification, Term

AS_OF = date(2026, 11, 23)

STAGES = ("seed", "startup", "growth", "mature")
TYPES = ("credit_loan", "factoring", "equity", "subsidy", "tech_insurance")
REGIONS = ("220000", "220100", "220184", "220102", "222400", "210000")
INDUSTRIES = ("C", "C39", "C397", "C3976", "C36", "I", "I65")
TECH_FIELDS = ("electronics", "materials", "satellite")
PURPOSES = ("working_capital", "research", "equipment")
QUALIFICATIONS = ("tech_sme", "high_tech", "srdi", "gazelle")
COLLATERAL = ("patent", "real_estate", "receivables")
INSTITUTIONS = ("B1", "B2", "B3")
TEXTS = ("从事光电子器件和激光器的研发", "信用贷款，面向科技型中小企业", "!!", "")

_AMOUNTS = st.integers(0, 6).map(lambda number: number * 1_000_000)
_MONTHS = st.integers(0, 5).map(lambda number: number * 6)
_RATES = st.sampled_from((0.0, 0.03, 0.0385, 0.05, 0.2))
_DAYS = st.integers(-3, 3).map(lambda days: AS_OF + timedelta(days=days))
_WHOLE = st.integers(0, 12)
_FRACTION = st.integers(0, 12).map(lambda number: number / 10_000)
_SIGNED = st.integers(-6, 6)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return nothing, or something."""
    return st.none() | strategy


def codes(values: tuple[str, ...], least: int = 0) -> st.SearchStrategy[tuple[str, ...]]:
    """Return a list of codes in any order, possibly empty or with repeats."""
    return st.lists(st.sampled_from(values), min_size=least, max_size=3).map(tuple)


def ordered_pair(ends: st.SearchStrategy[int]) -> st.SearchStrategy[tuple[Any, Any]]:
    """Return two ends, the first not above the second, either of which may be missing."""

    def order(pair: tuple[Any, Any]) -> tuple[Any, Any]:
        low, high = pair
        return (high, low) if None not in pair and low > high else pair

    return st.tuples(maybe(ends), maybe(ends)).map(order)


def _numeric_term(field: str, numbers: st.SearchStrategy[Any]) -> st.SearchStrategy[Term]:
    compared = st.builds(
        Term,
        field=st.just(field),
        op=st.sampled_from((">=", "<=", ">", "<", "==", "!=")),
        value=numbers,
    )
    listed = st.builds(
        Term,
        field=st.just(field),
        op=st.sampled_from(("in", "not_in")),
        value=st.lists(numbers, min_size=1, max_size=3).map(tuple),
    )
    return compared | listed


NUMERIC_FIELDS = {
    "employees": _WHOLE,
    "revenue_yuan": _WHOLE,
    "net_profit_yuan": _SIGNED,
    "rd_ratio": _FRACTION,
    "debt_ratio": _FRACTION,
    "innovation_points": _WHOLE,
}

TERMS = st.one_of(
    *(_numeric_term(field, numbers) for field, numbers in NUMERIC_FIELDS.items()),
    st.builds(
        Term,
        field=st.just("taxpayer_rating"),
        op=st.sampled_from(("==", "!=")),
        value=st.sampled_from(("A", "B")),
    ),
    st.builds(
        Term,
        field=st.just("taxpayer_rating"),
        op=st.sampled_from(("in", "not_in")),
        value=st.just(("A", "B")),
    ),
)


def _named(*fields: str) -> Callable[[Any], dict[str, Any]]:
    """Return what puts one value, or a pair of ends, under its field names."""

    def under_names(values: Any) -> dict[str, Any]:
        return dict(zip(fields, values if len(fields) > 1 else (values,), strict=True))

    return under_names


def _rates(low: float) -> st.SearchStrategy[dict[str, Any]]:
    highs = st.sampled_from((None, low, low + 0.01))
    return highs.map(lambda high: {"annual_rate_min": low, "annual_rate_max": high})


# How each condition is stated, by criterion.
STATED: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "stage": codes(STAGES).map(_named("stages")),
    "amount": ordered_pair(_AMOUNTS).map(_named("amount_min_yuan", "amount_max_yuan")),
    "term": ordered_pair(_MONTHS).map(_named("term_min_months", "term_max_months")),
    "rate": _RATES.flatmap(_rates),
    "region": codes(REGIONS).map(_named("regions")),
    "industry": codes(INDUSTRIES).map(_named("industries")),
    "industry_excluded": codes(INDUSTRIES).map(_named("industries_excluded")),
    "tech_field": codes(TECH_FIELDS).map(_named("tech_fields")),
    "purpose": codes(PURPOSES).map(_named("purposes")),
    "qualifications_all": codes(QUALIFICATIONS).map(_named("qualifications_all")),
    "qualifications_any": codes(QUALIFICATIONS).map(_named("qualifications_any")),
    "firm_age": ordered_pair(_MONTHS).map(_named("firm_age_min_months", "firm_age_max_months")),
    "collateral": codes(COLLATERAL).map(_named("collateral")),
    "terms": st.lists(TERMS, min_size=1, max_size=4).map(tuple).map(_named("terms")),
}


@st.composite
def products(draw: st.DrawFn, code: str = "P1", *, is_open: bool = False) -> Product:
    """Draw a product with a few conditions stated and a few undisclosed.

    With ``is_open`` it is a candidate for every need but those that exclude ``B1``.
    """
    values: dict[str, Any] = {}
    stated = draw(st.sets(st.sampled_from(tuple(STATED)), max_size=6))
    hidden = draw(st.sampled_from(((), (), ("financing_type",))))
    hidden += tuple(draw(st.sets(st.sampled_from(tuple(STATED)), max_size=1)))
    for criterion, condition in STATED.items():
        # Stated terms may stand beside undisclosed further ones.
        if criterion in stated and (criterion == "terms" or criterion not in hidden):
            values |= draw(condition)
    is_hidden = "financing_type" in hidden
    return Product(
        code=code,
        institution=draw(st.sampled_from(INSTITUTIONS)),
        name="科创贷",
        financing_type=None if is_hidden else draw(st.sampled_from(TYPES)),
        stage_focus=draw(maybe(codes(STAGES))),
        green_quota=draw(maybe(st.booleans())),
        approval_days=draw(maybe(st.integers(0, 40))),
        undisclosed=frozenset(hidden),
        published=is_open or draw(st.sampled_from((True, True, True, True, False))),
        valid_from=None if is_open else draw(maybe(_DAYS)),
        valid_until=None if is_open else draw(maybe(_DAYS | st.just(AS_OF + timedelta(days=400)))),
        description=draw(st.sampled_from((None, *TEXTS))),
        **values,
    )


QUALIFICATION_RECORDS = st.builds(
    Qualification,
    code=st.sampled_from(QUALIFICATIONS),
    valid_from=maybe(_DAYS),
    valid_until=maybe(_DAYS),
)

FIRMS = st.builds(
    Firm,
    uscc=st.just("F1"),
    name=st.just("演示企业"),
    region=maybe(st.sampled_from(REGIONS)),
    industry=maybe(st.sampled_from(INDUSTRIES)),
    founded_on=maybe(
        st.sampled_from(
            (date(2024, 2, 29), date(2026, 5, 23), date(2026, 5, 24), date(2026, 12, 1))
        )
        | st.dates(date(2023, 1, 1), date(2027, 1, 1))
    ),
    stage=maybe(st.sampled_from(STAGES)),
    qualifications=maybe(st.lists(QUALIFICATION_RECORDS, max_size=4).map(tuple)),
    tech_fields=maybe(codes(TECH_FIELDS)),
    taxpayer_rating=maybe(st.sampled_from(("A", "B", "C"))),
    description=st.sampled_from((None, *TEXTS)),
    revenue_growth=maybe(st.sampled_from((-0.5, 0.0, 0.3, 1.0))),
    **{field: maybe(numbers) for field, numbers in NUMERIC_FIELDS.items()},
)


@st.composite
def needs(draw: st.DrawFn) -> Need:
    """Draw a need of firm F1."""
    amount, term = draw(ordered_pair(_AMOUNTS)), draw(ordered_pair(_MONTHS))
    return Need(
        code="N1",
        firm="F1",
        financing_types=draw(maybe(codes(TYPES))),
        amount_min_yuan=amount[0],
        amount_max_yuan=amount[1],
        term_min_months=term[0],
        term_max_months=term[1],
        max_annual_rate=draw(maybe(_RATES)),
        collateral=draw(maybe(codes(COLLATERAL))),
        purposes=draw(maybe(codes(PURPOSES))),
        excluded_institutions=draw(maybe(codes(INSTITUTIONS))),
        description=draw(st.sampled_from((None, *TEXTS))),
    )


@st.composite
def catalogues(draw: st.DrawFn, most: int = 4, *, is_open: bool = False) -> tuple[Product, ...]:
    """Draw some products with distinct codes in any order."""
    count = draw(st.integers(0, most))
    numbers = draw(st.permutations(range(count)))
    return tuple(draw(products(code=f"P{number}", is_open=is_open)) for number in numbers)
