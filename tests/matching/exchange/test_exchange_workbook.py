"""The workbook says the same as the JSON form, in the words and units of people."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from matching.errors import Fault
from matching.exchange import check_exchange, parse_exchange, read_exchange
from matching.exchange.records.fields import SPECS
from matching.exchange.workbook.sheets_out import (
    example_exchange,
    write_exchange_workbook,
    write_template,
)
from matching.schema import Exchange, Qualification, Term

Sheets = dict[str, list[list[Any]]]
Writer = Callable[..., Path]

DEMO = Path(__file__).parents[3] / "fixtures" / "demo" / "exchange.json"


def only(faults: list[Fault]) -> tuple[str, int | None, str | None, str]:
    [fault] = faults
    return (fault.where, fault.row, fault.field, fault.code)


def test_the_demonstration_data_survive_the_way_through_a_workbook(tmp_path: Path) -> None:
    exchange = read_exchange(DEMO)
    write_exchange_workbook(exchange, tmp_path / "demo.xlsx")
    assert read_exchange(tmp_path / "demo.xlsx") == exchange


def test_awkward_values_survive_the_way_through_a_workbook(
    tmp_path: Path, valid: dict[str, Any]
) -> None:
    valid["institutions"][0].update(code="0012", name="=HYPERLINK(1)", region="110100")
    valid["institutions"][1].update(code='甲、"乙"', parent="0012")
    valid["products"][0].update(
        institution="0012",
        stages=[],
        amount_min_yuan=0,
        amount_max_yuan=10**13,
        annual_rate_min=0.00037,
        annual_rate_max=0.1 + 0.2,
        regions=["220172", "220000"],
        industries=["I65"],
        undisclosed=["term", "terms"],
        valid_from="1850-01-01",
        valid_until="9999-12-31",
        description="一行\n另一行 <&> “x”",
        terms=[
            {"field": "revenue_yuan", "op": ">", "value": 1234567.5},
            {"field": "net_profit_yuan", "op": ">=", "value": -1},
            {"field": "revenue_growth", "op": "!=", "value": 1e-7},
            {"field": "debt_ratio", "op": "in", "value": [0.1, 0.7]},
            {"field": "innovation_points", "op": ">=", "value": 60},
            {"field": "incubator", "op": "not_in", "value": ["无", "甲；乙", "丙"]},
            {"field": "incubator", "op": "==", "value": '甲"、"乙'},
            {"field": "taxpayer_rating", "op": "in", "value": ["A", "M"]},
        ],
    )
    valid["products"][1].update(
        institution='甲、"乙"', financing_type=None, undisclosed=["financing_type"]
    )
    valid["firms"][0].update(revenue_yuan=10001, revenue_growth=-0.3, debt_ratio=0.005)
    valid["firms"][0]["innovation_points"] = 70.00000000000001
    valid["needs"][0].update(
        preferred_institutions=['甲、"乙"', "0012"], purposes=[], open_to_others=False
    )
    exchange = parse_exchange(valid)
    write_exchange_workbook(exchange, tmp_path / "out.xlsx")
    assert check_exchange(tmp_path / "out.xlsx") == []
    assert read_exchange(tmp_path / "out.xlsx") == exchange


def test_writing_the_same_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_exchange_workbook(example_exchange(), tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_the_template_as_it_is_lacks_nothing_but_data(tmp_path: Path) -> None:
    write_template(tmp_path / "template.xlsx")
    assert only(check_exchange(tmp_path / "template.xlsx")) == (
        "file",
        None,
        None,
        "empty_workbook",
    )


def test_the_examples_of_the_template_filled_in_can_be_used(tmp_path: Path) -> None:
    from matching.exchange.build import build_exchange
    from matching.exchange.faults import FaultLog
    from matching.exchange.workbook.parser import parse_sheets
    from matching.exchange.workbook.sheets_in import document_of_sheets

    write_template(tmp_path / "template.xlsx")
    sheets = parse_sheets((tmp_path / "template.xlsx").read_bytes())
    for sheet in sheets:
        for row in sheet.rows:
            if isinstance(row[0], str):
                row[0] = row[0].removeprefix("【示例】")
    log = FaultLog(people=True)
    exchange = build_exchange(document_of_sheets(sheets, log), log, as_of=None)
    assert exchange == example_exchange()


def test_every_field_has_a_header_of_its_own_and_most_an_example() -> None:
    for spec in SPECS:
        assert len(spec.headers) == len(set(spec.headers.values()))
        assert set(spec.by_name) == set(spec.record.__dataclass_fields__)


def read_with(
    write_cells: Writer, sheets: Sheets, add_column: Callable[..., None], *cells: Any
) -> Exchange:
    for sheet, header, cell in cells:
        add_column(sheets, sheet, header, cell)
    return read_exchange(write_cells(sheets))


# sheet, header, cell, list, field, value read
SPELLINGS = [
    ("产品", "最高金额（万元）", 300, "products", "amount_max_yuan", 3_000_000),
    ("产品", "最高金额（万元）", 300.5, "products", "amount_max_yuan", 3_005_000),
    ("产品", "最高金额（万元）", "３００万", "products", "amount_max_yuan", 3_000_000),
    ("产品", "最高金额（万元）", "1,200", "products", "amount_max_yuan", 12_000_000),
    ("产品", "最高金额（万元）", "1，200 万元", "products", "amount_max_yuan", 12_000_000),
    ("产品", "最高金额（万元）", "1.5亿", "products", "amount_max_yuan", 150_000_000),
    ("产品", "最高金额（万元）", "500000元", "products", "amount_max_yuan", 500_000),
    ("产品", "最高金额（万元）", 0.1 + 0.2, "products", "amount_max_yuan", 3_000),
    ("产品", "最长期限（月）", "3年", "products", "term_max_months", 36),
    ("产品", "最长期限（月）", "36个月", "products", "term_max_months", 36),
    ("产品", "最低年化利率（%）", 3.85, "products", "annual_rate_min", 0.0385),
    ("产品", "最低年化利率（%）", "3.85%", "products", "annual_rate_min", 0.0385),
    ("产品", "最低年化利率（%）", "３．８５％", "products", "annual_rate_min", 0.0385),
    ("产品", "最低年化利率（%）", "0.05%", "products", "annual_rate_min", 0.0005),
    ("产品", "最低年化利率（%）", 0, "products", "annual_rate_min", 0.0),
    ("产品", "审批时限（工作日）", "3个工作日", "products", "approval_days", 3),
    ("产品", "额度优先", "是", "products", "green_quota", True),
    ("产品", "额度优先", False, "products", "green_quota", False),
    ("产品", "适用阶段", "种子期、初创期", "products", "stages", ("seed", "startup")),
    ("产品", "适用阶段", "growth；成熟期\nseed", "products", "stages",
     ("growth", "mature", "seed")),
    ("产品", "适用阶段", "无", "products", "stages", ()),
    ("产品", "适用阶段", "  ", "products", "stages", None),
    ("产品", "适用阶段", "未公布", "products", "undisclosed", frozenset({"stage"})),
    ("产品", "其他条件", "未公布", "products", "undisclosed", frozenset({"terms"})),
    ("产品", "未公布的条件", "融资期限、rate", "products", "undisclosed",
     frozenset({"term", "rate"})),
    ("产品", "适用地区", "吉林省、220184", "products", "regions", ("220000", "220184")),
    ("产品", "适用地区", 220100, "products", "regions", ("220100",)),
    ("产品", "适用地区", "220102 南关区", "products", "regions", ("220102",)),
    ("产品", "适用行业", "c39，Ｉ65", "products", "industries", ("C39", "I65")),
    ("产品", "生效日期", date(2026, 5, 1), "products", "valid_from", date(2026, 5, 1)),
    ("产品", "生效日期", "2026年5月1日", "products", "valid_from", date(2026, 5, 1)),
    ("产品", "生效日期", "2026/5/1", "products", "valid_from", date(2026, 5, 1)),
    ("产品", "生效日期", "2026.05.01", "products", "valid_from", date(2026, 5, 1)),
    ("企业", "资质", "专精特新小巨人，瞪羚", "firms", "qualifications",
     (Qualification(code="little_giant"), Qualification(code="gazelle"))),
    ("企业", "资质", "高新技术企业（2024-01-01～2027年1月1日）", "firms", "qualifications",
     (Qualification(code="high_tech", valid_from=date(2024, 1, 1), valid_until=date(2027, 1, 1)),)),
    ("企业", "资质", "科技人才(团队)项目(~2027-01-01)", "firms", "qualifications",
     (Qualification(code="talent_team", valid_until=date(2027, 1, 1)),)),
    ("企业", "净利润（万元）", "-12.5", "firms", "net_profit_yuan", -125_000),
    ("企业", "纳税信用等级", "A级", "firms", "taxpayer_rating", "A"),
    ("企业", "资产负债率（%）", 55, "firms", "debt_ratio", 0.55),
    ("企业", "所在孵化器", 12, "firms", "incubator", "12"),
    ("企业", "数据所属年度", 2025.0, "firms", "fiscal_year", 2025),
]  # fmt: skip


@pytest.mark.parametrize(
    ("sheet", "header", "cell", "record", "field", "value"),
    SPELLINGS,
)
def test_what_people_write_is_read(
    write_cells: Writer,
    sheets: Sheets,
    add_column: Callable[..., None],
    sheet: str,
    header: str,
    cell: Any,
    record: str,
    field: str,
    value: object,
) -> None:
    exchange = read_with(write_cells, sheets, add_column, (sheet, header, cell))
    assert getattr(getattr(exchange, record)[0], field) == value


def test_further_conditions_are_read_from_a_sentence(
    write_cells: Writer, sheets: Sheets, add_column: Callable[..., None]
) -> None:
    text = (
        "营业收入≥500万元；资产负债率 不高于 70%；纳税信用等级 属于 A、B级\ninnovation_points>60分"
    )
    exchange = read_with(write_cells, sheets, add_column, ("产品", "其他条件", text))
    assert exchange.products[0].terms == (
        Term(field="revenue_yuan", op=">=", value=5_000_000),
        Term(field="debt_ratio", op="<=", value=0.7),
        Term(field="taxpayer_rating", op="in", value=("A", "B")),
        Term(field="innovation_points", op=">", value=60),
    )


CELL_FAULTS = [
    ("产品", "最高金额（万元）", "很多", "not_a_number"),
    ("产品", "最高金额（万元）", "1,20", "not_a_number"),
    ("产品", "最高金额（万元）", True, "not_a_number"),
    ("产品", "最高金额（万元）", 300.00001, "not_whole"),
    ("产品", "最高金额（万元）", -1, "negative"),
    ("产品", "最低年化利率（%）", 385, "out_of_range"),
    ("产品", "最低年化利率（%）", 0.0385, "ambiguous_percent"),
    ("产品", "最低年化利率（%）", "０.0385", "ambiguous_percent"),
    ("企业", "资产负债率（%）", 0.55, "ambiguous_percent"),
    ("产品", "生效日期", "五月一日", "bad_date"),
    ("产品", "生效日期", "2026-2-30", "bad_date"),
    ("产品", "生效日期", datetime(2026, 5, 1, 8, 30), "bad_date"),  # noqa: DTZ001 - a cell
    ("产品", "额度优先", "也许", "wrong_type"),
    ("产品", "适用阶段", "种子期、老年期", "unknown_code"),
    ("产品", "适用地区", "朝阳区", "ambiguous_region"),
    ("产品", "适用地区", "乌有市", "unknown_code"),
    ("产品", "其他条件", "经营良好", "bad_term"),
    ("产品", "其他条件", "营业收入>=很多", "bad_term"),
    ("产品", "其他条件", "营业收入>=1万、2万", "bad_term"),
    ("企业", "资质", "高新技术企业(2027-01-01~2024-01-01)", "period_reversed"),
    ("企业", "资质", "ISO9001", "unknown_code"),
    ("企业", "职工人数", "十人", "not_a_number"),
]


@pytest.mark.parametrize(("sheet", "header", "cell", "code"), CELL_FAULTS)
def test_what_cannot_be_read_is_told_by_sheet_row_and_header(
    write_cells: Writer,
    sheets: Sheets,
    add_column: Callable[..., None],
    sheet: str,
    header: str,
    cell: Any,
    code: str,
) -> None:
    add_column(sheets, sheet, header, cell)
    assert only(check_exchange(write_cells(sheets))) == (sheet, 2, header, code)


def test_a_formula_that_failed_is_no_empty_cell(
    write_cells: Writer, sheets: Sheets, add_column: Callable[..., None]
) -> None:
    add_column(sheets, "产品", "最高金额（万元）", 424242)
    path = write_cells(sheets)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            failed = re.sub(r'(<c r="[A-Z]+2")><v>424242<', r'\1 t="e"><f>1/0</f><v>#DIV/0!<', text)
            archive.writestr(name, failed)

    [fault] = check_exchange(path)

    assert (fault.where, fault.row, fault.field) == ("产品", 2, "最高金额（万元）")
    assert (fault.code, fault.value) == ("formula_error", "#DIV/0!")


def test_a_fault_shows_the_cell_as_it_was_typed(
    write_cells: Writer, sheets: Sheets, add_column: Callable[..., None]
) -> None:
    add_column(sheets, "产品", "最高金额（万元）", "－５万")
    [fault] = check_exchange(write_cells(sheets))
    assert fault.value == "－５万"
    assert "万元" in fault.expected


def test_a_missing_sheet_is_told_with_those_found(write_cells: Writer, sheets: Sheets) -> None:
    sheets["Products"] = sheets.pop("产品")
    faults = check_exchange(write_cells(sheets))
    assert {(f.where, f.code) for f in faults} == {
        ("产品", "missing_sheet"),
        ("Products", "unknown_sheet"),
    }


def test_an_empty_further_sheet_does_no_harm(write_cells: Writer, sheets: Sheets) -> None:
    sheets["Sheet1"] = []
    assert check_exchange(write_cells(sheets)) == []


def test_an_empty_sheet_lacks_its_headers(write_cells: Writer, sheets: Sheets) -> None:
    sheets["机构"] = []
    codes = {(f.where, f.code) for f in check_exchange(write_cells(sheets))}
    assert ("机构", "missing_header") in codes


def test_headers_are_known_by_spelling_variants(write_cells: Writer, sheets: Sheets) -> None:
    sheets["机构"][0] = [" 机构代码*", "机构 名称", "机构类型"]
    sheets["产品"][0].append("最高金额(万元)")
    sheets["产品"][1].append(5)
    assert read_exchange(write_cells(sheets)).products[0].amount_max_yuan == 50_000


@pytest.mark.parametrize(
    ("headers", "row", "code"),
    [
        (["机构代码", "机构名称"], ["B1", "演示银行"], "missing_header"),
        (
            ["机构代码", "机构名称", "机构类型", "电话"],
            ["B1", "演示银行", "银行"],
            "unknown_header",
        ),
        (
            ["机构代码", "机构名称", "机构类型", "机构名称"],
            ["B1", "演示银行", "银行"],
            "duplicate_header",
        ),
        (
            ["机构代码", "机构名称", "机构类型"],
            ["B1", "演示银行", "银行", "x"],
            "cell_without_header",
        ),
    ],
)
def test_a_wrong_header_is_told(
    write_cells: Writer, sheets: Sheets, headers: list[str], row: list[str], code: str
) -> None:
    sheets["机构"] = [headers, row]
    assert ("机构", code) in {(f.where, f.code) for f in check_exchange(write_cells(sheets))}


def test_merged_cells_are_refused(write_cells: Writer, sheets: Sheets) -> None:
    path = write_cells(sheets, merge={"产品": "A5:C6"})
    assert ("产品", 5, "merged_cells") in {(f.where, f.row, f.code) for f in check_exchange(path)}


def test_rows_are_numbered_as_the_spreadsheet_shows_them(
    write_cells: Writer, sheets: Sheets
) -> None:
    sheets["机构"][1:1] = [[], ["【说明】任意", "x", "y"], []]
    sheets["机构"].append(["B2", "演示银行", "商店"])
    assert only(check_exchange(write_cells(sheets))) == ("机构", 6, "机构类型", "unknown_code")


def test_the_guide_sheet_states_the_date(write_cells: Writer, sheets: Sheets) -> None:
    sheets["说明"] = [["格式", "kerong/1"], ["截至日期", date(2026, 11, 23)]]
    assert read_exchange(write_cells(sheets)).as_of == date(2026, 11, 23)


def test_a_wrong_date_or_format_on_the_guide_sheet_is_told(
    write_cells: Writer, sheets: Sheets
) -> None:
    sheets["说明"] = [["格式", "kerong/9"], ["截至日期", "月底"]]
    assert [(f.row, f.code) for f in check_exchange(write_cells(sheets))] == [
        (1, "unknown_format"),
        (2, "bad_date"),
    ]


def test_the_drop_downs_of_the_template_offer_every_label(tmp_path: Path) -> None:
    from matching.exchange.records.kinds import Choice
    from matching.exchange.workbook.parser import parse_sheets

    path = tmp_path / "template.xlsx"
    write_template(path)
    choices = next(one for one in parse_sheets(path.read_bytes()) if one.name == "选项").rows
    with zipfile.ZipFile(path) as archive:
        for number, spec in enumerate(SPECS, start=1):
            xml = archive.read(f"xl/worksheets/sheet{number}.xml").decode()
            offered = []
            for column, first, last in re.findall(r"'选项'!\$([A-Z])\$(\d+):\$[A-Z]\$(\d+)", xml):
                at = ord(column) - ord("A")
                offered.append([row[at] for row in choices[int(first) - 1 : int(last)]])
            kinds = [field.kind for field in spec.fields if isinstance(field.kind, Choice)]
            assert offered == [list(kind.labels.values()) for kind in kinds]
