"""What ``rank`` answers, in each of its forms."""

from __future__ import annotations

import json
import os
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from matching import pipeline
from matching.exchange import parse_exchange
from matching.exchange.atomic import replacing
from matching.exchange.results import as_workbook
from matching.exchange.results.as_json import json_chunks, write_json
from matching.exchange.results.ranking import Ranking
from matching.exchange.results.wording import (
    change_text,
    criterion_text,
    field_label,
    question_text,
)
from matching.exchange.workbook import size
from matching.schema import Change, Criterion, Firm, Need, Question
from matching.vocabulary import DISCLAIMER

DEMO = Path(__file__).parents[3] / "fixtures" / "demo" / "exchange.json"

FORMULA_PREFIXES = [
    "=",
    "+",
    "-",
    "@",
    "\t=",
    "=HYPERLINK(",
    "{=",
    "http://",
    "mailto:",
    "internal:",
]


def ranked(raw: dict[str, Any], by: str = "need") -> Ranking:
    exchange = parse_exchange(raw)
    assert exchange.as_of is not None
    needs = pipeline.rank_exchange(exchange, as_of=exchange.as_of)
    versions = {"library": "x"}
    if by == "product":
        return Ranking(
            exchange, exchange.as_of, versions, "product", (), pipeline.by_product(needs)
        )
    return Ranking(exchange, exchange.as_of, versions, "need", needs, {})


def sheet_rows(path: Path, name: str) -> list[list[Any]]:
    return CalamineWorkbook.from_path(path).get_sheet_by_name(name).to_python()


def test_the_json_has_the_shape_of_the_contract(valid: dict[str, Any]) -> None:
    valid["needs"][0]["financing_types"] = ["credit_loan"]
    answer = json.loads("".join(json_chunks(ranked(valid))))
    assert list(answer) == ["format", "as_of", "versions", "needs"]
    assert (answer["format"], answer["as_of"]) == ("kerong-rank/1", "2026-11-23")
    [need] = answer["needs"]
    assert list(need) == ["code", "matches", "near_misses", "questions", "stage"]
    [match] = need["matches"]
    assert list(match) == [
        "rank",
        "product",
        "institution",
        "verdict",
        "score",
        "components",
        "criteria",
    ]
    assert {tuple(one) for one in match["components"]} == {
        ("code", "value", "weight", "contribution")
    }
    assert {tuple(one) for one in match["criteria"]} == {("code", "outcome", "required", "actual")}
    [miss] = need["near_misses"]
    assert miss == {
        "product": "P2",
        "changes": [
            {
                "criterion": "financing_type",
                "kind": "adjust",
                "field": "financing_types",
                "from": ["credit_loan"],
                "to": ["leasing"],
            }
        ],
    }
    assert {tuple(one) for one in need["questions"]} == {("field", "asks", "products")}


def test_nothing_of_a_score_is_lost(valid: dict[str, Any]) -> None:
    ranking = ranked(valid)
    answer = json.loads("".join(json_chunks(ranking)))
    for match, written in zip(ranking.needs[0].matches, answer["needs"][0]["matches"], strict=True):
        assert written["score"] == match.score
        assert [one["contribution"] for one in written["components"]] == [
            one.contribution for one in match.components
        ]


def test_every_near_miss_is_written_as_its_record_says() -> None:
    ranking = ranked(json.loads(DEMO.read_text(encoding="utf-8")))
    answer = json.loads("".join(json_chunks(ranking)))
    for need, written in zip(ranking.needs, answer["needs"], strict=True):
        assert written["near_misses"] == [
            {"product": miss.product, "changes": list(map(plain_change, miss.changes))}
            for miss in need.near_misses
        ]
    assert sum(len(miss.changes) > 1 for need in ranking.needs for miss in need.near_misses) > 100


def plain_change(change: Change) -> dict[str, Any]:
    before, after = (
        list(value)
        if isinstance(value, tuple)
        else value.isoformat()
        if isinstance(value, date)
        else value
        for value in (change.from_value, change.to_value)
    )
    return {
        "criterion": change.criterion,
        "kind": change.kind,
        "field": change.field,
        "from": before,
        "to": after,
    }


def test_codes_with_quotes_and_backslashes_survive(valid: dict[str, Any]) -> None:
    odd = 'P"2\\产'
    valid["products"][1]["code"] = odd
    answer = json.loads("".join(json_chunks(ranked(valid))))
    assert {match["product"] for match in answer["needs"][0]["matches"]} == {"P1", odd}
    valid["needs"][0]["financing_types"] = ["credit_loan"]
    answer = json.loads("".join(json_chunks(ranked(valid))))
    assert [miss["product"] for miss in answer["needs"][0]["near_misses"]] == [odd]


def test_a_score_that_is_no_number_is_not_written(valid: dict[str, Any]) -> None:
    ranking = ranked(valid)
    [need] = ranking.needs
    broken = replace(need, matches=(replace(need.matches[0], score=float("nan")),))
    with pytest.raises(ValueError, match="nan"):
        "".join(json_chunks(replace(ranking, needs=(broken,))))


def test_matches_by_product_name_their_need(valid: dict[str, Any]) -> None:
    answer = json.loads("".join(json_chunks(ranked(valid, "product"))))
    assert list(answer) == ["format", "as_of", "versions", "products"]
    assert [
        (group["code"], match["need"], match["product"], match["rank"])
        for group in answer["products"]
        for match in group["matches"]
    ] == [("P1", "N1", "P1", 1), ("P2", "N1", "P2", 1)]


