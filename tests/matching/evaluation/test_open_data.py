"""A glance at the open sets, small enough for every run; the decision record has the figures."""

from datetime import date

import pytest

from matching.evaluation.backtest import EvaluationConfig, evaluate
from matching.evaluation.dataset import read_dataset
from matching.evaluation.splitting import Split, Window
from tests.matching.evaluation.opendata import open_data


@pytest.mark.slow
def test_learning_beats_popularity_in_the_region_on_loans_to_small_firms() -> None:
    dataset = read_dataset(open_data("us_ppp_mt"))
    split = Split(
        (Window(date(2020, 4, 9), date(2020, 4, 15)),),
        Window(date(2020, 4, 15), date(2020, 4, 28)),
        Window(date(2020, 4, 28), date(2020, 5, 8)),
    )
    config = EvaluationConfig(
        kind="day",
        max_needs=400,
        train_needs=1200,
        methods=("popularity_segment", "learned_no_amount"),
    )
    found = evaluate(dataset, split, config).records
    segment, learned = (found[name].rows()[:, 0].mean() for name in config.methods or ())
    assert learned > 1.05 * segment


@pytest.mark.slow
def test_the_larger_open_set_is_read_without_faults() -> None:
    dataset = read_dataset(open_data("crunchbase_2013"))
    assert len(dataset.events) == 32_631
    assert len(dataset.units) == 8_759
    assert len(dataset.link_units) == 64_101
    assert dataset.notes == ()
