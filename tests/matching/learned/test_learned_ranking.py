"""A ranking that learns from outcomes: what it says, and that rules stay above it."""

import random
from collections import Counter
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.errors import InputError
from matching.ranking.learned import (
    LearnedConfig,
    LearnedModel,
    NeedFacts,
    TooFewOutcomesError,
    dump_model,
    fit_model,
)
from matching.ranking.learned.bands import wilson_interval
from tests.matching.learned.outcomes import (
    STAGES,
    UNTIL,
    made_candidates,
    made_need,
    made_outcomes,
)

CANDIDATES = made_candidates()
FULL = NeedFacts(
    code="X",
    firm="F",
    on=UNTIL,
    stage="growth",
    industry="C3976",
    region="220102",
    amount_yuan=2_000_000,
)


@pytest.fixture(scope="module")
def model() -> LearnedModel:
    return fit_model(made_outcomes(), CANDIDATES, until=UNTIL)


def test_it_learns_who_funds_which_stage(model: LearnedModel) -> None:
    for number, stage in enumerate(STAGES):
        scores = model.contributions(replace(FULL, stage=stage), CANDIDATES).scores
        fitting = [int(one.institution[1:]) % 4 == number for one in CANDIDATES]
        own = scores[np.array(fitting)]
        others = scores[~np.array(fitting)]
        assert own.min() > others.max()


def test_the_parts_add_up_to_the_margin_to_the_last_bit(model: LearnedModel) -> None:
    found = model.contributions(FULL, CANDIDATES)
    total = np.zeros(len(CANDIDATES))
    for part in range(len(found.parts)):
        total += found.values[:, part]
    assert total.tobytes() == found.margins.tobytes()
    assert len(set(found.parts)) == len(found.parts)
    assert ((found.scores > 0) & (found.scores < 1)).all()
    assert (np.argsort(found.scores) == np.argsort(found.margins)).all()


@given(seed=st.integers(0, 10_000))
def test_a_pair_scores_the_same_alone_and_in_any_order(model: LearnedModel, seed: int) -> None:
    chance = random.Random(seed)
    need = made_need(1, chance, UNTIL)
    whole = model.contributions(need, CANDIDATES)
    order = chance.sample(range(len(CANDIDATES)), 7)
    some = model.contributions(need, [CANDIDATES[place] for place in order])
    assert some.margins.tobytes() == whole.margins[order].tobytes()


@given(
    seed=st.integers(0, 10_000),
    facts=st.sets(st.sampled_from(["stage", "industry", "region", "amount_yuan"]), min_size=1),
)
def test_learning_a_fact_never_lowers_a_pair(
    model: LearnedModel, seed: int, facts: set[str]
) -> None:
    need = made_need(1, random.Random(seed), UNTIL)
    before = replace(need, **dict.fromkeys(facts))
    assert (
        model.contributions(need, CANDIDATES).margins
        >= model.contributions(before, CANDIDATES).margins
    ).all()


@pytest.mark.parametrize(
    ("coarse", "fine"),
    [
        ({"industry": "C"}, {"industry": "C3976"}),
        ({"region": "220000"}, {"region": "220102"}),
        ({"region": "220100"}, {"region": "220102"}),
    ],
)
def test_a_finer_code_never_lowers_a_pair(
    model: LearnedModel, coarse: dict[str, str], fine: dict[str, str]
) -> None:
    before = model.contributions(replace(FULL, **coarse), CANDIDATES).margins
    after = model.contributions(replace(FULL, **fine), CANDIDATES).margins
    assert (after >= before).all()


def test_what_an_offer_declares_today_changes_no_score(model: LearnedModel) -> None:
    """Neither a stage that is declared nor a wider limit can cost a product its place."""
    bettered = [
        replace(one, stages=("growth",), amount_min_yuan=0, amount_max_yuan=10**9)
        for one in CANDIDATES
    ]
    first, second = (model.contributions(FULL, own).margins for own in (CANDIDATES, bettered))
    assert first.tobytes() == second.tobytes()


def test_an_unknown_institution_and_unseen_codes_have_a_defined_answer(
    model: LearnedModel,
) -> None:
    stranger = replace(CANDIDATES[0], institution="nobody", family="unheard-of")
    need = replace(FULL, industry="T97", region="460100", stage="not a stage")
    found = model.contributions(need, [stranger])
    assert np.isfinite(found.margins).all()
    assert model.band(need, stranger) is None
    assert model.known_institutions(1) == {one.institution for one in CANDIDATES}
    assert model.contributions(need, []).values.shape == (0, len(found.parts))


