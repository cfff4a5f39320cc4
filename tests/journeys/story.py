"""One list from the first need to the figures at its end, over the API alone.

Left out, as their parts do not exist yet: workbooks that partners return, the annual report. The
accounts, organizations and products are there before (`cast`); the scheduler's work is done by
the stage when the clock was moved.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.journeys import ending, silence
from tests.journeys.cast import WISHES, Bank, Person, Stage
from tests.journeys.paper import approve, at, send

_TO_INSTITUTION = ["identity", "profile", "standing", "figures", "wish", "contact"]
_TO_DEPARTMENT = ["progress", "amounts", "reasons"]


def tell(stage: Stage, wired_system: "WiredSystem") -> None:
    """Tell the whole story; every step asserts what it saw."""
    chapters: list[tuple[str, Callable[[], None]]] = [
        ("一、签约", lambda: sign_agreements(stage)),
        ("二、企业提交需求，区县核验，企业逐家授权", lambda: post_needs(stage)),
        ("三、匹配、起草清单、三人签批、发送", lambda: send_list(stage, wired_system)),
        ("四、省分行向下指派", lambda: assign_downward(stage)),
        ("五、一家银行通过接口办理到放款", lambda: answer_through_api(stage)),
        ("六、一家银行的系统由推送驱动，缺材料时暂停计时", lambda: ask_documents(stage)),
        ("七、企业中途撤回授权", lambda: withdraw_midway(stage)),
        ("八、一家银行一直不答复", lambda: silence.go_on(stage)),
        ("九、材料补齐后继续办理", lambda: give_documents(stage, wired_system)),
        ("十、降息带来新增符合的需求", lambda: silence.cut_rate(stage)),
        ("十一、核对放款，对账", lambda: ending.review_outcomes(stage)),
        ("十二、汇总", lambda: ending.compare_figures(stage)),
    ]
    for title, chapter in chapters:
        stage.say(f"\n{title}")
        chapter()


class WiredSystem:
    """What the system of the third bank was told; ``read`` verifies and returns what is new."""

    def read(self) -> list[dict[str, Any]]:
        """Return the messages that came since the last reading."""
        raise NotImplementedError

    def connect(self, bank: Bank) -> None:
        """Register its address with the platform."""
        raise NotImplementedError


def sign_agreements(stage: Stage) -> None:
    """The department's contact agrees to be named; each bank enters its own and is signed."""
    notice = stage.officer.get("contacts/notice/")["version"]
    own = _contact(stage.officer, "演示厅联系人", notice)
    for number, bank in enumerate(stage.banks, start=1):
        first, second = (
            _contact(bank.manager, f"{bank.name}{which}", notice) for which in ("联系人", "二联")
        )
        signed = stage.leader.post(
            "agreements/",
            {
                "institution": bank.code,
                "document_number": f"演示协议{number}号",
                "title": "演示合作协议",
                "signed_on": "2026-11-30",
                "valid_from": "2026-11-30",
                "valid_until": "2029-11-30",
                "department_unit": "科技金融处",
                "department_contact": own,
                "institution_unit": "普惠金融部",
                "institution_contact": first,
                "second_contact": second,
            },
        )
        assert signed["status"] == "live"
        assert signed["institution_contact"]["name"] == f"{bank.name}联系人"
    stage.say(f"  {len(stage.banks)} 家银行与{stage.leader.name}签约；联系人均本人同意公开。")


def _contact(person: Person, name: str, notice: str) -> str:
    made = person.post("contacts/", {"name": name, "phone": "0431-80000000"})
    person.act(f"contacts/{made['id']}/", "agree", {"notice_version": notice, "evidence": "演示"})
    return made["id"]


def post_needs(stage: Stage) -> None:
    """Each firm posts, the county verifies, each firm consents in both directions."""
    for wish, (first, *others) in WISHES.items():
        firm = stage.firms[wish]
        preferred = [getattr(stage, name).code for name in (first, *others)]
        need = firm.post("needs/", _need(wish, preferred))
        path = f"needs/{need['id']}/"
        firm.act(path, "submit")
        verified = stage.county.act(path, "verify")
        assert verified["status"] == "open"
        texts = {
            text["direction"]: text["version"] for text in firm.get("consents/texts/")["texts"]
        }
        for direction, groups in (
            ("to_institution", _TO_INSTITUTION),
            ("to_department", _TO_DEPARTMENT),
        ):
            given = firm.post(
                "consents/grant/",
                {
                    "need": need["id"],
                    "institutions": preferred,
                    "direction": direction,
                    "groups": groups,
                    "text_version": texts[direction],
                    "contact_agreed": direction == "to_institution",
                },
            )
            assert len(given["consents"]) == len(preferred)
        assert firm.get("consents/missing/", need=need["id"])["institutions"] == []
        stage.needs[wish] = verified
        stage.say(f"  {verified['code']} {firm.name}：{stage.county.name}核验通过，授权完成。")


def _need(wish: str, preferred: list[str]) -> dict[str, Any]:
    rate = {"max_annual_rate": 0.03} if wish == "利率过高" else {}
    return {
        "financing_types": ["credit_loan"],
        "amount_min_yuan": 1_000_000,
        "amount_max_yuan": 5_000_000,
        "term_min_months": 12,
        "term_max_months": 24,
        "purposes": ["working_capital"],
        "needed_by": "2027-03-31",
        "preferred_institutions": preferred,
        "open_to_others": False,
        "contact_name": "演示联系人",
        "contact_phone": "0431-88880000",
        **rate,
    }


def send_list(stage: Stage, wired_system: WiredSystem) -> None:
    """Match, draft, sign by three, send to four; the webhook names what came, nobody's name."""
    wired_system.connect(stage.wired)
    run = stage.officer.post("match-runs/")
    run = stage.officer.get(f"match-runs/{run['id']}/")
    assert (run["status"], run["needs_total"]) == ("finished", len(WISHES))
    drafted = stage.officer.post("referral-lists/", {"match_run": run["id"], "per_need": 1})
    stage.list_id = drafted["id"]
    assert (drafted["row_count"], drafted["institution_count"]) == (6, 4)
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
    assert len(stage.sent) == 6
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
    path, bank = f"referrals/{stage.sent['直连办理']}/", stage.direct.manager
    assert stage.wired.manager.is_refused(path)
    shown = bank.get(path)["need"]
    assert shown["firm_name"] == stage.firms["直连办理"].name
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
