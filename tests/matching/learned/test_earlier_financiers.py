"""Who financed a firm before is a part of its own, and can only help."""

import random
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.eligibility.columns import ClassColumn
from matching.ranking.learned import Candidate, LearnedModel, Outcome, fit_model
from matching.ranking.learned_side import LearnedComponent, family_of
from matching.schema import Product
from matching.scoring.learned import Profiles
from tests.matching.learned.outcomes import UNTIL, made_candidates, made_outcomes

CANDIDATES = made_candidates()
INSTITUTIONS = sorted({one.institution for one in CANDIDATES})


def loyal_outcomes() -> list[Outcome]:
    """Return outcomes in which whoever financed a firm does so again two times out of three."""
    chance = random.Random(2)
    outcomes = []
    for one in made_outcomes(needs=700):
        earlier = chance.choice(INSTITUTIONS)
        institution = f"I{one.product[1:4]}"
        need = replace(one.need, code=f"{one.need.code}-{one.product}", earlier=(earlier,))
        again = institution == earlier
        result = "funded" if again and chance.random() < 0.66 else one.result
        outcomes.append(replace(one, need=need, result=result))
    return outcomes


NEED = loyal_outcomes()[0].need


@pytest.fixture(scope="module")
def model() -> LearnedModel:
    return fit_model(loyal_outcomes(), CANDIDATES, until=UNTIL)


def test_whoever_financed_a_firm_stands_higher_and_the_parts_add_up(model: LearnedModel) -> None:
    need = replace(NEED, earlier=("I005",))
    found = model.contributions(need, CANDIDATES)
    assert found.parts[-1] == "relations"
    own = np.array([one.institution == "I005" for one in CANDIDATES])
    assert found.values[own, -1].min() > found.values[~own, -1].max()
    total = np.zeros(len(CANDIDATES))
    for part in found.values.T:
        total += part
    assert total.tobytes() == found.margins.tobytes()


@given(
    earlier=st.lists(st.sampled_from(INSTITUTIONS), max_size=4),
    more=st.sampled_from([*INSTITUTIONS, "nobody"]),
)
def test_one_more_earlier_financier_never_lowers_a_pair(
    model: LearnedModel, earlier: list[str], more: str
) -> None:
    need = replace(NEED, earlier=tuple(earlier))
    before = model.contributions(need, CANDIDATES)
    after = model.contributions(replace(need, earlier=(*earlier, more)), CANDIDATES)
    assert (after.margins >= before.margins).all()
    assert (before.values[:, -1] >= 0).all()
    if not earlier:
        assert (before.values[:, -1] == 0).all()


def test_ties_come_from_deals_strictly_before_the_day(model: LearnedModel) -> None:
    outcomes = loyal_outcomes()
    late = [
        replace(one, need=replace(one.need, code=f"late{place}"), on=UNTIL + timedelta(days=1))
        for place, one in enumerate(outcomes)
    ]
    found = fit_model([*outcomes, *late], CANDIDATES, until=UNTIL)
    assert found.ties.tobytes() == model.ties.tobytes()


def test_without_earlier_financiers_there_is_no_such_part() -> None:
    found = fit_model(made_outcomes(), CANDIDATES, until=UNTIL)
    assert "relations" not in found.parts
    assert found.tied(("I005",)).tolist() == [0.0] * (len(INSTITUTIONS) + 1)


def test_where_earlier_financiers_are_not_held_the_score_is_that_of_a_firm_without(
    model: LearnedModel,
) -> None:
    products = [
        Product(code=code, institution=code, name="贷款", financing_type="credit_loan")
        for code in INSTITUTIONS
    ]
    side = LearnedComponent(model, version="1", weight=0.5).beside(products)
    need = replace(NEED, earlier=())
    offers = [
        Candidate(product=one.code, institution=one.institution, family=family_of(one))
        for one in products
    ]
    expected = model.contributions(need, offers)
    facts = (need.stage, need.industry, need.region)
    amount = np.nan if need.amount_yuan is None else need.amount_yuan
    rows = side.rows(
        Profiles(
            *(ClassColumn((code,), np.zeros(1, np.int32)) for code in facts), np.array([amount])
        )
    )
    assert side.scores(rows)[0][side.group_of].tolist() == expected.scores.tolist()
    assert side.parts == expected.parts[:-1]
    assert side.breakdown(rows)[0][side.group_of].tolist() == expected.values[:, :-1].tolist()
