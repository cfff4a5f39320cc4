"""The bank that says nothing, and the one that cuts its rate."""

from tests.journeys.cast import Stage
from tests.journeys.paper import approve, at, send

# Monday 30 November is the day of the sending; receipt is due on the next working day.
_LEVELS = {
    1: "reminder",
    2: "second_contact",
    3: "department",
    4: "proposed_next",
}
_TOLD = {
    "reminder": "提醒联系人",
    "second_contact": "提醒第二联系人",
    "department": "提请部门",
    "proposed_next": "建议顺延",
}


def go_on(stage: Stage) -> None:
    """Reminder, second contact, department, proposal: one a day; an officer confirms."""
    silent = stage.sent["久无答复"]
    for day, level in _LEVELS.items():
        stage.move_to(at(12, day, 9))
        stage.sweep()
        stage.sweep()  # a second run the same day tells nobody again
        assert _told(stage, silent)[-1] == level
        stage.say(f"  12 月 {day} 日：{_TOLD[level]}")
    assert _told(stage, silent) == list(_LEVELS.values())
    (case,) = stage.officer.rows("escalations/", state="proposed")
    assert case["referral"] == silent
    assert case["next_institution"] == stage.following.code
    decided = stage.officer.act(f"escalations/{case['id']}/", "confirm")
    assert decided["state"] == "confirmed"
    firm, need = stage.firms["久无答复"], stage.needs["久无答复"]["id"]
    told = firm.get(f"needs/{need}/progress/")
    assert any(stage.following.name in one for one in told["announcements"])
    stage.say(f"  企业看到：{told['announcements'][0]}")
    assert stage.officer.get(f"referrals/{silent}/")["status"] == "expired"
    approve(stage, decided["supplement"])
    send(stage, decided["supplement"], "演示函〔2026〕2号")
    (row,) = stage.following.manager.rows("referrals/")
    assert row["need"]["firm_name"] == firm.name
    stage.following.manager.act(f"referrals/{row['id']}/", "acknowledge")
    stage.say(f"  {stage.following.name}收到并受理。")


def _told(stage: Stage, referral: str) -> list[str]:
    """Return the levels of the receipt's clock that the journal holds, in order."""
    events = stage.auditor.rows(
        "audit-events/", type="referral.clock_escalated", subject_id=referral
    )
    return [
        event["payload"]["escalation"]
        for event in reversed(events)
        if event["payload"]["clock"] == "acknowledge"
    ]


def cut_rate(stage: Stage) -> None:
    """What a lower rate would gain, what it gained, and the list that follows from it."""
    path = f"products/{stage.following.product.public_id}/"
    cheaper = {"annual_rate_min": 0.028, "annual_rate_max": 0.04}
    would = stage.officer.post(f"{path}what-if/", cheaper, expected=200)
    codes = [need["need"] for need in would["gained_needs"]]
    assert codes == [stage.needs["利率过高"]["code"]]
    bank = stage.following.manager
    counted = bank.post(f"{path}what-if/", cheaper, expected=200)
    assert "gained_needs" not in counted
    bank.act(path, "", cheaper)
    bank.act(path, "publish", {"no_tie_in": True})
    gained = stage.officer.get(f"{path}gained/")
    assert [need["need"] for need in gained["needs"]] == codes
    drafted = stage.officer.post(
        "referral-lists/",
        {"product": str(stage.following.product.public_id), "supplements": stage.list_id},
    )
    assert drafted["row_count"] == 1
    approve(stage, drafted["id"])
    send(stage, drafted["id"], "演示函〔2026〕3号")
    received = {row["need"]["code"]: row for row in bank.rows("referrals/")}
    assert received.keys() == {*codes, stage.needs["久无答复"]["code"]}
    stage.sent["利率过高"] = received[codes[0]]["id"]
    bank.act(f"referrals/{stage.sent['利率过高']}/", "acknowledge")
    stage.say(f"  {bank.name}利率由 4.5% 降到 2.8%：新增 {codes[0]}，以补充清单推送。")
