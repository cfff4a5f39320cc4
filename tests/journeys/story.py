"""One list from the first need to the annual report, over the API alone.

The accounts, organizations and products are there before (`cast`); the scheduler's work is done
by the stage when the clock was moved.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.journeys import beginning, by_workbook, ending, reporting, silence
from tests.journeys.cast import WISHES, Bank, Stage
from tests.journeys.paper import approve, at, send

_NUMBERS = "一二三四五六七八九十"


def tell(stage: Stage, wired_system: "WiredSystem") -> None:
    """Tell the whole story; every step asserts what it saw."""
    chapters: list[tuple[str, Callable[[], None]]] = [
        ("签约", lambda: beginning.sign_agreements(stage)),
        ("区县导入企业名单", lambda: beginning.import_roster(stage)),
        ("企业提交需求，区县走访推荐，省厅核验，企业逐家授权", lambda: beginning.post_needs(stage)),
        ("匹配、起草清单、三人签批、发送给四家机构", lambda: send_list(stage, wired_system)),
        ("省分行向下指派，收回一项", lambda: assign_downward(stage)),
        ("一家银行通过接口办理到放款", lambda: answer_through_api(stage)),
        ("一家银行退回填好的清单表格", lambda: by_workbook.answer_by_workbook(stage)),
        ("一家银行的系统由推送驱动，缺材料时暂停计时", lambda: ask_documents(stage)),
        ("企业中途撤回授权", lambda: withdraw_midway(stage)),
        ("十一月的统计", lambda: reporting.print_november(stage)),
        ("一家银行一直不答复", lambda: silence.go_on(stage)),
        ("材料补齐后继续办理", lambda: give_documents(stage, wired_system)),
        ("降息带来新增符合的需求", lambda: silence.cut_rate(stage)),
        ("核对放款，对账", lambda: ending.review_outcomes(stage)),
        ("汇总", lambda: ending.compare_figures(stage)),
        ("年度报告，与明细逐项核对", lambda: reporting.draw_annual_report(stage)),
        ("再印十一月的统计", lambda: reporting.print_november_again(stage)),
    ]
    for number, (title, chapter) in enumerate(chapters, start=1):
        stage.say(f"\n{_spell(number)}、{title}")
        chapter()


def _spell(number: int) -> str:
    """Write a number below twenty as a heading has it."""
    tens, ones = divmod(number, 10)
    return ("十" if tens else "") + (_NUMBERS[ones - 1] if ones else "")


class WiredSystem:
    """What the system of the third bank was told; ``read`` verifies and returns what is new."""

    def read(self) -> list[dict[str, Any]]:
        """Return the messages that came since the last reading."""
        raise NotImplementedError

    def connect(self, bank: Bank) -> None:
        """Register its address with the platform."""
        raise NotImplementedError


def send_list(stage: Stage, wired_system: WiredSystem) -> None:
    """Match, draft, sign by three, send to four; the webhook names what came, nobody's name."""
    wired_system.connect(stage.wired)
    run = stage.officer.post("match-runs/")
    run = stage.officer.get(f"match-runs/{run['id']}/")
    assert (run["status"], run["needs_total"]) == ("finished", len(WISHES))
    drafted = stage.officer.post("referral-lists/", {"match_run": run["id"], "per_need": 1})
    stage.list_id = drafted["id"]
    assert (drafted["row_count"], drafted["institution_count"]) == (8, 4)
    (unplaced,) = stage.officer.rows(f"referral-lists/{drafted['id']}/unplaced/")
    assert unplaced["need"] == stage.needs["利率过高"]["code"]
    stage.say(f"  匹配 {run['needs_total']} 项；未排入：{unplaced['firm_name']}，")
    stage.say(f"    原因：{unplaced['reason_label']}。")
    approve(stage, drafted["id"])
    sent = send(stage, drafted["id"], "演示函〔2026〕1号")
    assert sent["fallen"] == []
    for row in stage.officer.rows("referrals/"):
        wish = next(
            name for name, need in stage.needs.items() if need["code"] == row["need"]["code"]
        )
        stage.sent[wish] = row["id"]
        stage.say(f"  → {row['institution_name']}：{row['need']['firm_name']}")
    assert len(stage.sent) == 8
    (told,) = wired_system.read()
    assert told["type"] == "referral.sent"
    stage.told = told["data"]["referral_id"]
    assert stage.told == stage.sent["系统办理"]
    stage.say(f"  {stage.wired.name}的系统收到推送（只有编号）：{stage.told}")


def assign_downward(stage: Stage) -> None:
    """The provincial branch hands two rows down; one comes back, one is contacted below."""
    kept, returned = (f"referrals/{stage.sent[wish]}/" for wish in ("分行承办", "分行退回"))
    upper = stage.branching.manager
    assert stage.branch.is_refused(kept)
    for path in (kept, returned):
        moved = upper.act(path, "assign", {"unit": stage.branch.code})
        assert moved["unit"] == stage.branch.code
    stage.branch.act(returned, "return", {"note": "客户在省分行开户"}, expected=204)
    assert stage.branch.is_refused(returned)
    assert upper.get(returned)["unit"] == upper.code
    stage.branch.act(kept, "acknowledge")
    done = stage.branch.act(kept, "contact", {"note": "已约见"})
    assert done["status"] == "in_contact"
    declined = upper.act(returned, "decline", {"reasons": ["bank_internal"], "note": "规模已满"})
    assert declined["status"] == "declined"
    stage.say(f"  两项指派给{stage.branch.name}：一项已联系企业，一项退回省分行后不予支持。")


