"""The commands that need no server: what they print, write and return."""

from __future__ import annotations

import copy
import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from matching import pipeline
from matching.cli import main
from matching.schema import NeedResult

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "fixtures" / "demo" / "exchange.json"
COMMAND = "import sys; from matching.cli import main; sys.exit(main(sys.argv[1:]))"

Files = dict[str, Path]


@pytest.fixture
def raw() -> dict[str, Any]:
    """Return the first needs of the demonstration data, free to be changed."""
    data = copy.deepcopy(json.loads(DEMO.read_text(encoding="utf-8")))
    data["needs"] = data["needs"][:12]
    return data


def save(folder: Path, raw: dict[str, Any], name: str = "input.json") -> str:
    path = folder / name
    path.write_text(json.dumps(raw, ensure_ascii=False), encoding="utf-8")
    return str(path)


def test_rank_writes_the_same_bytes_for_the_same_input_in_any_order(
    tmp_path: Path, raw: dict[str, Any]
) -> None:
    chance = random.Random(3)
    answers = set()
    for number in range(3):
        out = tmp_path / f"out{number}.json"
        assert main(["rank", save(tmp_path, raw), "--out", str(out)]) == 0
        answers.add(out.read_bytes())
        for name in ("institutions", "products", "firms", "needs"):
            chance.shuffle(raw[name])
    assert len(answers) == 1
    answer = json.loads(answers.pop())
    codes = [need["code"] for need in answer["needs"]]
    assert codes == sorted(need["code"] for need in raw["needs"])
    assert answer["versions"]["library"]


