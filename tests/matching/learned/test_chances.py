"""Chances by kind of product: they hold later, change no score, and are silent on little."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from matching.ranking.learned import LearnedConfig, LearnedModel, fit_model, measure_chances
from matching.ranking.learned.calibrating import Lists, fit_chances
from matching.ranking.learned.chances import Standing
from tests.matching.learned.outcomes import UNTIL, made_candidates, made_outcomes

CANDIDATES = made_candidates()
OUTCOMES = made_outcomes(needs=900)
NEED = OUTCOMES[0].need
AS_THEY_ARE = {"debt": Standing(0.0, 1.0)}


@pytest.fixture(scope="module")
def model() -> LearnedModel:
    return fit_model(OUTCOMES, CANDIDATES, until=UNTIL)


def drawn(count: int, chance: object, *, seed: int = 0, per_need: int = 20) -> Lists:
    """Return lists of one kind whose true chance is a function of the margin."""
    rng = np.random.default_rng(seed)
    lists = Lists()
    for _ in range(count):
        margins = rng.normal(size=per_need)
        funded = rng.random(per_need) < chance(margins)
        lists.add(["debt"] * per_need, margins, funded)
    return lists


def test_chances_change_no_score(model: LearnedModel) -> None:
    silent = fit_model(OUTCOMES, CANDIDATES, until=UNTIL, config=LearnedConfig(min_chances=10**6))
    assert model.curves
    assert not silent.curves
    first, second = (own.contributions(NEED, CANDIDATES) for own in (model, silent))
    assert first.scores.tobytes() == second.scores.tobytes()
    assert first.values.tobytes() == second.values.tobytes()


def test_a_kind_with_few_funded_outcomes_has_no_chance(model: LearnedModel) -> None:
    rare = [replace(one, family="grant") if one.product == "P003a" else one for one in CANDIDATES]
    found = fit_model(OUTCOMES, rare, until=UNTIL)
    assert set(found.curves) == {"debt", "equity"}
    by_product = {one.product: found.chance(NEED, one) for one in rare}
    assert by_product["P003a"] is None
    assert 0 < by_product["P000a"] < 1


def test_nothing_is_said_of_an_unknown_institution_or_kind(model: LearnedModel) -> None:
    assert model.chance(NEED, replace(CANDIDATES[0], institution="nobody")) is None
    assert model.chance(NEED, replace(CANDIDATES[0], family=None)) is None
    assert model.chances(NEED, []).shape == (0,)


def test_a_higher_margin_never_has_a_lower_chance_within_a_kind(model: LearnedModel) -> None:
    margins = model.contributions(NEED, CANDIDATES).margins
    said = model.chances(NEED, CANDIDATES)
    for kind in ("debt", "equity"):
        own = np.array([one.family == kind for one in CANDIDATES])
        order = np.argsort(margins[own])
        assert (np.diff(said[own][order]) >= 0).all()


def test_what_was_said_comes_true_on_later_needs(model: LearnedModel) -> None:
    """The needs of another seed come after all that the model knows."""
    later = [
        replace(
            one,
            need=replace(one.need, code=f"late{one.need.code}", on=UNTIL + timedelta(days=1)),
        )
        for one in made_outcomes(needs=600, seed=11)
    ]
    financed: dict[object, set[str]] = {}
    for one in later:
        own = financed.setdefault(one.need, set())
        if one.result == "funded":
            own.add(one.product)
    found = measure_chances(model, ((need, CANDIDATES, own) for need, own in financed.items()))
    assert set(found) == {"debt", "equity"}
    for own in found.values():
        assert own.pairs == 600 * len(CANDIDATES) / 2
        said = sum(share * count for share, _, count in own.bins)
        assert said == pytest.approx(own.funded, rel=0.25)
        assert own.error < 0.05


def test_chances_are_those_of_lists_that_the_rules_let_through(model: LearnedModel) -> None:
    shown: dict[str, list[str]] = {}
    for one in OUTCOMES:
        shown.setdefault(one.need.code, []).append(one.product)
    found = fit_model(OUTCOMES, CANDIDATES, until=UNTIL, eligible=shown)
    # Of the five that were shown far more were funded than of all twenty-four.
    assert found.chances(NEED, CANDIDATES).sum() > 2 * model.chances(NEED, CANDIDATES).sum()


def test_chances_know_nothing_of_what_came_after(model: LearnedModel) -> None:
    late = [
        replace(one, need=replace(one.need, code=f"late{one.need.code}"), on=UNTIL)
        for one in OUTCOMES
    ]
    found = fit_model([*OUTCOMES, *late], CANDIDATES, until=UNTIL)
    assert found.chances(NEED, CANDIDATES).tobytes() == model.chances(NEED, CANDIDATES).tobytes()


def test_a_history_of_one_month_to_learn_from_has_no_chances() -> None:
    """No earlier month is left for weights that have not seen the held back ones."""
    early = [one for one in OUTCOMES if one.need.on < date(2025, 5, 1)]
    found = fit_model(early, CANDIDATES, until=UNTIL, config=LearnedConfig(held_periods=12))
    assert not found.curves


def test_the_form_that_loses_less_on_held_out_needs_is_taken() -> None:
    def logistic(margins: np.ndarray) -> np.ndarray:
        return 1 / (1 + np.exp(3 - margins))

    def steps(margins: np.ndarray) -> np.ndarray:
        return np.where(margins < 0, 0.02, 0.3)

    few = fit_chances(drawn(40, logistic), standings=AS_THEY_ARE, least_funded=10)["debt"]
    many = fit_chances(drawn(4_000, steps), standings=AS_THEY_ARE, least_funded=10)["debt"]
    assert (few.form, many.form) == ("platt", "isotonic")
    points = np.array([-1.0, 1.0])
    assert many(points) == pytest.approx([0.02, 0.3], abs=0.01)
    assert few(points) == pytest.approx(logistic(points), abs=0.05)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_one_class_alone_has_no_curve(share: float) -> None:
    lists = drawn(50, lambda margins: np.full(len(margins), share))
    assert fit_chances(lists, standings=AS_THEY_ARE, least_funded=1) == {}
