"""Lists that are kept in step with changes are those of ranking all again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Matcher, load_parameters
from matching.bulk import hold_needs
from matching.ranking import held as held_module
from matching.ranking.held import HeldRanking
from matching.schema import Firm, Need, Product
from tests.matching.strategies import AS_OF, FIRMS, catalogues, needs, products
from tests.matching.test_bulk import many

PARAMETERS = load_parameters(AS_OF)
CODES = [f"P{number}" for number in range(8)] + ["A", "P3x", "P3y", "Z"]


def hold(pairs):
    return hold_needs(pairs, as_of=AS_OF, parameters=PARAMETERS)


def all_again(catalogue, pairs, top):
    """Rank everything with the plain engine."""
    matcher = Matcher(catalogue)
    return [
        matcher.shortlist(need, firm, as_of=AS_OF, top=top)
        for need, firm in sorted(pairs, key=lambda pair: pair[0].code)
    ]


def count_again(catalogue, pairs):
    verdicts = {s.code: s.verdicts for s in all_again(catalogue, pairs, None)}
    return {
        code: (found.count("eligible"), found.count("to_confirm"))
        for code, found in verdicts.items()
    }


@settings(max_examples=150)
@given(
    catalogue=catalogues(most=8),
    firms=st.lists(FIRMS, min_size=1, max_size=5),
    wishes=st.lists(needs(), min_size=1, max_size=5),
    top=st.sampled_from((1, 2, 3, 60)),
    most_beside=st.sampled_from((0, 1, 64)),
    data=st.data(),
)
def test_any_changes_give_the_lists_of_ranking_all_again(
    catalogue, firms, wishes, top, most_beside, data
):
    pairs = dict(enumerate(many(firms, wishes)))
    offers = {product.code: product for product in catalogue}
    before = held_module.MOST_BESIDE
    held_module.MOST_BESIDE = most_beside
    try:
        held = HeldRanking(catalogue, hold(pairs.values()), top=top, parameters=PARAMETERS)
        for _ in range(data.draw(st.integers(1, 6))):
            if data.draw(st.booleans()):
                code = data.draw(st.sampled_from(CODES))
                gone = data.draw(st.integers(0, 4)) == 0
                product = None if gone else data.draw(products(code=code))
                held.change_product(code, product)
                offers.pop(code, None)
                if product is not None:
                    offers[code] = product
            else:
                number = data.draw(st.integers(0, 6))
                gone = data.draw(st.integers(0, 4)) == 0 and len(pairs) > 1
                old = pairs.pop(number, None)
                if gone:
                    held.change_needs(hold([]), gone=[old[0].code] if old else [])
                else:
                    (pair,) = many([data.draw(FIRMS)], [data.draw(needs())])
                    pairs[number] = (replace(pair[0], code=f"N{number:03d}"), pair[1])
                    held.change_needs(hold([pairs[number]]))
            assert list(held) == all_again(offers.values(), pairs.values(), top)
            assert held.counts() == count_again(offers.values(), pairs.values())
    finally:
        held_module.MOST_BESIDE = before


FIRM = Firm(uscc="F1", name="演示企业", region="220102", stage="growth")
WISHES = [
    Need(code=f"N{number}", firm="F1", amount_max_yuan=amount * 10_000, max_annual_rate=0.05)
    for number, amount in enumerate((100, 300, 500, 800))
]
OFFERS = [
    Product(
        code=f"P{number}",
        institution="B1",
        name="科创贷",
        financing_type="credit_loan",
        annual_rate_min=0.03 + number / 1000,
        amount_max_yuan=5_000_000,
    )
    for number in range(6)
]


def held_offers(top=2):
    columns = hold([(need, FIRM) for need in WISHES])
    return HeldRanking(OFFERS, columns, top=top, parameters=PARAMETERS)


@pytest.mark.parametrize(
    ("change", "edited"),
    [
        ({"annual_rate_min": 0.02}, ["N0", "N1", "N2"]),  # cheaper: enters every list it suits
        ({"annual_rate_min": 0.049}, []),  # dearer, behind the end already
        ({"amount_max_yuan": 10_000_000, "annual_rate_min": 0.02}, ["N0", "N1", "N2", "N3"]),
        ({"valid_until": AS_OF}, []),  # closed, and stood in no list
    ],
)
def test_a_change_names_the_lists_that_it_edits(change, edited):
    held = held_offers()
    found = held.change_product("P5", replace(OFFERS[5], **change))
    assert list(found) == edited
    offers = [*OFFERS[:5], replace(OFFERS[5], **change)]
    assert list(held) == all_again(offers, [(need, FIRM) for need in WISHES], 2)


def test_who_waited_behind_the_end_moves_up_when_the_first_closes():
    held = held_offers()
    assert next(shortlist.products for shortlist in held) == ("P0", "P1")
    held.change_product("P0", replace(OFFERS[0], valid_until=AS_OF + timedelta(days=0)))
    assert next(shortlist.products for shortlist in held) == ("P1", "P2")
    held.change_product("P1", None)
    assert next(shortlist.products for shortlist in held) == ("P2", "P3")
    held.change_product("P0", OFFERS[0])
    assert next(shortlist.products for shortlist in held) == ("P0", "P2")


def test_what_was_never_there_can_go_without_a_trace():
    held = held_offers()
    before = list(held)
    assert held.change_product("unknown", None) == ()
    assert list(held) == before


def test_a_product_is_changed_under_its_own_code():
    with pytest.raises(ValueError, match="P1 under the code P2"):
        held_offers().change_product("P2", OFFERS[1])


def test_one_list_can_be_read_by_the_code_of_its_need():
    held = held_offers()
    assert [held.shortlist(need.code) for need in WISHES] == list(held)
    held.change_needs(hold([]), gone=["N1"])
    with pytest.raises(KeyError, match="N1"):
        held.shortlist("N1")


def test_lists_without_room_are_refused():
    with pytest.raises(ValueError, match="at least one"):
        held_offers(top=0)
