"""The ways in which an evaluation can deceive itself, each closed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from matching.evaluation.backtest import Evaluation, EvaluationConfig, evaluate
from matching.evaluation.dataset import Dataset, Integers, read_dataset
from matching.evaluation.features import FeatureBuilder, PeriodFeatures, uses_amount
from matching.evaluation.methods import Method, PairMethod, all_methods
from matching.evaluation.protocol import NeedCase, Period, Protocol
from matching.evaluation.splitting import Split, Window
from matching.evaluation.training import Sample, draw_sample
from tests.matching.evaluation.histories import Rows, made_history, made_investors, write_history

MAY = Window(date(2012, 5, 1), date(2012, 6, 1))
JUNE = Window(date(2012, 6, 1), date(2012, 7, 1))
SPLIT = Split(
    (Window(date(2012, 3, 1), date(2012, 5, 1)),), MAY, Window(date(2012, 6, 1), date(2012, 8, 1))
)


def builder_of(dataset: Dataset) -> FeatureBuilder:
    return FeatureBuilder(dataset, Protocol(dataset, kind="month"))


def period_of(dataset: Dataset, window: Window = JUNE) -> tuple[Period, PeriodFeatures]:
    builder = builder_of(dataset)
    (period,) = builder.protocol.periods(window)
    return period, builder.period(period)


def all_rows(dataset: Dataset, window: Window = JUNE) -> dict[str, bytes]:
    """Return all that is known of every need of a window and every candidate, by event."""
    period, features = period_of(dataset, window)
    return {
        dataset.events[case.event]: known_of(features, number, period.list_of(case))
        for number, case in enumerate(period.cases)
    }


def known_of(features: PeriodFeatures, number: int, units: Integers) -> bytes:
    """Return the features of some units, their contexts, and which of them are likely."""
    contexts = features.contexts(features.has_financiers(number))[:, units]
    parts = features.rows(number, units), contexts, features.likely(number, units)
    return b"".join(np.ascontiguousarray(part).tobytes() for part in parts)


def small(folder: Path, events: Rows, links: list[tuple[str, str]], count: int) -> Dataset:
    rows = [{"event_id": event, "investor_id": unit, "lead": ""} for event, unit in links]
    return read_dataset(write_history(folder, events, rows, made_investors(count)))


def event(number: int, firm: str, day: str, **facts: str) -> dict[str, str]:
    blank = dict.fromkeys(made_history(days=1)[0][0], "")
    return blank | {"event_id": f"e{number}", "firm_id": firm, "date": day} | facts


def test_deleting_the_future_leaves_every_feature_byte_identical(tmp_path: Path) -> None:
    events, links, investors = made_history()
    kept = [row for row in events if row["date"] < "2012-07-01"]
    names = {row["event_id"] for row in kept}
    past_links = [row for row in links if row["event_id"] in names]
    whole = read_dataset(write_history(tmp_path / "whole", events, links, investors))
    past = read_dataset(write_history(tmp_path / "past", kept, past_links, investors))
    assert len(past.events) < len(whole.events)
    assert all_rows(past) == all_rows(whole)


def test_outcomes_of_the_period_itself_change_no_feature(tmp_path: Path) -> None:
    """So no member of a syndicate sees another of the same period."""
    events, links, investors = made_history()
    june = {row["event_id"] for row in events if "2012-06-01" <= row["date"] < "2012-07-01"}
    turned = [
        row | {"investor_id": f"v{(int(row['investor_id'][1:]) + 7) % 24}"}
        if row["event_id"] in june
        else row
        for row in links
    ]
    one = read_dataset(write_history(tmp_path / "one", events, links, investors))
    other = read_dataset(write_history(tmp_path / "other", events, turned, investors))
    everyone = np.arange(len(one.units))
    first, second = (
        {
            case.event: known_of(features, number, everyone)
            for number, case in enumerate(features.period.cases)
        }
        for features in (period_of(one)[1], period_of(other)[1])
    )
    both = first.keys() & second.keys()
    assert len(both) > 30
    assert all(first[event] == second[event] for event in both)


def test_counts_over_the_whole_file_are_never_read(tmp_path: Path) -> None:
    events, links, investors = made_history()
    one = read_dataset(write_history(tmp_path / "one", events, links, investors))
    other = read_dataset(
        write_history(
            tmp_path / "other",
            [row | {"n_investors": str(number)} for number, row in enumerate(events)],
            links,
            [row | {"n": str(number)} for number, row in enumerate(investors)],
        )
    )
    assert all_rows(one) == all_rows(other)


def test_the_order_of_rows_changes_nothing(tmp_path: Path, history: Dataset) -> None:
    events, links, investors = made_history()
    turned = read_dataset(write_history(tmp_path, events[::-1], links[::-1], investors[::-1]))
    assert all_rows(turned) == all_rows(history)


@pytest.mark.parametrize("name", ["logistic", "boosting", "learned"])
def test_shuffled_labels_score_like_chance(name: str, history: Dataset) -> None:
    builder = builder_of(history)
    method = all_methods(builder)[name]
    assert _mean_share_below(method, builder, _drawn(builder)) > 0.75
    for seed in range(3):
        shuffled = builder_of(history)
        shuffled.protocol = ShuffledProtocol(history, seed)
        share = _mean_share_below(method, builder, _drawn(shuffled))
        assert share == pytest.approx(0.5, abs=0.02)


class ShuffledProtocol(Protocol):
    """Needs whose financiers were drawn from a hat."""

    def __init__(self, dataset: Dataset, seed: int) -> None:
        super().__init__(dataset, kind="month")
        self._chance = np.random.default_rng(seed)

    def periods(self, window: Window) -> Iterator[Period]:
        for period in super().periods(window):
            cases = [replace(case, financiers=self._drawn(period, case)) for case in period.cases]
            yield replace(period, cases=tuple(cases))

    def _drawn(self, period: Period, case: NeedCase) -> Integers:
        number = len(case.financiers)
        return np.sort(self._chance.choice(period.list_of(case), size=number, replace=False))


def _drawn(builder: FeatureBuilder) -> Sample:
    return draw_sample(
        builder, SPLIT.train, negatives=10, max_needs=500, rng=np.random.default_rng(0)
    )


def _mean_share_below(method: Method, builder: FeatureBuilder, sample: Sample) -> float:
    """Return the mean share of candidates below a true financier; ties count half."""
    method.fit(sample, 0)
    shares = []
    for period in builder.protocol.periods(SPLIT.test):
        scores = method.scores(builder.period(period))
        for case, score in zip(period.cases, scores, strict=True):
            candidates = period.list_of(case)
            own = score[candidates]
            shares += [
                float(((own < score[unit]).mean() + (own <= score[unit]).mean()) / 2)
                for unit in np.intersect1d(case.financiers, candidates)
            ]
    return float(np.mean(shares))


def test_a_weighted_sample_stands_for_the_whole_list(
    history: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So likely candidates can be learned from without speaking against them."""
    few_likely(monkeypatch)
    builder = builder_of(history)
    sample = _drawn(builder)
    periods = [period for window in SPLIT.train for period in builder.protocol.periods(window)]
    sizes = [
        len(period.list_of(case))
        for period in periods
        for case in period.cases
        if np.isin(case.financiers, period.list_of(case)).any()
    ]
    weights = np.bincount(sample.groups, sample.weights)
    assert weights == pytest.approx(np.array(sizes))
    assert sample.weights.max() > 1.5
    plain = sample.plain()
    assert plain.chosen.sum() == sample.chosen.sum()
    assert len(plain.chosen) <= len(sample.chosen)
    assert (np.bincount(plain.groups[plain.chosen == 0]) <= 10).all()


