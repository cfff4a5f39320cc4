"""``kerong evaluate``: what it prints and writes, and what it refuses."""

import json
from pathlib import Path
from typing import Any

import pytest

from matching.cli import main
from tests.matching.evaluation.histories import made_history, write_history

WINDOWS = (
    *("--train", "2012-03-01", "2012-04-01"),
    *("--train", "2012-04-01", "2012-05-01"),
    *("--valid", "2012-05-01", "2012-06-01"),
    *("--test", "2012-06-01", "2012-07-01"),
)
METHODS = ("--methods", "popularity_recent", "naive_bayes", "learned")


def run(folder: Path, *options: str) -> int:
    return main(["evaluate", str(folder), *WINDOWS, *options])


def without_timing(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    assert content.pop("timing")
    return content


def test_it_prints_the_tables_and_writes_the_same_figures_with_each_need(
    history_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.json"
    assert run(history_folder, *METHODS, "--out", str(out)) == 0
    shown = capsys.readouterr().out
    for words in ("NDCG@10", "Recall@50", "按阶段", "新企业", "反向", "校准", "配对", "学习模型"):
        assert words in shown
    content = json.loads(out.read_text(encoding="utf-8"))
    assert content["format"] == "kerong-evaluation/1"
    assert list(content["methods"]) == ["popularity_recent", "naive_bayes", "learned"]
    own = content["methods"]["learned"]
    of_needs = content["per_need"]["ndcg_10"]["learned"]
    assert len(of_needs) == len(content["per_need"]["event"]) == content["needs"]["count"]
    assert own["ndcg_10"]["mean"] == pytest.approx(sum(of_needs) / len(of_needs))
    stages = own["ndcg_10_by_stage"].values()
    assert sum(stage["count"] for stage in stages) == content["needs"]["count"]
    firms = own["ndcg_10_by_firm"]
    assert firms["known"]["count"] == content["needs"]["known_firms"]
    institutions = own["recall_50_by_institution"].values()
    assert sum(kind["count"] for kind in institutions) == content["needs"]["financiers"]
    (better,) = [row for row in content["differences"] if row["second"] == "popularity_recent"]
    assert better["first"] == "learned"
    assert better["low"] <= better["mean"] <= better["high"]
    assert content["timing"]["learned"]["fit_seconds"] > 0


def test_the_same_seed_gives_the_same_figures(history_folder: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    for out in (first, second):
        assert run(history_folder, *METHODS, "--max-needs", "25", "--out", str(out)) == 0
    found = without_timing(first)
    assert found == without_timing(second)
    assert found["needs"]["count"] == 25
    other = tmp_path / "other.json"
    options = ("--max-needs", "25", "--seed", "7", "--out", str(other))
    assert run(history_folder, *METHODS, *options) == 0
    assert without_timing(other)["per_need"]["event"] != found["per_need"]["event"]


def test_periods_of_days_rebuild_the_state_each_day(history_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    options = ("--period", "day", "--methods", "popularity", "--max-needs", "10")
    assert run(history_folder, *options, "--out", str(out)) == 0
    assert without_timing(out)["options"]["period"] == "day"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--methods", "magic"), "不认识方法“magic”"),
        (("--test", "2012-05-15", "2012-07-01"), "重叠或次序不对"),
        (("--test", "2012-07-01", "2012-07-01"), "是空的"),
        (("--test", "2019-07-01", "2019-08-01"), "内没有带出资记录的融资"),
        (("--valid", "2012-05-01", "2012-02-30"), "不是存在的日期"),
        (("--drop-stage", "series-z"), "数据中没有阶段“series-z”；有：seed、series-a、unknown"),
        (("--max-needs", "0"), "应为不小于 1 的整数"),
        (("--seed", "-1"), "应为不小于 0 的整数"),
        (("--out", "figures.xlsx"), "后缀应为 .json"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_reason(
    history_folder: Path,
    capsys: pytest.CaptureFixture[str],
    options: tuple[str, ...],
    words: str,
) -> None:
    assert run(history_folder, *options) == 2
    captured = capsys.readouterr()
    assert words in captured.err
    assert captured.out == ""


def test_a_faulty_folder_is_refused_with_every_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    events, links, investors = made_history(days=3)
    events[1]["date"] = "2012-13-01"
    links[2]["investor_id"] = "nobody"
    out = tmp_path / "out.json"
    folder = write_history(tmp_path / "faulty", events, links, investors)
    assert run(folder, "--out", str(out)) == 2
    complaint = capsys.readouterr().err
    assert "2012-13-01" in complaint
    assert "nobody" in complaint
    assert not out.exists()


@pytest.mark.parametrize("investors", [1, 2])
def test_a_history_with_hardly_any_institution_is_answered_or_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], investors: int
) -> None:
    folder = write_history(tmp_path, *made_history(investors=investors))
    status = run(folder)
    assert status in {0, 2}
    captured = capsys.readouterr()
    assert captured.out if status == 0 else captured.err


def test_a_tiny_history_is_refused_with_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_history(tmp_path, *made_history(days=2))
    assert run(folder) == 2
    assert "内没有" in capsys.readouterr().err


@pytest.mark.parametrize(
    "empty", [("stage", "region", "city"), ("sector1", "amount_cny"), ("firm_id", "region")]
)
def test_criteria_that_a_set_leaves_empty_are_left_out(
    tmp_path: Path, empty: tuple[str, ...]
) -> None:
    """Declared criteria stand beside them in the table of institutions."""
    events, links, investors = made_history()
    blank = [row | dict.fromkeys(empty, "") for row in events]
    out = tmp_path / "out.json"
    folder = write_history(tmp_path / "folder", blank, links, investors)
    methods = ("--methods", "popularity", "learned", "learned_no_amount", "learned_no_text")
    assert run(folder, *methods, "--max-needs", "30", "--out", str(out)) == 0
    found = without_timing(out)["methods"]
    assert all(own["ndcg_10"]["mean"] > 0 for own in found.values())


def test_a_set_that_says_nothing_of_its_needs_is_ranked_by_what_is_left(tmp_path: Path) -> None:
    events, links, investors = made_history()
    said = ("stage", "sector1", "sector2", "sector3", "region", "city", "amount_cny")
    blank = [row | dict.fromkeys(said, "") for row in events]
    out = tmp_path / "out.json"
    folder = write_history(tmp_path / "folder", blank, links, investors)
    assert run(folder, "--max-needs", "30", "--out", str(out)) == 0
    names = without_timing(out)["methods"].keys()
    assert {"popularity", "naive_bayes", "learned"} <= names
    assert not names & {"naive_bayes_no_amount", "popularity_segment", "platform"}
