"""The platform's own fit as a method: it learns, and never from what came after."""

from pathlib import Path

import numpy as np
import pytest

from matching.evaluation.dataset import Dataset, read_dataset
from matching.evaluation.features import FeatureBuilder
from matching.evaluation.platform import Platform
from matching.evaluation.protocol import Period, Protocol
from matching.evaluation.splitting import Window
from matching.metrics.ranking import measure
from tests.matching.evaluation.histories import made_history, write_history
from tests.matching.evaluation.test_evaluation_traps import JUNE


def ranked(dataset: Dataset, window: Window = JUNE) -> tuple[Period, list[np.ndarray]]:
    builder = FeatureBuilder(dataset, Protocol(dataset, kind="month"))
    (period,) = builder.protocol.periods(window)
    features = builder.period(period)
    return period, list(Platform(builder).scores(features))


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return read_dataset(write_history(tmp_path_factory.mktemp("history"), *made_history()))


def test_it_ranks_better_than_the_number_of_deals(dataset: Dataset) -> None:
    period, scores = ranked(dataset)
    counts = np.bincount(
        dataset.link_units[dataset.link_days < period.before], minlength=len(dataset.units)
    ).astype(float)
    found: dict[str, list[float]] = {"count": [], "platform": []}
    for number, case in enumerate(period.cases):
        own = period.list_of(case)
        reachable = np.flatnonzero(np.isin(own, case.financiers))
        for name, row in (("count", counts), ("platform", scores[number])):
            found[name].append(measure(row[own], reachable, len(case.financiers)).ndcg_10)
    assert np.mean(found["platform"]) > 1.3 * np.mean(found["count"])


def test_deleting_the_future_changes_no_byte(dataset: Dataset, tmp_path: Path) -> None:
    events, links, investors = made_history()
    kept = [row for row in events if row["date"] < "2012-07-01"]
    names = {row["event_id"] for row in kept}
    bare = [row for row in links if row["event_id"] in names]
    cut = read_dataset(write_history(tmp_path, kept, bare, investors))
    (_, whole), (_, short) = ranked(dataset), ranked(cut)
    assert [row.tobytes() for row in whole] == [row.tobytes() for row in short]


def test_a_history_that_carries_no_model_ties_everybody(tmp_path: Path) -> None:
    few = read_dataset(write_history(tmp_path, *made_history(days=200, per_day=1)))
    period, scores = ranked(few, Window(JUNE.start.replace(month=3), JUNE.start.replace(month=4)))
    assert len(scores) == len(period.cases)
    assert all((row == 0).all() for row in scores)