@pytest.mark.parametrize("by", ["need", "product", "institution"])
def test_rank_writes_the_same_bytes_whatever_the_process(
    tmp_path: Path, raw: dict[str, Any], by: str
) -> None:
    chance = random.Random(5)
    answers = set()
    for seed, threads in (("0", "1"), ("1", "2"), ("random", "2")):
        source, out = save(tmp_path, raw), tmp_path / f"out-{seed}.json"
        subprocess.run(
            [sys.executable, "-c", COMMAND, "rank", source, "--by", by, "--out", str(out)],
            check=True,
            cwd=ROOT,
            env=os.environ
            | {"PYTHONHASHSEED": seed, "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads},
            stdout=subprocess.DEVNULL,
        )
        answers.add(out.read_bytes())
        for name in ("institutions", "products", "firms", "needs"):
            chance.shuffle(raw[name])
    assert len(answers) == 1


@pytest.mark.parametrize("by", ["product", "institution"])
def test_an_answer_of_matches_alone_works_out_nothing_else(
    tmp_path: Path, raw: dict[str, Any], by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    class Watched(pipeline.Matcher):
        def match(self, *args: Any, **options: Any) -> NeedResult:
            result = super().match(*args, **options)
            asked.append((result.near_misses, result.questions))
            return result

    monkeypatch.setattr(pipeline, "Matcher", Watched)
    out = str(tmp_path / "out.json")
    assert main(["rank", save(tmp_path, raw), "--by", by, "--out", out]) == 0
    assert asked == [((), ())] * len(raw["needs"])


def test_rank_cuts_matches_at_top_and_nothing_else(tmp_path: Path, raw: dict[str, Any]) -> None:
    source, answers = save(tmp_path, raw), []
    for top in ([], ["--top", "2"]):
        assert main(["rank", source, *top, "--out", str(tmp_path / "out.json")]) == 0
        answers.append(json.loads((tmp_path / "out.json").read_text())["needs"])
    for whole, cut in zip(*answers, strict=True):
        assert cut["matches"] == whole["matches"][:2]
        assert cut["near_misses"] == whole["near_misses"]
        assert cut["questions"] == whole["questions"]


@pytest.mark.parametrize(("by", "name"), [("product", "products"), ("institution", "institutions")])
def test_rank_groups_the_same_pairs_by_lender(
    tmp_path: Path, raw: dict[str, Any], by: str, name: str
) -> None:
    source, out = save(tmp_path, raw), tmp_path / "out.json"
    assert main(["rank", source, "--out", str(out)]) == 0
    pairs = {
        (need["code"], match["product"], match["score"])
        for need in json.loads(out.read_text())["needs"]
        for match in need["matches"]
    }
    assert main(["rank", source, "--by", by, "--out", str(out)]) == 0
    groups = json.loads(out.read_text())[name]
    assert {
        (match["need"], match["product"], match["score"])
        for group in groups
        for match in group["matches"]
    } == pairs
    assert main(["rank", source, "--by", by, "--top", "1", "--out", str(out)]) == 0
    cut = json.loads(out.read_text())[name]
    assert [group["matches"] for group in cut] == [group["matches"][:1] for group in groups]


def test_the_date_of_the_command_overrides_that_of_the_file(
    tmp_path: Path, raw: dict[str, Any]
) -> None:
    out = tmp_path / "out.json"
    assert main(["rank", save(tmp_path, raw), "--as-of", "2026-12-31", "--out", str(out)]) == 0
    assert json.loads(out.read_text())["as_of"] == "2026-12-31"


def test_without_any_date_rank_says_what_is_missing(
    tmp_path: Path, raw: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    del raw["as_of"]
    source, out = save(tmp_path, raw), tmp_path / "out.json"
    assert main(["rank", source, "--out", str(out)]) == 2
    assert "--as-of" in capsys.readouterr().err
    assert not out.exists()
    assert main(["check", source]) == 0
    assert main(["rank", source, "--as-of", "2026-11-23", "--out", str(out)]) == 0


def test_rank_without_a_file_to_write_prints_tables(
    tmp_path: Path, raw: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    raw["needs"] = raw["needs"][:1]
    assert main(["rank", save(tmp_path, raw)]) == 0
    text = capsys.readouterr().out
    assert raw["needs"][0]["code"] in text
    assert "符合已公布条件" in text
    assert "不构成担保，也不是信用评价" in "".join(text.split())
    assert "--top" in text


@pytest.mark.parametrize("by", ["product", "institution"])
def test_rank_prints_tables_by_lender(
    tmp_path: Path, raw: dict[str, Any], capsys: pytest.CaptureFixture[str], by: str
) -> None:
    raw["needs"] = raw["needs"][:1]
    assert main(["rank", save(tmp_path, raw), "--by", by, "--top", "1"]) == 0
    assert raw["needs"][0]["code"] in capsys.readouterr().out


def test_rank_reads_and_writes_workbooks(tmp_path: Path) -> None:
    from matching.exchange import read_exchange
    from matching.exchange.workbook.sheets_out import write_exchange_workbook

    source = tmp_path / "demo.xlsx"
    write_exchange_workbook(read_exchange(DEMO), source)
    answers = []
    for path in (str(source), str(DEMO)):
        assert main(["rank", path, "--out", str(tmp_path / "out.json")]) == 0
        answers.append((tmp_path / "out.json").read_bytes())
    assert answers[0] == answers[1]
    assert main(["rank", str(source), "--out", str(tmp_path / "out.XLSX")]) == 0
    assert (tmp_path / "out.XLSX").read_bytes()[:2] == b"PK"


def test_rank_of_a_faulty_file_tells_every_fault_and_writes_nothing(
    tmp_path: Path, raw: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    raw["needs"][1]["amount_max_yuan"] = -5
    raw["needs"][2]["purposes"] = ["holiday"]
    out = tmp_path / "out.json"
    out.write_text("before")
    assert main(["rank", save(tmp_path, raw), "--out", str(out)]) == 2
    streams = capsys.readouterr()
    assert streams.out == ""
    assert "needs 第 2 条 字段“amount_max_yuan”：值“-5”" in streams.err
    assert "needs 第 3 条 字段“purposes”：值“holiday”" in streams.err
    assert out.read_text() == "before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["input.json", "out.json"]


def test_check_lists_every_fault_and_returns_one(
    tmp_path: Path, raw: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    raw["products"][3]["annual_rate_min"] = 3.85
    raw["firms"][0]["phone"] = "1"
    assert main(["check", save(tmp_path, raw)]) == 1
    streams = capsys.readouterr()
    assert "products 第 4 条 字段“annual_rate_min”：值“3.85”；应为：" in streams.out
    assert "firms 第 1 条 字段“phone”" in streams.out
    assert "共 2 处缺陷" in streams.out
    assert streams.err == ""


def test_check_of_a_sound_file_returns_zero(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(DEMO)]) == 0
    assert "未发现缺陷" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("none.json", None),
        ("cut.json", b'{"format": "kerong/1", "needs": ['),
        ("deep.json", b"[" * 100_000),
        ("cut.xlsx", b"PK\x03\x04\x14"),
        ("empty.xlsx", b""),
        ("list.csv", b"a,b"),
    ],
)
def test_a_file_that_cannot_be_opened_is_unusable_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, data: bytes | None
) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    for command in ("check", "rank"):
        assert main([command, str(tmp_path / name)]) == 2
        streams = capsys.readouterr()
        assert "应为：" in streams.err
        assert streams.out == ""


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["grade"],
        ["rank"],
        ["rank", "FILE", "--top", "0"],
        ["rank", "FILE", "--top", "-1"],
        ["rank", "FILE", "--top", "1.5"],
        ["rank", "FILE", "--top", "９"],
        ["rank", "FILE", "--as-of", "2026-02-30"],
        ["rank", "FILE", "--as-of", "20261123"],
        ["rank", "FILE", "--as-of", "today"],
        ["rank", "FILE", "--by", "bank"],
        ["rank", "FILE", "--out", "out.csv"],
        ["rank", "FILE", "--out", "out"],
        ["rank", "FILE", "--out", "no/such/folder/out.json"],
        ["rank", "FILE", "--out", "FILE"],
        ["check"],
        ["template", "out.json"],
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
    before = Path(source).read_bytes()
    assert main([source if one == "FILE" else one for one in arguments]) == 2
    streams = capsys.readouterr()
    assert streams.err
    assert streams.out == ""
    assert [path.name for path in tmp_path.iterdir()] == ["input.json"]
    assert Path(source).read_bytes() == before


def test_help_is_in_chinese_and_returns_zero(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rank", "--help"]) == 0
    assert "截至日期" in capsys.readouterr().out


def test_template_writes_a_workbook_without_fault_but_emptiness(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "模板.xlsx"
    assert main(["template", str(out)]) == 0
    assert main(["check", str(out)]) == 1
    assert "[empty_workbook]" in capsys.readouterr().out


def test_a_target_that_cannot_be_replaced_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out.xlsx").mkdir()
    assert main(["template", str(tmp_path / "out.xlsx")]) == 2
    assert "文件夹" in capsys.readouterr().err


def test_check_starts_without_numerical_libraries() -> None:
    script = (
        "import sys; from matching.cli import main; "
        f"assert main(['check', {str(DEMO)!r}]) == 0; "
        "heavy = {'numpy', 'scipy', 'sklearn', 'django', 'xlsxwriter', 'rich'} & set(sys.modules); "
        "sys.exit(f'loaded {heavy}' if heavy else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