def test_an_institution_without_history_is_helped_by_what_it_declares() -> None:
    newcomers = [
        replace(CANDIDATES[0], product="Za", institution="Z1", stages=("growth",)),
        replace(CANDIDATES[0], product="Zb", institution="Z2", stages=("seed",)),
    ]
    model = fit_model(made_outcomes(), [*CANDIDATES, *newcomers], until=UNTIL)
    growth, seed = model.contributions(FULL, newcomers).margins
    assert growth > seed


def test_a_band_counts_firms_and_is_silent_on_few(model: LearnedModel) -> None:
    found = [model.band(FULL, one) for one in CANDIDATES]
    told = [band for band in found if band is not None]
    assert told
    for band in told:
        assert band.firms >= 10
        assert 0 <= band.funded <= band.firms
        assert 0 <= band.low <= band.funded / band.firms <= band.high <= 1
    config = LearnedConfig(min_firms=10_000)
    silent = fit_model(made_outcomes(), CANDIDATES, until=UNTIL, config=config)
    assert all(silent.band(FULL, one) is None for one in CANDIDATES)


def test_institutions_are_known_by_their_answers() -> None:
    outcomes = made_outcomes()
    answers = Counter(
        next(one.institution for one in CANDIDATES if one.product == outcome.product)
        for outcome in outcomes
        if outcome.result != "no_answer" and outcome.on < UNTIL
    )
    newcomer = replace(CANDIDATES[0], product="Z", institution="Z")
    model = fit_model(outcomes, [*CANDIDATES, newcomer], until=UNTIL)
    least = sorted(answers.values())[len(answers) // 2]
    assert model.known_institutions(least) == {
        code for code, count in answers.items() if count >= least
    }
    assert "Z" not in model.known_institutions(1)


def test_what_was_drawn_beside_the_ranking_stands_for_what_could_have_been() -> None:
    """A chance of a third counts three times, one of a thousandth no more than the cap."""
    plain = made_outcomes()
    last = [place for place, one in enumerate(plain) if one.position == 5]

    def fitted(chance: float | None) -> bytes:
        outcomes = plain[:]
        for place in last:
            outcomes[place] = replace(plain[place], position=None, propensity=chance)
        made = fit_model(outcomes, CANDIDATES, until=UNTIL)
        return made.history.tobytes() + b"".join(own.margins.tobytes() for own in made.tables)

    assert fitted(1.0) == fitted(None)
    assert fitted(1 / 3) != fitted(1.0)
    assert fitted(0.001) == fitted(0.2)


@pytest.mark.parametrize("chance", [0.0, -0.1, 1.5, float("nan")])
def test_a_propensity_that_is_no_chance_is_refused(chance: float) -> None:
    first, *others = made_outcomes()
    faulty = [replace(first, propensity=chance), *others]
    with pytest.raises(InputError) as caught:
        fit_model(faulty, CANDIDATES, until=UNTIL)
    assert [fault.field for fault in caught.value.faults] == ["propensity"]


def test_an_interval_holds_known_values() -> None:
    assert wilson_interval(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert wilson_interval(10, 10) == pytest.approx((0.7225, 1.0), abs=1e-4)
    assert wilson_interval(11, 18) == pytest.approx((0.3862, 0.7969), abs=1e-4)


def test_the_same_seed_and_any_order_give_the_same_bytes(model: LearnedModel) -> None:
    outcomes = made_outcomes()
    random.Random(1).shuffle(outcomes)
    again = fit_model(outcomes, CANDIDATES[::-1], until=UNTIL)
    assert dump_model(again) == dump_model(model)
    other = fit_model(outcomes, CANDIDATES, until=UNTIL, rng=1)
    assert dump_model(other) != dump_model(model)


def test_nothing_known_on_the_last_day_or_later_is_learned_from(model: LearnedModel) -> None:
    late = [replace(one, on=max(one.on, UNTIL)) for one in made_outcomes(needs=30, seed=9)]
    late = [replace(one, need=replace(one.need, code=f"late{one.need.code}")) for one in late]
    found = fit_model([*made_outcomes(), *late], CANDIDATES, until=UNTIL)
    assert found.card.data_fingerprint == model.card.data_fingerprint
    assert found.contributions(FULL, CANDIDATES).margins.tobytes() == (
        model.contributions(FULL, CANDIDATES).margins.tobytes()
    )
    assert "未使用" in found.card.notes[0]


def test_repeated_outcomes_count_once_and_the_latest_of_contradictory_ones_counts(
    model: LearnedModel,
) -> None:
    outcomes = made_outcomes()
    repeated = fit_model([*outcomes, *outcomes[:40]], CANDIDATES, until=UNTIL)
    assert repeated.card.outcomes == model.card.outcomes
    assert repeated.card.data_fingerprint == model.card.data_fingerprint
    first = next(one for one in outcomes if one.result == "funded")
    turned = replace(first, result="declined", on=first.on.replace(year=2026, month=5))
    found = fit_model([*outcomes, turned], CANDIDATES, until=UNTIL)
    assert found.card.funded == model.card.funded - 1
    assert "1 条前后不一" in found.card.notes[0]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"product": "nothing"}, "unknown_code"),
        ({"result": "perhaps"}, "unknown_code"),
        ({"on": date(2001, 1, 1)}, "date_before_need"),
        ({"position": 0}, "out_of_range"),
        ({"need": replace(made_outcomes()[0].need, stage="other")}, "contradiction"),
        ({"need": replace(made_outcomes()[0].need, amount_yuan=-1)}, "out_of_range"),
    ],
)
def test_a_faulty_outcome_is_refused_with_its_fault(change: dict[str, object], code: str) -> None:
    outcomes = made_outcomes()
    with pytest.raises(InputError) as caught:
        fit_model([replace(outcomes[0], **change), *outcomes[1:]], CANDIDATES, until=UNTIL)
    assert code in {fault.code for fault in caught.value.faults}