def test_likely_ones_are_those_that_did_like_deals(
    history: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    few_likely(monkeypatch)
    builder = builder_of(history)
    (period,) = builder.protocol.periods(JUNE)
    features = builder.period(period)
    place = features.names().index("like.deals")
    for number, case in enumerate(period.cases):
        candidates = period.list_of(case)
        likely = features.likely(number, candidates)
        best = candidates[np.argsort(-features.rows(number, candidates)[:, place])[:3]]
        assert set(best) <= set(likely) <= set(candidates)
        assert len(likely) <= (5 if features.has_financiers(number) else 3)


def few_likely(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make few of the 24 units likely, as few of thousands are."""
    monkeypatch.setattr("matching.evaluation.features._LIKELY", 3)
    monkeypatch.setattr("matching.evaluation.features._LIKELY_MORE", 1)


def test_the_size_of_a_unit_is_its_share_and_does_not_grow_with_time(tmp_path: Path) -> None:
    """A history of twice the deals among the same units leaves every size as it was, nearly."""
    events, links, investors = made_history(per_day=20)
    twice = [
        row | {"event_id": f"x{row['event_id']}", "firm_id": f"x{row['firm_id']}"} for row in events
    ]
    more = [row | {"event_id": f"x{row['event_id']}"} for row in links]
    one = read_dataset(write_history(tmp_path / "one", events, links, investors))
    two = read_dataset(write_history(tmp_path / "two", events + twice, links + more, investors))
    first, second = (period_of(dataset)[1].contexts(True) for dataset in (one, two))
    assert first[1].tolist() == [1.0] * len(one.units)
    assert second[2] == pytest.approx(first[2], abs=0.02)
    assert np.ptp(first[2]) > 0.1


def test_the_parts_of_the_explanation_add_up_to_the_score(history: Dataset) -> None:
    builder = builder_of(history)
    method = all_methods(builder)["learned"]
    assert isinstance(method, PairMethod)
    method.fit(_drawn(builder), 0)
    _, features = period_of(history)
    with_financiers = {features.has_financiers(n) for n in range(len(features.period.cases))}
    assert with_financiers == {False, True}
    for number, score in enumerate(method.scores(features)):
        parts = method.parts(features, number)
        assert len(parts) > 3
        assert sum(parts.values()) == pytest.approx(score, abs=1e-5)


def test_the_method_without_text_reads_no_names(tmp_path: Path) -> None:
    events, links, investors = made_history()
    houses = ("North", "East", "South", "West", "Lake", "Hill", "Coast", "Plain")
    named = [
        row | {"name": f"{houses[number % 8]} Capital", "country": ""}
        for number, row in enumerate(investors)
    ]
    renamed = [row | {"name": "Bank"} for row in named]
    scores = []
    for place, rows in enumerate((named, renamed)):
        folder = write_history(tmp_path / str(place), events, links, rows)
        builder = builder_of(read_dataset(folder))
        sample = _drawn(builder)
        own = {}
        for name in ("learned", "learned_no_text"):
            method = all_methods(builder)[name]
            method.fit(sample, 0)
            (period,) = builder.protocol.periods(JUNE)
            own[name] = np.stack(list(method.scores(builder.period(period))))
        scores.append(own)
    first, second = scores
    assert first["learned_no_text"].tobytes() == second["learned_no_text"].tobytes()
    assert first["learned"].tobytes() != second["learned"].tobytes()


def test_a_second_investment_in_the_same_firm_is_no_match(tmp_path: Path) -> None:
    events = [
        event(1, "a", "2012-05-03"),
        event(2, "a", "2012-06-03"),
        event(3, "b", "2012-05-04"),
    ]
    links = [("e1", "v0"), ("e2", "v0"), ("e2", "v1"), ("e3", "v1")]
    period, _ = period_of(small(tmp_path, events, links, 3))
    (case,) = period.cases
    assert case.financiers.tolist() == [1]
    assert case.earlier.tolist() == [0]
    assert case.known_firm
    assert period.list_of(case).tolist() == [1]


def test_a_need_whose_links_are_all_old_is_no_need(tmp_path: Path) -> None:
    events = [event(1, "a", "2012-05-03"), event(2, "a", "2012-06-03"), event(3, "b", "2012-06-04")]
    dataset = small(tmp_path, events, [("e1", "v0"), ("e2", "v0"), ("e3", "v0")], 2)
    period, _ = period_of(dataset)
    assert [dataset.events[case.event] for case in period.cases] == ["e3"]


def test_a_financier_never_seen_before_stays_as_a_miss(tmp_path: Path) -> None:
    events = [
        event(number, f"f{number}", f"2012-0{3 + number % 4}-0{1 + number % 8}", region="R")
        for number in range(24)
    ]
    links = [(f"e{number}", f"v{number % 3}") for number in range(24)]
    events.append(event(99, "z", "2012-06-09", region="R"))
    links += [("e99", "v0"), ("e99", "v7")]
    dataset = small(tmp_path, events, links, 8)
    config = EvaluationConfig(methods=("popularity",))
    found = evaluate(dataset, Split(SPLIT.train, MAY, JUNE), config)
    place = [dataset.events[event] for event in found.needs.events].index("e99")
    assert (found.needs.reachable[place], found.needs.financiers[place]) == (1, 2)
    assert found.records["popularity"].measures[place].recall_50 == 0.5


def test_a_financier_with_too_few_deals_is_no_candidate(history: Dataset) -> None:
    for least in (1, 8):
        protocol = Protocol(history, kind="month", min_deals=least)
        (period,) = protocol.periods(JUNE)
        units = history.link_units[history.link_days < period.before]
        counts = np.bincount(units, minlength=len(history.units))
        assert period.candidates.tolist() == (counts >= least).tolist()


def test_dropped_stages_are_not_ranked_for_but_remain_history(history: Dataset) -> None:
    whole = period_of(history)[0]
    protocol = Protocol(history, kind="month", drop_stages=frozenset({"seed"}))
    (period,) = protocol.periods(JUNE)
    seed = history.values["stage"].index("seed")
    stages = history.columns["stage"]
    assert any(stages[case.event] == seed for case in whole.cases)
    assert all(stages[case.event] != seed for case in period.cases)
    assert period.candidates.tolist() == whole.candidates.tolist()
    unstaged = Protocol(history, kind="month", drop_stages=frozenset({"unknown"}))
    (period,) = unstaged.periods(JUNE)
    assert all(stages[case.event] >= 0 for case in period.cases)


def test_without_the_amount_nothing_reads_it(tmp_path: Path) -> None:
    events, links, investors = made_history()
    one = read_dataset(write_history(tmp_path / "one", events, links, investors))
    other = read_dataset(
        write_history(
            tmp_path / "other", [row | {"amount_cny": "5"} for row in events], links, investors
        )
    )
    (_, first), (_, second) = period_of(one), period_of(other)
    everyone = np.arange(len(one.units))
    bare = [place for place, name in enumerate(first.names()) if not uses_amount(name)]
    assert len(bare) < len(first.names())
    before, after = first.rows(0, everyone), second.rows(0, everyone)
    assert before[:, bare].tobytes() == after[:, bare].tobytes()
    assert before.tobytes() != after.tobytes()


@pytest.fixture(scope="module")
def evaluation(history: Dataset) -> Evaluation:
    return evaluate(history, SPLIT, EvaluationConfig(train_needs=150, negatives=10))


def test_learning_beats_popularity_where_there_is_something_to_learn(
    evaluation: Evaluation,
) -> None:
    ndcg = {name: float(own.rows()[:, 0].mean()) for name, own in evaluation.records.items()}
    assert ndcg["learned"] > 1.3 * ndcg["popularity"]
    assert ndcg["naive_bayes"] > 1.2 * ndcg["popularity"]
    assert ndcg["learned_no_amount"] > 1.3 * ndcg["popularity"]


def test_every_method_ranks_the_same_needs_and_candidates(evaluation: Evaluation) -> None:
    records = evaluation.records.values()
    assert {len(own.measures) for own in records} == {len(evaluation.needs.events)}
    assert {own.pairs for own in records} == {sum(evaluation.needs.candidates)}
    assert {len(own.links) for own in records} == {sum(evaluation.needs.financiers)}


def test_probabilities_are_of_the_size_of_what_happens(evaluation: Evaluation) -> None:
    found = evaluation.records["learned"].calibration
    assert found is not None
    assert found.pairs == sum(evaluation.needs.candidates)
    predicted = sum(said * pairs for said, _, pairs in found.bins)
    assert 0.6 * found.funded < predicted < 1.6 * found.funded
