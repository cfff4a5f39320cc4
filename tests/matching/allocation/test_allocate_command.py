"""`kerong allocate`: what it prints, writes and returns."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from matching.cli import main
from matching.exchange import parse_exchange, read_exchange
from matching.exchange.workbook import size
from matching.pipeline import rank_exchange
from matching.vocabulary import UNPLACED_REASONS

ROOT = Path(__file__).parents[3]
DEMO = ROOT / "fixtures" / "demo" / "exchange.json"


def save(folder: Path, raw: dict[str, Any], name: str = "input.json") -> str:
    path = folder / name
    path.write_text(json.dumps(raw, ensure_ascii=False), encoding="utf-8")
    return str(path)


def answer_of(folder: Path, raw: dict[str, Any], *arguments: str) -> dict[str, Any]:
    out = folder / "answer.json"
    assert main(["allocate", save(folder, raw), *arguments, "--out", str(out)]) == 0
    return json.loads(out.read_text(encoding="utf-8"))


def sheet_rows(path: Path, name: str) -> list[list[Any]]:
    return CalamineWorkbook.from_path(path).get_sheet_by_name(name).to_python()


def test_the_json_has_the_shape_of_the_contract(tmp_path: Path, raw: dict[str, Any]) -> None:
    answer = answer_of(tmp_path, raw, "--per-need", "2")
    assert list(answer) == [
        "format",
        "as_of",
        "versions",
        "per_need",
        "referrals",
        "unplaced",
        "objective",
    ]
    assert (answer["format"], answer["per_need"]) == ("kerong-allocation/1", 2)
    assert {tuple(one) for one in answer["referrals"]} == {
        ("need", "institution", "product", "score", "verdict", "first_choice")
    }
    assert {tuple(one) for one in answer["unplaced"]} == {("need", "reason", "institutions")}
    assert list(answer["objective"]) == ["covered", "first_choices", "score"]


def test_referrals_are_ranked_pairs_within_every_limit(tmp_path: Path, raw: dict[str, Any]) -> None:
    answer = answer_of(tmp_path, raw, "--per-need", "2")
    exchange = parse_exchange(raw)
    needs = rank_exchange(exchange, as_of=exchange.as_of)
    scores = {(one.need, one.product): one.score for need in needs for one in need.matches}
    referrals = answer["referrals"]
    for one in referrals:
        assert one["score"] == round(scores[one["need"], one["product"]], 6)
    places = [(one["need"], one["institution"]) for one in referrals]
    assert places == sorted(set(places))
    assert max(Counter(need for need, _ in places).values()) == 2
    assert max(Counter(institution for _, institution in places).values()) == 3
    objective = answer["objective"]
    assert objective["score"] == pytest.approx(sum(one["score"] for one in referrals), abs=1e-9)
    assert objective["covered"] == len({need for need, _ in places})
    assert objective["first_choices"] == sum(one["first_choice"] for one in referrals) > 0
    assert objective["covered"] + len(answer["unplaced"]) == len(raw["needs"])
    assert {one["reason"] for one in answer["unplaced"]} >= {"capacity"}


def test_the_same_input_in_any_order_gives_the_same_bytes(
    tmp_path: Path, raw: dict[str, Any]
) -> None:
    chance = random.Random(3)
    answers: dict[str, set[bytes]] = {".json": set(), ".xlsx": set()}
    for number in range(3):
        for suffix, seen in answers.items():
            out = tmp_path / f"out{number}{suffix}"
            source = save(tmp_path, raw)
            assert main(["allocate", source, "--per-need", "2", "--out", str(out)]) == 0
            seen.add(out.read_bytes())
        for name in ("institutions", "products", "firms", "needs"):
            chance.shuffle(raw[name])
    assert {suffix: len(seen) for suffix, seen in answers.items()} == {".json": 1, ".xlsx": 1}


def test_help_is_in_chinese_and_names_the_limit(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["allocate", "--help"]) == 0
    text = capsys.readouterr().out
    assert "--per-need K" in text
    assert "每条需求最多推送给 K 家机构" in text


def test_without_a_file_to_write_tables_are_printed(
    tmp_path: Path, raw: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    answer = answer_of(tmp_path, raw, "--per-need", "1")
    capsys.readouterr()
    assert main(["allocate", save(tmp_path, raw), "--per-need", "1"]) == 0
    text = capsys.readouterr().out
    objective = answer["objective"]
    assert f"共 60 条需求：{objective['covered']} 条有推送机构" in text
    for one in [*answer["referrals"], *answer["unplaced"]]:
        assert one["need"] in text
    assert UNPLACED_REASONS["capacity"] in text
    assert "不构成担保，也不是信用评价" in "".join(text.split())


def test_a_long_table_says_how_much_it_leaves_out(
    tmp_path: Path,
    raw: dict[str, Any],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from matching.exchange.allocations import as_table

    referrals = len(answer_of(tmp_path, raw, "--per-need", "1")["referrals"])
    monkeypatch.setattr(as_table, "SHOWN_ROWS", 5)
    assert main(["allocate", save(tmp_path, raw), "--per-need", "1"]) == 0
    assert f"另有 {referrals - 5} 条；完整结果请用 --out" in capsys.readouterr().out


def test_the_workbook_says_the_same_as_the_json(tmp_path: Path, raw: dict[str, Any]) -> None:
    answer = answer_of(tmp_path, raw, "--per-need", "2")
    out = tmp_path / "out.xlsx"
    assert main(["allocate", save(tmp_path, raw), "--per-need", "2", "--out", str(out)]) == 0
    _, *rows = sheet_rows(out, "推送名单")
    assert [(row[0], row[2], row[4], row[7], row[8] == "是") for row in rows] == [
        (one["need"], one["institution"], one["product"], one["score"], one["first_choice"])
        for one in answer["referrals"]
    ]
    _, *rows = sheet_rows(out, "未能推送")
    assert [(row[0], row[2]) for row in rows] == [
        (one["need"], UNPLACED_REASONS[one["reason"]]) for one in answer["unplaced"]
    ]
    _, *rows = sheet_rows(out, "机构名额")
    assert [row[0] for row in rows] == sorted(one["code"] for one in raw["institutions"])
    used = Counter(one["institution"] for one in answer["referrals"])
    assert all(row[2:] == [3, used[row[0]], "是" if used[row[0]] == 3 else "否"] for row in rows)
    assert any("不构成担保" in str(row[1]) for row in sheet_rows(out, "说明"))


def test_a_workbook_in_gives_what_the_json_gives(tmp_path: Path) -> None:
    from matching.exchange.workbook.sheets_out import write_exchange_workbook

    source = tmp_path / "demo.xlsx"
    write_exchange_workbook(read_exchange(DEMO), source)
    answers = []
    for path in (str(source), str(DEMO)):
        out = tmp_path / "out.json"
        assert main(["allocate", path, "--per-need", "3", "--out", str(out)]) == 0
        answers.append(out.read_bytes())
    assert answers[0] == answers[1]


def test_the_date_of_the_command_overrides_that_of_the_file(
    tmp_path: Path, raw: dict[str, Any]
) -> None:
    answer = answer_of(tmp_path, raw, "--per-need", "1", "--as-of", "2027-03-01")
    assert answer["as_of"] == "2027-03-01"


def test_without_any_date_allocate_says_what_is_missing(
    tmp_path: Path, raw: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    del raw["as_of"]
    assert main(["allocate", save(tmp_path, raw), "--per-need", "1"]) == 2
    assert "--as-of" in capsys.readouterr().err


@pytest.mark.parametrize("empty", ["needs", "institutions"])
def test_a_file_without_needs_or_institutions_has_an_empty_answer(
    tmp_path: Path, raw: dict[str, Any], empty: str
) -> None:
    raw["products"] = []
    raw[empty] = []
    for need in raw["needs"]:
        need.pop("preferred_institutions", None)
        need.pop("excluded_institutions", None)
    answer = answer_of(tmp_path, raw, "--per-need", "2")
    assert answer["referrals"] == []
    assert {one["reason"] for one in answer["unplaced"]} <= {"no_candidate"}
    assert len(answer["unplaced"]) == len(raw["needs"])
    assert answer["objective"] == {"covered": 0, "first_choices": 0, "score": 0.0}
    for suffix in (".json", ".xlsx"):
        out = tmp_path / f"out{suffix}"
        source = save(tmp_path, raw)
        assert main(["allocate", source, "--per-need", "2", "--out", str(out)]) == 0
    assert main(["allocate", save(tmp_path, raw), "--per-need", "2"]) == 0


def test_a_faulty_file_is_refused_and_nothing_is_written(
    tmp_path: Path, raw: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    raw["institutions"][4]["capacity"] = -1
    out = tmp_path / "out.json"
    assert main(["allocate", save(tmp_path, raw), "--per-need", "1", "--out", str(out)]) == 2
    streams = capsys.readouterr()
    assert "institutions 第 5 条 字段“capacity”：值“-1”" in streams.err
    assert streams.out == ""
    assert not out.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["FILE"],
        ["--per-need", "2"],
        ["FILE", "--per-need"],
        ["FILE", "--per-need", "0"],
        ["FILE", "--per-need", "-1"],
        ["FILE", "--per-need", "1.5"],
        ["FILE", "--per-need", "２"],
        ["FILE", "--per-need", "two"],
        ["FILE", "--per-need", "2", "--top", "3"],
        ["FILE", "--per-need", "2", "--as-of", "2026-02-30"],
        ["FILE", "--per-need", "2", "--out", "out.csv"],
        ["FILE", "--per-need", "2", "--out", "no/such/folder/out.json"],
        ["FILE", "--per-need", "2", "--out", "FILE"],
        ["none.json", "--per-need", "2", "--out", "out.json"],
    ],
)
def test_wrong_arguments_are_refused_before_any_work(
    tmp_path: Path,
    raw: dict[str, Any],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
) -> None:
    source = save(tmp_path, raw)
    monkeypatch.chdir(tmp_path)
    assert main(["allocate", *(source if one == "FILE" else one for one in arguments)]) == 2
    streams = capsys.readouterr()
    assert streams.err
    assert streams.out == ""
    assert [path.name for path in tmp_path.iterdir()] == ["input.json"]


def test_a_solver_that_fails_is_told_and_nothing_is_written(
    tmp_path: Path,
    raw: dict[str, Any],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from matching.allocation import solver

    class GivesUp(solver.SimpleMaxFlow):
        def solve(self, source: int, sink: int) -> object:
            return self.POSSIBLE_OVERFLOW

    monkeypatch.setattr(solver, "SimpleMaxFlow", GivesUp)
    out = tmp_path / "out.json"
    assert main(["allocate", save(tmp_path, raw), "--per-need", "1", "--out", str(out)]) == 2
    assert "POSSIBLE_OVERFLOW" in capsys.readouterr().err
    assert not out.exists()


def test_a_list_longer_than_a_sheet_is_refused_with_the_way_out(
    tmp_path: Path,
    raw: dict[str, Any],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(size, "MAX_ROWS", 10)
    out = tmp_path / "out.xlsx"
    assert main(["allocate", save(tmp_path, raw), "--per-need", "1", "--out", str(out)]) == 2
    assert "写成 .json" in capsys.readouterr().err
    assert not out.exists()


def test_the_console_command_knows_allocate_and_loads_no_framework_for_it(tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    script = (
        "import sys; from backend.command import main; "
        f"status = main(['allocate', {str(DEMO)!r}, '--per-need', '2', '--out', {str(out)!r}]); "
        "heavy = {'django', 'xlsxwriter', 'rich'} & set(sys.modules); "
        "sys.exit(f'loaded {heavy}' if heavy else status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert out.exists()


def test_ranking_does_not_load_the_flow_solver(tmp_path: Path) -> None:
    script = (
        "import sys; from matching.cli import main; "
        f"main(['rank', {str(DEMO)!r}, '--out', {str(tmp_path / 'out.json')!r}]); "
        "sys.exit('loaded ortools' if 'ortools' in sys.modules else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
