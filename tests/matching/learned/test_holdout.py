"""A model is measured on a period that it has not seen, and compared need by need."""

from dataclasses import replace
from datetime import date

import pytest

from matching.ranking.learned import HoldOut, dump_model, fit_model, measure_model, read_model
from tests.matching.learned.outcomes import made_candidates, made_outcomes

CANDIDATES = made_candidates()
LAST_MONTH = date(2026, 3, 1)
END = date(2026, 4, 1)


@pytest.fixture(scope="module")
def holdout() -> HoldOut:
    model = fit_model(made_outcomes(), CANDIDATES, until=LAST_MONTH)
    return measure_model(model, made_outcomes(), CANDIDATES, since=LAST_MONTH, until=END)


def test_a_model_beats_one_whose_outcomes_were_given_to_others(holdout: HoldOut) -> None:
    turned = [
        replace(one, product=CANDIDATES[(CANDIDATES.index(by_code(one.product)) + 2) % 24].product)
        for one in made_outcomes()
    ]
    worse = measure_model(
        fit_model(turned, CANDIDATES, until=LAST_MONTH),
        made_outcomes(),
        CANDIDATES,
        since=LAST_MONTH,
        until=END,
    )
    difference = holdout.better_than(worse)
    assert difference.low > 0
    assert difference.standard_errors > 2
    assert worse.better_than(holdout).mean == pytest.approx(-difference.mean)


def by_code(product: str) -> object:
    return next(one for one in CANDIDATES if one.product == product)


def test_the_figures_go_with_the_model(holdout: HoldOut) -> None:
    assert holdout.metrics["needs"] == len(holdout.needs) > 10
    assert 0.3 < holdout.metrics["ndcg_10"] <= 1
    model = fit_model(made_outcomes(), CANDIDATES, until=LAST_MONTH).with_metrics(holdout.metrics)
    assert read_model(dump_model(model)).card.metrics == holdout.metrics


def test_a_product_that_the_rules_did_not_let_through_counts_as_a_miss(holdout: HoldOut) -> None:
    model = fit_model(made_outcomes(), CANDIDATES, until=LAST_MONTH)
    nobody = measure_model(
        model, made_outcomes(), CANDIDATES, since=LAST_MONTH, until=END, eligible={}
    )
    assert nobody.needs == holdout.needs
    assert nobody.rows.sum() == 0


def test_a_period_that_the_model_knows_or_that_is_empty_is_refused() -> None:
    model = fit_model(made_outcomes(), CANDIDATES, until=END)
    with pytest.raises(ValueError, match="fitted up to"):
        measure_model(model, made_outcomes(), CANDIDATES, since=LAST_MONTH, until=END)
    with pytest.raises(ValueError, match="nobody was funded"):
        measure_model(model, [], CANDIDATES, since=END, until=date(2026, 5, 1))


def test_models_measured_on_other_needs_are_not_compared(holdout: HoldOut) -> None:
    with pytest.raises(ValueError, match="different needs"):
        holdout.better_than(HoldOut(holdout.needs[:-1], holdout.rows[:-1]))
