"""What a changed product would gain and lose, against comparing every need with both versions."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from matching.bulk import hold_facts, hold_needs
from matching.eligibility.stage import assess_stage
from matching.explanation.offer_changes import CONDITIONS
from matching.inquiries import product_what_if
from matching.parameters import load_parameters
from matching.schema import Firm, Need, Product
from tests.matching.strategies import AS_OF, FIRMS, needs, products
from tests.matching.test_bulk import many
from tests.matching.verdicts import verdicts

PARAMETERS = load_parameters(AS_OF)
KINDS = {
    "gained": lambda was, becomes: not was and becomes,
    "lost": lambda was, becomes: was and not becomes,
    "confirmed": lambda was, becomes: (was, becomes) == ("to_confirm", "eligible"),
    "opened": lambda was, becomes: (was, becomes) == ("eligible", "to_confirm"),
}


def standing(product, pairs):
    """Return the verdict of each need by the slow reference; None where it does not match."""
    found = {}
    for need, firm in pairs:
        verdict = verdicts((product,), firm, need, AS_OF)[product.code] if product else None
        found[need.code] = None if verdict == "ineligible" else verdict
    return found


def expected_groups(was, becomes, pairs):
    """Return codes and counts by place of each kind."""
    groups = {}
    for kind, is_one in KINDS.items():
        own = [(n, f) for n, f in pairs if is_one(was[n.code], becomes[n.code])]
        places = [(place_of(firm), firm.uscc) for _, firm in own]
        at = Counter(place for place, _ in places)
        firms_at = Counter(place for place, _ in set(places))
        groups[kind] = (
            tuple(need.code for need, _ in own),
            len({firm.uscc for _, firm in own}),
            {(*place, count, firms_at[place]) for place, count in at.items()},
        )
    return groups


def place_of(firm):
    region = firm.region
    city = None if region is None or region.endswith("0000") else region[:4] + "00"
    return city, assess_stage(firm, as_of=AS_OF, parameters=PARAMETERS).stage


def groups_of(shift):
    found = {}
    for kind in KINDS:
        group = getattr(shift, kind)
        assert len(set(group.by_place)) == len(group.by_place)
        found[kind] = (group.needs, group.firms, set(group.by_place))
    return found


def held(pairs):
    return hold_facts(hold_needs(pairs, as_of=AS_OF, parameters=PARAMETERS))


@settings(max_examples=200)
@given(
    before=st.none() | products(code="P"),
    after=products(code="P"),
    firms=st.lists(FIRMS, max_size=6),
    wishes=st.lists(needs(), max_size=6),
)
def test_gains_and_losses_are_those_of_comparing_both_versions(before, after, firms, wishes):
    pairs = many(firms, wishes)
    answer = product_what_if(before, after, held(pairs))
    was, becomes = standing(before, pairs), standing(after, pairs)
    assert groups_of(answer.together) == expected_groups(was, becomes, pairs)
    for verdict in ("eligible", "to_confirm"):
        counts = tuple(list(side.values()).count(verdict) for side in (was, becomes))
        assert getattr(answer, verdict) == counts


@settings(max_examples=150)
@given(
    before=products(code="P"),
    after=products(code="P"),
    firms=st.lists(FIRMS, max_size=5),
    wishes=st.lists(needs(), max_size=5),
)
def test_each_condition_is_applied_alone(before, after, firms, wishes):
    pairs = many(firms, wishes)
    was = standing(before, pairs)
    effects = product_what_if(before, after, held(pairs)).conditions
    assert [effect.condition for effect in effects] == [
        condition for condition in CONDITIONS if condition in {e.condition for e in effects}
    ]
    for effect in effects:
        becomes = standing(alone(before, after, effect.condition), pairs)
        assert groups_of(effect.shift) == expected_groups(was, becomes, pairs)


def alone(before, after, condition):
    """Return the product as it is with one condition of what it would be."""
    ends = ("min", "max")
    fields = {
        "validity": ["published", "valid_from", "valid_until"],
        "financing_type": ["financing_type"],
        "stage": ["stages"],
        "amount": [f"amount_{end}_yuan" for end in ends],
        "term": [f"term_{end}_months" for end in ends],
        "firm_age": [f"firm_age_{end}_months" for end in ends],
        "rate": ["annual_rate_min"],
        "region": ["regions"],
        "industry": ["industries"],
        "industry_excluded": ["industries_excluded"],
        "tech_field": ["tech_fields"],
        "purpose": ["purposes"],
    }.get(condition, [condition])
    hidden = set(before.undisclosed) - {condition} | set(after.undisclosed) & {condition}
    values = {field: getattr(after, field) for field in fields}
    return replace(before, undisclosed=frozenset(hidden), **values)


FIRMS_AT = [
    Firm(uscc="F1", name="演示一", region="220102", stage="seed"),
    Firm(uscc="F2", name="演示二", region="220106", stage="growth"),
    Firm(uscc="F3", name="演示三", region="220203", stage="growth"),
]
WISHES = [
    (Need(code="A", firm="F1", amount_max_yuan=4_000_000), FIRMS_AT[0]),
    (Need(code="B", firm="F2", amount_max_yuan=2_000_000), FIRMS_AT[1]),
    (Need(code="C", firm="F2", amount_max_yuan=9_000_000), FIRMS_AT[1]),
    (Need(code="D", firm="F3", amount_max_yuan=1_000_000), FIRMS_AT[2]),
]
OFFER = Product(
    code="P",
    institution="B1",
    name="科创贷",
    financing_type="credit_loan",
    amount_max_yuan=3_000_000,
    stages=("growth",),
)


def test_a_higher_limit_and_one_more_stage_are_told_apart():
    wider = replace(OFFER, amount_max_yuan=10_000_000, stages=("growth", "seed"))
    answer = product_what_if(OFFER, wider, held(WISHES))
    effects = {effect.condition: effect.shift.gained.needs for effect in answer.conditions}
    assert effects == {"amount": ("C",), "stage": ()}
    assert answer.together.gained.needs == ("A", "C")
    assert answer.together.gained.by_place == (
        ("220100", "growth", 1, 1),
        ("220100", "seed", 1, 1),
    )
    assert (answer.eligible, answer.together.lost.needs) == ((2, 4), ())


def test_closing_loses_all_and_what_only_scores_changes_nothing():
    closed = product_what_if(OFFER, replace(OFFER, valid_until=AS_OF), held(WISHES))
    assert closed.together.lost.needs == ("B", "D")
    assert [effect.condition for effect in closed.conditions] == ["validity"]
    cheaper = replace(OFFER, green_quota=True, description="随借随还", valid_from=None)
    assert not product_what_if(OFFER, cheaper, held(WISHES)).together
    assert product_what_if(OFFER, cheaper, held(WISHES)).conditions == ()


def test_a_new_product_gains_what_it_matches():
    answer = product_what_if(None, OFFER, held(WISHES))
    assert (answer.together.gained.needs, answer.conditions) == (("B", "D"), ())
    later = replace(OFFER, valid_from=AS_OF + timedelta(days=1))
    assert product_what_if(None, later, held(WISHES)).together.gained.needs == ()