def answer_through_api(stage: Stage) -> None:
    """Receipt, contact, visit, documents, a line of 5 M; nobody else may look."""
    path, bank = f"referrals/{stage.sent['接口办理']}/", stage.branching.manager
    assert stage.wired.manager.is_refused(path)
    shown = bank.get(path)["need"]
    assert shown["firm_name"] == stage.firms["接口办理"].name
    for action in ("acknowledge", "contact", "survey"):
        bank.act(path, action)
    bank.act(path, "step", {"step": "documents_complete"})
    done = bank.act(
        path, "approve", {"amount_yuan": 5_000_000, "term_months": 24, "annual_rate": 0.045}
    )
    assert (done["status"], done["line"]["amount_yuan"]) == ("approved", 5_000_000)
    for number, amount in ((1, 2_000_000), (2, 1_500_000)):
        body = {"date": "2026-11-30", "amount_yuan": amount, "reference": f"演示借据{number}"}
        bank.act(path, "disburse", body)
        done = bank.act(path, "disburse", body)  # a repetition changes nothing
    assert (done["status"], done["drawn_yuan"], len(done["drawdowns"])) == ("funded", 3_500_000, 2)
    stage.say("  受理、联系、走访、收齐材料、批准额度 500 万元，放款 200 万和 150 万元。")


def ask_documents(stage: Stage) -> None:
    """The system fetches what it was told of, acknowledges, and names what is missing."""
    path, bank = f"referrals/{stage.told}/", stage.wired.manager
    assert bank.get(path)["need"]["firm_name"] == stage.firms["系统办理"].name
    bank.act(path, "acknowledge")
    contacted = bank.act(path, "contact")
    assert clock_of(contacted, "decide")["due_on"] == "2026-12-07"
    asked = bank.act(path, "documents", {"names": ["近三年审计报告"]})
    assert clock_of(asked, "decide")["state"] == "paused"
    progress = stage.firms["系统办理"].get(f"needs/{stage.needs['系统办理']['id']}/progress/")
    assert "近三年审计报告" in progress["text"]
    stage.say(f"  企业看到：{progress['text']}")


def withdraw_midway(stage: Stage) -> None:
    """The firm takes back its consent; from now on the bank sees neither name nor referral."""
    path, bank = f"referrals/{stage.sent['中途撤回']}/", stage.branching.manager
    firm = stage.firms["中途撤回"]
    bank.act(path, "acknowledge")
    assert bank.get(path)["need"]["firm_name"] == firm.name
    need = stage.needs["中途撤回"]["id"]
    (consent,) = firm.rows("consents/", need=need, direction="to_institution", status="live")
    taken = firm.post(f"consents/{consent['id']}/withdraw/", expected=200)
    assert taken["status"] == "withdrawn"
    assert stage.officer.get(path)["status"] == "withdrawn"
    seen = str(bank.rows("referrals/"))
    assert firm.name not in seen
    assert firm.code not in seen
    assert firm.get(f"needs/{need}/")["status"] == "open"
    stage.say(f"  {firm.name}撤回授权：推送随即结束，{bank.name}不再看到企业，需求恢复匹配。")


def give_documents(stage: Stage, wired_system: WiredSystem) -> None:
    """The firm gives what was missing; the clock runs on, the webhook says so, money flows."""
    path, bank = f"referrals/{stage.told}/", stage.wired.manager
    before = clock_of(bank.get(path), "decide")
    assert before["state"] == "paused"
    stage.firms["系统办理"].act(path, "give-documents", {"names": ["近三年审计报告"]})
    (told,) = wired_system.read()
    assert (told["type"], told["data"]["referral_id"]) == ("referral.documents_given", stage.told)
    after = clock_of(bank.get(path), "decide")
    # Sent on Monday and asked at once: until Friday the pause let no working day count.
    assert (after["state"], after["elapsed"]) == ("running", before["elapsed"])
    assert after["due_on"] == "2026-12-11"
    bank.act(path, "approve", {"amount_yuan": 3_000_000, "term_months": 12})
    body = {"date": "2026-12-04", "amount_yuan": 3_000_000, "reference": "演示借据9"}
    assert bank.act(path, "disburse", body)["status"] == "funded"
    stage.say(f"  暂停期间只计 {after['elapsed']} 个工作日；{bank.name}的系统得知后批准并放款。")


def clock_of(referral: dict[str, Any], kind: str) -> dict[str, Any]:
    """Return one clock of a referral."""
    (clock,) = (clock for clock in referral["clocks"] if clock["clock"] == kind)
    return clock


BEGINS: datetime = at(11, 30)
