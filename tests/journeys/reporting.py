"""The monthly and the annual report, counted again over the rows and over the referrals."""

from collections import Counter
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from tests.journeys.cast import Stage
from tests.journeys.paper import at

_NOVEMBER = {"year": 2026, "month": 11, "as_of": "2026-11-30"}
_AFTER = at(1, 4, year=2027)
_NAMED = (
    "posted_needs",
    "referred_times",
    "contacted_times",
    "approved_times",
    "line_amount",
    "drawdowns",
    "disbursed_amount",
    "confirmed_amount",
    "reconciled_amount",
    "reported_amount",
)


def print_november(stage: Stage) -> None:
    """Print the month on its last day."""
    stage.november = stage.officer.get("reports/monthly/", **_NOVEMBER)
    _say(stage, stage.november)


def draw_annual_report(stage: Stage) -> None:
    """In the new year: text, Word and Excel; each figure is what its rows come to."""
    stage.move_to(_AFTER)
    report = stage.officer.get("reports/annual/", year=2026)
    stage.say(f"  {report['title']}（{report['period']}，截至 {report['as_of']}）")
    for section in report["sections"][:2]:
        stage.say(f"  {section['heading']}：{section['paragraphs'][0]['text']}")
    figures = {figure["code"]: figure for figure in report["figures"]}
    counted = _count_referrals(stage)
    assert {code: figures[code]["value"] for code in counted} == counted
    checked = [_check(stage, figure) for figure in figures.values()]
    assert sum(checked) >= len(_NAMED)
    _say(stage, report)
    stage.say(f"  正文 {len(figures)} 个数字，{sum(checked)} 个与明细逐行重数一致。")
    for kind, part in (("docx", "word/document.xml"), ("xlsx", "xl/workbook.xml")):
        data = stage.officer.fetch("reports/annual/document/", year=2026, kind=kind)
        assert part in ZipFile(BytesIO(data)).namelist()
        stage.say(f"  {kind}：{len(data):,} 字节")


def print_november_again(stage: Stage) -> None:
    """Five weeks later the month prints what it printed then, and today's print differs."""
    again = stage.officer.get("reports/monthly/", **_NOVEMBER)
    assert again == stage.november
    today = stage.officer.get("reports/monthly/", year=2026, month=11)
    assert _values(today) != _values(again)
    stage.say("  按十一月三十日重印：与当日所印逐字相同；按今天统计，其后核对的结果已计入。")


def _values(report: dict[str, Any]) -> dict[str, float]:
    return {figure["code"]: figure["value"] for figure in report["figures"]}


def _say(stage: Stage, report: dict[str, Any]) -> None:
    for figure in report["figures"]:
        if figure["code"] in _NAMED:
            stage.say(f"  {figure['label']}：{figure['text']}")


def _count_referrals(stage: Stage) -> dict[str, int]:
    """Return what the referrals themselves come to, one by one."""
    rows = [
        stage.officer.get(f"referrals/{row['id']}/") for row in stage.officer.rows("referrals/")
    ]
    lines = [row["line"]["amount_yuan"] for row in rows if row["line"]]
    drawn = [one for row in rows for one in row["drawdowns"]]
    states = Counter[str]()
    for one in drawn:
        states[one["state"]] += one["amount_yuan"]
    return {
        "referred_times": len(rows),
        "referred_firms": len({row["need"]["firm_name"] for row in rows}),
        "approved_times": len(lines),
        "line_amount": sum(lines),
        "drawdowns": len(drawn),
        "disbursed_amount": sum(one["amount_yuan"] for one in drawn),
        "confirmed_amount": states["confirmed"],
        "reported_amount": states["reported"],
    }


def _check(stage: Stage, figure: dict[str, Any]) -> bool:
    """Count a figure's rows again; tell whether it is one that a count can check."""
    path, _, query = figure["rows"].partition("?")
    asked = dict(pair.split("=", 1) for pair in query.split("&"))
    if not path.startswith("reports/funnel/rows"):
        return False
    rows = stage.officer.rows(path, **asked)
    counted = {
        "元": lambda: sum(row["amount_yuan"] or 0 for row in rows),
        "户": lambda: len({row["firm_name"] for row in rows}),
        "个": lambda: len({row["need"] for row in rows}),
    }.get(figure["unit"], lambda: len(rows))()
    assert counted == figure["value"], (figure, rows)
    return True