def test_two_candidates_of_one_code_are_refused() -> None:
    with pytest.raises(InputError) as caught:
        fit_model(made_outcomes(), [*CANDIDATES, CANDIDATES[0]], until=UNTIL)
    assert [fault.code for fault in caught.value.faults] == ["duplicate_code"]


def test_histories_that_carry_no_model_say_that_rules_rank() -> None:
    outcomes = made_outcomes()
    one_day = [
        replace(one, need=replace(one.need, on=date(2025, 3, 1)), on=date(2025, 3, 2))
        for one in outcomes
    ]
    cases = {
        "too_few_outcomes": outcomes[:50],
        "too_few_funded": [replace(one, result="declined") for one in outcomes],
        "single_institution": [
            replace(one, product=f"P000{'ab'[place % 2]}", need=replace(one.need, code=f"{place}"))
            for place, one in enumerate(outcomes)
        ],
        "no_period": one_day,
    }
    for code, own in cases.items():
        with pytest.raises(TooFewOutcomesError) as caught:
            fit_model(own, CANDIDATES, until=UNTIL)
        assert caught.value.code == code
        assert "按规则排序" in str(caught.value)
    with pytest.raises(TooFewOutcomesError) as caught:
        fit_model([], [], until=UNTIL)
    assert (caught.value.code, caught.value.found) == ("too_few_outcomes", 0)


def test_negatives_are_drawn_among_what_the_rules_let_through(model: LearnedModel) -> None:
    outcomes = made_outcomes()
    everything = {one.need.code: [own.product for own in CANDIDATES] for one in outcomes}
    same = fit_model(outcomes, CANDIDATES, until=UNTIL, eligible=everything)
    assert same.history.tobytes() == model.history.tobytes()
    assert same.card.data_fingerprint != model.card.data_fingerprint
    shown = {one.need.code: [] for one in outcomes}
    for one in outcomes:
        shown[one.need.code].append(one.product)
    alone = fit_model(outcomes, CANDIDATES, until=UNTIL, eligible=shown)
    assert alone.contributions(FULL, CANDIDATES).margins.tobytes() != (
        model.contributions(FULL, CANDIDATES).margins.tobytes()
    )


def test_only_funded_outcomes_teach_through_those_not_shown() -> None:
    funded = [one for one in made_outcomes() if one.result == "funded"]
    model = fit_model(funded, CANDIDATES, until=UNTIL)
    scores = model.contributions(FULL, CANDIDATES).scores
    fitting = np.array([int(one.institution[1:]) % 4 == 2 for one in CANDIDATES])
    assert scores[fitting].mean() > scores[~fitting].mean()


def test_outcomes_that_mean_nothing_make_no_model() -> None:
    outcomes = made_outcomes()
    results = [one.result for one in outcomes]
    random.Random(3).shuffle(results)
    products = [one.product for one in outcomes]
    random.Random(4).shuffle(products)
    shuffled = {
        (one.need.code, product): replace(one, product=product, result=result)
        for one, product, result in zip(outcomes, products, results, strict=True)
    }
    with pytest.raises(TooFewOutcomesError) as caught:
        fit_model(shuffled.values(), CANDIDATES, until=UNTIL)
    assert caught.value.code == "nothing_learned"
