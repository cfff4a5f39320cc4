"""The bank that answers on the workbook that it was sent."""

from datetime import date
from typing import Any

from tests.journeys.cast import Stage
from tests.returned import Copy

_SENT_ON = date(2026, 11, 30)
_DRAWN_YUAN = 1_200_000
_FUNDED: dict[str, Any] = {
    "received": _SENT_ON,
    "contacted": _SENT_ON,
    "documents_complete": _SENT_ON,
    "state": "已投放",
    "approved_on": _SENT_ON,
    "line": 200,
    "term": 12,
    "line_rate": 4.5,
    "drawn1_on": _SENT_ON,
    "drawn1_amount": _DRAWN_YUAN // 10_000,
    "filled_by": "演示填报人",
    "checked_by": "演示复核人",
}
_WRONG: dict[str, Any] = {"received": _SENT_ON, "contacted": "下周", "state": "对接中"}


def answer_by_workbook(stage: Stage) -> None:
    """Returned twice, the good row counts once and the wrong one is named; mended, it counts."""
    bank = stage.paper.manager
    (sheet,) = bank.rows("sheets/")
    copy = Copy(bank.fetch(f"sheets/{sheet['id']}/workbook/"))
    good, wrong = _line(stage, copy, "回执办理"), _line(stage, copy, "回执有误")
    copy.answer(good, _FUNDED).answer(wrong, _WRONG)
    path = f"sheets/{sheet['id']}/returned/"

    first = bank.upload(path, "回执.xlsx", copy.save(), expected=200)
    second = bank.upload(path, "回执.xlsx", copy.save(), expected=200)

    assert [(one["applied"], one["unchanged"], one["refused"]) for one in (first, second)] == [
        (1, 0, 1),
        (0, 1, 1),
    ]
    (error,) = second["errors"]
    assert (error["row"], error["column"]) == (copy.number(wrong), "首次联系日期")
    stage.say(
        f"  第 {error['row']} 行未登记：{error['column']}“{error['value']}”，"
        f"应为{error['expected']}。"
    )
    done = bank.get(f"referrals/{stage.sent['回执办理']}/")
    assert (done["status"], done["drawn_yuan"], len(done["drawdowns"])) == (
        "funded",
        _DRAWN_YUAN,
        1,
    )
    waiting = bank.get(f"referrals/{stage.sent['回执有误']}/")
    assert waiting["status"] == "sent"
    stage.say("  同一份表格退回两次：另一行只登记一次，额度 200 万元，放款 120 万元一笔。")
    copy.answer(wrong, _WRONG | {"contacted": _SENT_ON})
    mended = bank.upload(path, "回执.xlsx", copy.save(), expected=200)
    assert (mended["applied"], mended["unchanged"], mended["refused"]) == (1, 1, 0)
    assert bank.get(f"referrals/{stage.sent['回执有误']}/")["status"] == "in_contact"
    stage.say("  改正后第三次退回：有误的一行已登记。")


def _line(stage: Stage, copy: Copy, wish: str) -> int:
    """Return the number of a need's row, from 1."""
    code = stage.needs[wish]["code"]
    return next(line for line in (1, 2) if copy.cell(line, "需求编号") == code)
