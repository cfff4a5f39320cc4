"""Coverage: the needs that nothing serves, and what relaxing one condition would serve."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Matcher, coverage
from matching.explanation.coverage import AMOUNT_BANDS_YUAN
from matching.results import Group, RelaxationStep
from matching.schema import Firm, Need, Product, Qualification, Term
from tests.matching.reference import outcomes as slow
from tests.matching.strategies import AS_OF, FIRMS, catalogues, needs
from tests.matching.verdicts import MATCHING, verdicts

RELAXABLE = {
    "stage",
    "amount",
    "term",
    "rate",
    "region",
    "industry",
    "industry_excluded",
    "tech_field",
    "purpose",
    "qualifications_all",
    "qualifications_any",
    "firm_age",
    "collateral",
}


@st.composite
def portfolios(draw, most=6):
    """Draw needs of firms; two needs may be of one firm."""
    firms = [replace(draw(FIRMS), uscc=f"F{number}") for number in range(draw(st.integers(1, 3)))]
    return [
        (replace(draw(needs()), code=f"N{number}", firm=firm.uscc), firm)
        for number in range(draw(st.integers(0, most)))
        for firm in [draw(st.sampled_from(firms))]
    ]


def ask(catalogue, pairs, top=None):
    return coverage(Matcher(catalogue), pairs, as_of=AS_OF, top=top)


def unserved_of(catalogue, pairs):
    return [
        (need, firm)
        for need, firm in pairs
        if not MATCHING & set(verdicts(catalogue, firm, need, AS_OF).values())
    ]


def relaxed(product, relaxation, to_value):
    """Return the product with one step of a relaxation applied."""
    if not relaxation.criterion.startswith("term:"):
        return replace(product, **{relaxation.field: _new_value(relaxation, to_value)})
    _, field, op = relaxation.criterion.split(":")
    old = Term(field=field, op=op, value=relaxation.from_value)
    rest = tuple(term for term in product.terms if term != old)
    if to_value is None:
        return replace(product, terms=rest)
    return replace(product, terms=(*rest, replace(old, value=_new_value(relaxation, to_value))))


def _new_value(relaxation, to_value):
    if to_value is None or relaxation.kind == "limit":
        return to_value
    if relaxation.kind == "add":
        return (*relaxation.from_value, *to_value)
    return tuple(code for code in relaxation.from_value if code not in to_value)


def served(product, relaxation, to_value, unserved):
    """Return which needs the relaxed product would serve, and how many firms they are of."""
    changed = relaxed(product, relaxation, to_value)
    found = [
        firm.uscc
        for need, firm in unserved
        if MATCHING & set(verdicts([changed], firm, need, AS_OF).values())
    ]
    return len(found), len(set(found))


@settings(max_examples=200)
@given(catalogue=catalogues(), pairs=portfolios())
def test_each_step_serves_exactly_the_needs_that_it_names(catalogue, pairs):
    """Checked by relaxing the product and asking the reference again."""
    by_code = {product.code: product for product in catalogue}
    unserved = unserved_of(catalogue, pairs)
    for relaxation in ask(catalogue, pairs).relaxations:
        product = by_code[relaxation.product]
        for step in relaxation.steps:
            assert served(product, relaxation, step.to_value, unserved) == (step.needs, step.firms)
        last = relaxation.steps[-1]
        assert (relaxation.to_value, relaxation.needs, relaxation.firms) == (
            last.to_value,
            last.needs,
            last.firms,
        )
        numbers = [step.needs for step in relaxation.steps]
        assert numbers == sorted(set(numbers))


@settings(max_examples=200)
@given(catalogue=catalogues(), pairs=portfolios())
def test_a_limit_one_unit_nearer_to_the_stated_one_serves_fewer(catalogue, pairs):
    by_code = {product.code: product for product in catalogue}
    unserved = unserved_of(catalogue, pairs)
    for relaxation in ask(catalogue, pairs).relaxations:
        if relaxation.kind != "limit" or relaxation.criterion.startswith("term:"):
            continue
        unit = 1e-9 if relaxation.criterion == "rate" else 1
        for step in relaxation.steps:
            falls = step.to_value < relaxation.from_value
            nearer = step.to_value + (unit if falls else -unit)
            product = by_code[relaxation.product]
            assert served(product, relaxation, nearer, unserved)[0] < step.needs


@settings(max_examples=200)
@given(catalogue=catalogues(), pairs=portfolios())
def test_every_pair_that_one_condition_keeps_apart_is_counted(catalogue, pairs):
    """By product and criterion, for the needs that the reference finds unserved."""
    expected = Counter()
    for need, firm in unserved_of(catalogue, pairs):
        for product in map(asdict, catalogue):
            if not slow.is_candidate(product, asdict(need), AS_OF):
                continue
            criteria = slow.criteria_of(product, asdict(firm), asdict(need), AS_OF)
            unmet = [item["code"] for item in criteria if item["outcome"] == "unmet"]
            if len(unmet) == 1 and (unmet[0] in RELAXABLE or unmet[0].startswith("term:")):
                expected[product["code"], unmet[0]] += 1
    found = Counter()
    for relaxation in ask(catalogue, pairs).relaxations:
        found[relaxation.product, relaxation.criterion] += relaxation.needs
    assert found == expected


@given(catalogue=catalogues(), pairs=portfolios())
def test_unserved_needs_are_counted_by_kind_and_in_all(catalogue, pairs):
    found = ask(catalogue, pairs)
    unserved = unserved_of(catalogue, pairs)
    assert (found.needs, found.unserved_needs) == (len(pairs), len(unserved))
    assert found.firms == len({firm.uscc for _, firm in pairs})
    assert found.unserved_firms == len({firm.uscc for _, firm in unserved})
    every, without = (
        Counter(kind for need, firm in some for kind in _kinds(need, firm))
        for some in (pairs, unserved)
    )
    assert {gap.group: (gap.unserved_needs, gap.needs) for gap in found.gaps} == {
        group: (count, every[group]) for group, count in without.items()
    }
    sizes = [gap.unserved_needs for gap in found.gaps]
    assert sizes == sorted(sizes, reverse=True)


def _kinds(need, firm):
    stage = slow.stage_of(asdict(firm), AS_OF)[0]
    asked = slow.asked(asdict(need), "amount_min_yuan", "amount_max_yuan")
    below = [end for end in AMOUNT_BANDS_YUAN if asked and end < asked[1]]
    above = [end for end in AMOUNT_BANDS_YUAN if asked and end >= asked[1]]
    region = firm.region
    city = region and (region if region[2:] == "0000" else region[:4] + "00")
    return {
        Group(stage, below[-1] if below else None, above[0] if above else None, city, kind)
        for kind in need.financing_types or (None,)
    }


@given(catalogue=catalogues(), pairs=portfolios(), data=st.data())
def test_the_order_of_the_input_changes_nothing_and_top_cuts_the_list(catalogue, pairs, data):
    shuffled = ask(data.draw(st.permutations(catalogue)), data.draw(st.permutations(pairs)))
    whole = ask(catalogue, pairs)
    assert repr(whole) == repr(shuffled)
    assert ask(catalogue, pairs, top=2) == replace(whole, relaxations=whole.relaxations[:2])
    places = [(-item.needs, -item.firms, item.product) for item in whole.relaxations]
    assert places == sorted(places)


@given(catalogue=catalogues(), pairs=portfolios())
def test_needs_known_to_be_served_need_no_comparison(catalogue, pairs):
    matcher = Matcher(catalogue)
    served = {
        need.code for need, firm in pairs if matcher.shortlist(need, firm, as_of=AS_OF).products
    }
    spared = coverage(matcher, pairs, as_of=AS_OF, top=None, served=served)
    assert repr(spared) == repr(ask(catalogue, pairs))


def offer(code="P1", **values):
    return Product(
        **{"institution": "B1", "name": "科创贷", "financing_type": "credit_loan"} | values,
        code=code,
    )


def pair(number, firm=None, **values):
    who = Firm(**{"uscc": f"F{number}", "name": "演示企业"} | (firm or {}))
    return Need(code=f"N{number}", firm=who.uscc, **values), who


def test_a_limit_has_a_curve_from_the_mildest_to_what_serves_all():
    wishes = [pair(n, amount_max_yuan=n * 1_000_000) for n in (1, 3, 3, 5)]
    wishes[2] = (replace(wishes[2][0], code="N3b"), wishes[1][1])
    (relaxation,) = ask([offer(amount_max_yuan=1_000_000)], wishes).relaxations
    assert (relaxation.field, relaxation.kind) == ("amount_max_yuan", "limit")
    assert (relaxation.from_value, relaxation.to_value) == (1_000_000, 5_000_000)
    assert relaxation.steps == (
        RelaxationStep(3_000_000, needs=2, firms=1),
        RelaxationStep(5_000_000, needs=3, firms=2),
    )


def test_the_two_ends_of_an_interval_are_two_relaxations():
    wishes = [pair(n, amount_max_yuan=n * 1_000_000) for n in (1, 9, 8)]
    product = offer(amount_min_yuan=2_000_000, amount_max_yuan=5_000_000)
    found = ask([product], wishes).relaxations
    assert [(item.field, item.to_value, item.needs) for item in found] == [
        ("amount_max_yuan", 9_000_000, 2),
        ("amount_min_yuan", 1_000_000, 1),
    ]


def test_the_end_of_the_need_that_lies_nearer_decides_the_limit():
    wishes = [pair(1, amount_min_yuan=6_000_000, amount_max_yuan=9_000_000)]
    product = offer(amount_min_yuan=1, amount_max_yuan=5_000_000)
    (relaxation,) = ask([product], wishes).relaxations
    assert (relaxation.field, relaxation.to_value) == ("amount_max_yuan", 6_000_000)


def test_codes_are_added_that_serve_most_needs_first():
    wishes = [
        pair(1, purposes=("research", "equipment")),
        pair(2, purposes=("equipment",)),
        pair(3, purposes=("plant", "research")),
        pair(4, purposes=()),
    ]
    (relaxation,) = ask([offer(purposes=("working_capital",))], wishes).relaxations
    assert (relaxation.kind, relaxation.from_value) == ("add", ("working_capital",))
    assert [(step.to_value, step.needs) for step in relaxation.steps] == [
        (("equipment",), 2),
        (("equipment", "plant"), 3),
        (None, 4),
    ]


def test_a_condition_that_no_code_can_mend_can_only_be_given_up():
    (relaxation,) = ask([offer(collateral=("patent",))], [pair(1, collateral=())]).relaxations
    assert (relaxation.kind, relaxation.to_value) == ("drop", None)
    term = Term(field="taxpayer_rating", op="==", value="A")
    rated = pair(1, {"taxpayer_rating": "B"})
    (relaxation,) = ask([offer(terms=(term,))], [rated]).relaxations
    assert (relaxation.criterion, relaxation.kind) == ("term:taxpayer_rating:==", "drop")


def test_missing_qualifications_are_taken_out_of_the_condition():
    product = offer(qualifications_all=("high_tech", "srdi", "gazelle"))
    held = {"qualifications": (Qualification(code="srdi"),)}
    (relaxation,) = ask([product], [pair(1, held)]).relaxations
    assert (relaxation.kind, relaxation.to_value) == ("remove", ("gazelle", "high_tech"))


@pytest.mark.parametrize(
    ("op", "field", "limit", "fact", "to_value"),
    [
        (">=", "employees", 20, 12, 12),
        (">", "employees", 20, 12, 11),
        ("<", "rd_ratio", 0.05, 0.06, 0.0601),
        ("<=", "debt_ratio", 0.7, 0.75, 0.75),
    ],
)
def test_a_further_condition_is_relaxed_to_what_the_firm_has(op, field, limit, fact, to_value):
    product = offer(terms=(Term(field=field, op=op, value=limit),))
    (relaxation,) = ask([product], [pair(1, {field: fact})]).relaxations
    assert (relaxation.criterion, relaxation.from_value) == (f"term:{field}:{op}", limit)
    assert relaxation.to_value == to_value


def test_two_unmet_conditions_or_another_type_are_nothing_to_relax():
    wishes = [pair(1, financing_types=("equity",), amount_max_yuan=9)]
    found = ask([offer(), offer("P2", amount_min_yuan=10, stages=("seed",))], wishes)
    assert (found.unserved_needs, found.relaxations) == (1, ())


def test_a_need_that_something_serves_is_no_gap_however_near_others_are():
    found = ask([offer(), offer("P2", amount_max_yuan=1)], [pair(1, amount_max_yuan=5)])
    assert (found.unserved_needs, found.gaps, found.relaxations) == (0, (), ())


def test_without_products_every_need_is_unserved_and_without_needs_none():
    found = ask([], [pair(1), pair(2, {"region": "220184"}, amount_max_yuan=1_000_001)])
    assert (found.needs, found.unserved_needs) == (2, 2)
    assert [gap.group for gap in found.gaps] == [
        Group(None, 1_000_000, 5_000_000, "220100", None),
        Group(None, None, None, None, None),
    ]
    nothing = ask([offer()], [])
    assert (nothing.needs, nothing.firms, nothing.gaps, nothing.relaxations) == (0, 0, (), ())