@pytest.mark.parametrize("prefix", FORMULA_PREFIXES)
def test_a_name_that_looks_like_a_formula_stays_text(
    tmp_path: Path, valid: dict[str, Any], prefix: str
) -> None:
    name = f"{prefix}1+1"
    valid["firms"][0]["name"] = valid["products"][0]["name"] = name
    valid["institutions"][0]["name"] = name
    valid["needs"][0]["financing_types"] = ["credit_loan"]
    as_workbook.write_workbook(ranked(valid), tmp_path / "out.xlsx")
    header, first = sheet_rows(tmp_path / "out.xlsx", "匹配结果")
    row = dict(zip(header, first, strict=True))
    assert row["企业名称"] == row["产品名称"] == row["机构名称"] == name


def test_the_workbook_speaks_in_the_units_of_people(tmp_path: Path, valid: dict[str, Any]) -> None:
    valid["needs"][0]["financing_types"] = ["credit_loan"]
    as_workbook.write_workbook(ranked(valid), tmp_path / "out.xlsx")
    header, first = sheet_rows(tmp_path / "out.xlsx", "匹配结果")
    row = dict(zip(header, first, strict=True))
    assert row["产品最高金额（万元）"] == 500
    assert row["最低年化利率（%）"] == 3.85
    assert row["结论"] == "待核实"
    assert "融资金额（要求 50 万元 至 500 万元；现为 100 万元 至 300 万元）" in row["符合的条件"]
    _, miss = sheet_rows(tmp_path / "out.xlsx", "差一步")
    assert miss[5:] == ["意向融资方式 增加 融资租赁", "调整需求"]
    questions = sheet_rows(tmp_path / "out.xlsx", "待核实问题")[1:]
    assert ["N1", "演示科技", "融资期限", "机构", 1] in questions
    notes = dict(row[:2] for row in sheet_rows(tmp_path / "out.xlsx", "说明")[1:])
    assert notes == {"截至日期": "2026-11-23", "版本 library": "x", "声明": DISCLAIMER}


def test_an_answer_longer_than_a_sheet_is_refused(
    tmp_path: Path, valid: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(size, "MAX_ROWS", 1)
    with pytest.raises(size.TooManyRowsError):
        as_workbook.write_workbook(ranked(valid), tmp_path / "out.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_what_stood_there_and_no_draft(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    target.write_text("before")
    with pytest.raises(RuntimeError), replacing(target) as draft:  # noqa: PT012 - one act
        draft.write_text("half")
        raise RuntimeError
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]
    assert target.read_text() == "before"


def test_a_new_file_has_the_usual_permissions(tmp_path: Path, valid: dict[str, Any]) -> None:
    mask = os.umask(0o027)
    try:
        write_json(ranked(valid), tmp_path / "out.json")
    finally:
        os.umask(mask)
    assert (tmp_path / "out.json").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    ("criterion", "text"),
    [
        (
            Criterion("amount", "met", (500_000, None), (1_000_000, 1_000_000)),
            "融资金额（要求 不低于 50 万元；现为 100 万元）",
        ),
        (Criterion("term", "met", (None, 36), (12, 24)),
         "融资期限（要求 不超过 36 个月；现为 12 个月 至 24 个月）"),
        (Criterion("rate", "unknown", None, 0.045), "年化利率（要求 未公布；现为 4.5%）"),
        (Criterion("stage", "unknown", ("seed",), None), "企业阶段（要求 种子期；现为 未填）"),
        (Criterion("region", "met", ("220000",), "220102"),
         "所在地区（要求 吉林省；现为 吉林省长春市南关区）"),
        (Criterion("firm_age", "met", (12, None), 66),
         "企业成立时间（要求 不低于 12 个月；现为 66 个月）"),
        (Criterion("collateral", "unmet", ("patent",), ()), "担保方式（要求 专利权；现为 无）"),
        (Criterion("term:debt_ratio:<=", "met", 0.7, 0.55),
         "资产负债率不高于（要求 70%；现为 55%）"),
        (Criterion("term:taxpayer_rating:in", "met", ("A", "B"), "A"),
         "纳税信用等级属于（要求 A、B；现为 A）"),
        (Criterion("industry", "met", tuple(f"C{n}" for n in range(13, 33)), "C13"),
         f"所属行业（要求 {'、'.join(f'C{n}' for n in range(13, 25))}等 20 项；现为 C13）"),
    ],
)  # fmt: skip
def test_a_criterion_is_put_into_words(criterion: Criterion, text: str) -> None:
    assert criterion_text(criterion) == text


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (Change("amount", "adjust", "amount_max_yuan", 3_000_000, 2_000_000),
         "最高金额 300 万元 → 200 万元"),
        (Change("term", "adjust", "term_max_months", None, 12), "最长期限 未填 → 12 个月"),
        (Change("rate", "adjust", "max_annual_rate", 0.03, 0.0385),
         "可接受最高年化利率 3% → 3.85%"),
        (Change("qualifications_all", "attain", "qualifications", (), ("srdi", "gazelle")),
         "资质 增加 省级专精特新、瞪羚"),
        (Change("firm_age", "wait", "founded_on", date(2026, 1, 1), date(2027, 1, 1)),
         "成立日期 待到 2027-01-01"),
        (Change("term:employees:>=", "attain", "employees", 5, 10), "职工人数 5 → 10"),
    ],
)  # fmt: skip
def test_a_change_is_put_into_words(change: Change, text: str) -> None:
    assert change_text(change) == text


def test_a_question_is_put_into_words() -> None:
    assert question_text(Question("amount_max_yuan", "firm", 3)) == "最高金额"
    assert question_text(Question("firm_age", "institution", 3)) == "企业成立时间"


def test_every_field_that_an_answer_may_name_has_a_label() -> None:
    for record in (Firm, Need):
        for field in fields(record):
            assert field_label(field.name) != field.name
