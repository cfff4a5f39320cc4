"""A learned model in the score: one named part, the same bits everywhere, no rule broken."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Matcher, load_parameters
from matching.bulk import BulkMatcher, hold_facts, hold_needs, needs_of_product
from matching.eligibility.columns import ClassColumn
from matching.ranking.batch import name_lists
from matching.ranking.learned import Candidate, NeedFacts
from matching.ranking.learned_side import LearnedComponent, family_of
from matching.schema import Firm, Need, Product
from matching.scoring.learned import Profiles
from tests.matching.learned_models import component
from tests.matching.strategies import AS_OF, FIRMS, INDUSTRIES, REGIONS, STAGES, catalogues, needs
from tests.matching.test_bulk import many

SEED_FIRM = Firm(uscc="F", name="演示", stage="seed", industry="C39", region="220102")
ASKS = Need(code="N", firm="F", amount_max_yuan=2_000_000)


def offer(code, institution, **more):
    return Product(
        code=code,
        institution=institution,
        name="贷款",
        financing_type="credit_loan",
        valid_from=AS_OF,
        **more,
    )


@settings(max_examples=200, deadline=None)
@given(
    catalogue=catalogues(most=8),
    firms=st.lists(FIRMS, max_size=6),
    wishes=st.lists(needs(), max_size=6),
    top=st.sampled_from((0, 1, 3, 100)),
)
def test_all_needs_at_once_rank_as_each_alone(catalogue, firms, wishes, top):
    pairs = many(firms, wishes)
    matcher = Matcher(catalogue, learned=component())
    bulk = BulkMatcher(catalogue, as_of=AS_OF, learned=component())
    ranked = bulk.rank(bulk.encode(hold_needs(pairs, as_of=AS_OF)), top=top)
    expected = [matcher.shortlist(need, firm, as_of=AS_OF, top=top) for need, firm in pairs]
    assert list(name_lists(ranked.needs, ranked.products, ranked.result.by_need)) == expected


@settings(max_examples=150, deadline=None)
@given(catalogue=catalogues(most=3), firms=st.lists(FIRMS, max_size=5), wishes=st.lists(needs()))
def test_a_product_ranks_its_needs_with_the_same_scores(catalogue, firms, wishes):
    pairs = many(firms, wishes)
    facts = hold_facts(hold_needs(pairs, as_of=AS_OF))
    matcher = Matcher(catalogue, learned=component())
    by_pair = {
        (match.need, match.product): (match.verdict, match.score)
        for need, firm in pairs
        for match in matcher.match(need, firm, as_of=AS_OF).matches
    }
    for product in matcher.catalogue.products:
        for placed in needs_of_product(product, facts, learned=component()):
            assert by_pair.get((placed.code, product.code), (placed.verdict, placed.score)) == (
                placed.verdict,
                placed.score,
            )


@settings(max_examples=100, deadline=None)
@given(catalogue=catalogues(), firm=FIRMS, wish=needs())
def test_contributions_add_up_and_the_parts_explain_the_value(catalogue, firm, wish):
    model = component().model
    for match in Matcher(catalogue, learned=component()).match(wish, firm, as_of=AS_OF).matches:
        assert sum(part.contribution for part in match.components) == pytest.approx(
            match.score, abs=1e-9
        )
        assert sum(part.weight for part in match.components) == pytest.approx(1.0, abs=1e-12)
        learned = match.components[-1]
        assert learned.code == "learned"
        margin = 0.0
        for _, value in learned.parts:
            margin += value
        assert float(model.squash(margin)) == learned.value


@settings(max_examples=100, deadline=None)
@given(catalogue=catalogues(), firm=FIRMS, wish=needs())
def test_verdicts_and_who_matches_are_the_rules_alone(catalogue, firm, wish):
    by_rules = Matcher(catalogue).match(wish, firm, as_of=AS_OF)
    learned = Matcher(catalogue, learned=component()).match(wish, firm, as_of=AS_OF)
    assert {(m.product, m.verdict) for m in by_rules.matches} == {
        (m.product, m.verdict) for m in learned.matches
    }
    assert by_rules.questions == learned.questions


@given(
    stage=st.none() | st.sampled_from(STAGES),
    industry=st.none() | st.sampled_from(INDUSTRIES),
    region=st.none() | st.sampled_from(REGIONS),
    amount=st.none() | st.integers(0, 200_000_000),
)
@settings(max_examples=100, deadline=None)
def test_the_component_is_the_model_to_the_last_bit(stage, industry, region, amount):
    products = [offer("P1", "B1"), offer("P2", "B2"), offer("P9", "unknown"), offer("P3", "B1")]
    products[3] = replace(
        products[3], financing_type=None, undisclosed=frozenset({"financing_type"})
    )
    side = component().beside(products)
    need = NeedFacts(
        code="N",
        firm="F",
        on=AS_OF,
        stage=stage,
        industry=industry,
        region=region,
        amount_yuan=amount,
    )
    candidates = [
        Candidate(product=one.code, institution=one.institution, family=family_of(one))
        for one in products
    ]
    expected = component().model.contributions(need, candidates)
    rows = side.rows(
        Profiles(
            *(ClassColumn((code,), np.zeros(1, np.int32)) for code in (stage, industry, region)),
            np.array([np.nan if amount is None else amount]),
        )
    )
    assert side.scores(rows)[0][side.group_of].tolist() == expected.scores.tolist()
    assert side.breakdown(rows)[0][side.group_of].tolist() == expected.values.tolist()


@pytest.mark.parametrize("field", ["stage", "industry", "region"])
def test_learning_a_fact_never_lowers_a_pair(field):
    products = [offer("P1", "B1"), offer("P2", "B2"), offer("P4", "B4")]
    matcher = Matcher(products, learned=component())
    values = {"stage": STAGES, "industry": INDUSTRIES, "region": REGIONS}[field]
    unknown = matcher.shortlist(ASKS, replace(SEED_FIRM, **{field: None}), as_of=AS_OF)
    least = dict(zip(unknown.products, unknown.scores, strict=True))
    for value in values:
        known = matcher.shortlist(ASKS, replace(SEED_FIRM, **{field: value}), as_of=AS_OF)
        for code, score in zip(known.products, known.scores, strict=True):
            assert score >= least[code]


def test_the_model_changes_the_order_it_learned_and_names_itself():
    products = [offer("P1", "B2"), offer("P2", "B1")]
    assert [m.product for m in Matcher(products).match(ASKS, SEED_FIRM, as_of=AS_OF).matches] == [
        "P1",
        "P2",
    ]
    matcher = Matcher(products, learned=component())
    found = matcher.match(ASKS, SEED_FIRM, as_of=AS_OF).matches
    assert [match.product for match in found] == ["P2", "P1"]
    assert matcher.versions["learned"] == "1-test"
    assert "learned" not in Matcher(products).versions


def test_a_weight_that_leaves_the_rules_nothing_is_refused():
    with pytest.raises(ValueError, match="between 0 and 1"):
        LearnedComponent(component().model, version="1", weight=1.0)
    assert load_parameters(AS_OF).weights  # the rules' own weights stay as they are
