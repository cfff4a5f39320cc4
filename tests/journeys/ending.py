"""Both sides look at the money, and the figures are counted twice."""

from collections import Counter

from backend.referrals.models import Referral
from backend.referrals.outcome_figures import split_outcomes
from tests.journeys.cast import Stage

_RECONCILED_YUAN = 1_000_000


def review_outcomes(stage: Stage) -> None:
    """Two drawdowns are confirmed; one is contested and settled by the department."""
    drawn, wired = (f"referrals/{stage.sent[wish]}/" for wish in ("接口办理", "系统办理"))
    firm = stage.firms["接口办理"]
    first, second = _drawdowns(stage, drawn)
    done = firm.act(drawn, "confirm", {"drawdown": first, "evidence": "借据一"})
    assert done["status"] == "confirmed"
    firm.act(drawn, "contest", {"drawdown": second, "note": "实际到账 100 万元"})
    settled = stage.officer.act(
        drawn,
        "reconcile",
        {"drawdown": second, "amount_yuan": _RECONCILED_YUAN, "note": "已核对流水"},
    )
    assert [one["state"] for one in settled["drawdowns"]] == ["confirmed", "reconciled"]
    (only,) = _drawdowns(stage, wired)
    stage.firms["系统办理"].act(wired, "confirm", {"drawdown": only})
    for wish in ("接口办理", "系统办理"):
        need = stage.firms[wish].get(f"needs/{stage.needs[wish]['id']}/")
        assert need["status"] == "funded"
    stage.say("  200 万和 300 万元由企业确认；150 万元有异议，部门核实为 100 万元。")


def _drawdowns(stage: Stage, path: str) -> list[str]:
    """Return the ids of a referral's drawdowns, the largest first."""
    rows = stage.officer.get(path)["drawdowns"]
    return [row["id"] for row in sorted(rows, key=lambda row: -row["amount_yuan"])]


def compare_figures(stage: Stage) -> None:
    """What the platform sums up is what a count over the rows comes to."""
    rows = stage.officer.rows("referrals/")
    counts, amounts = Counter[str](), Counter[str]()
    for row in rows:
        for drawdown in stage.officer.get(f"referrals/{row['id']}/")["drawdowns"]:
            state = drawdown["state"]
            counts[state] += 1
            settled = state == "reconciled"
            amounts[state] += _RECONCILED_YUAN if settled else drawdown["amount_yuan"]
    figures = split_outcomes(Referral.objects.all())
    assert {state.value: share.count for state, share in figures.items() if share.count} == counts
    assert {s.value: share.amount_yuan for s, share in figures.items() if share.count} == amounts
    assert (counts["confirmed"], amounts["confirmed"]) == (2, 5_000_000)
    assert (counts["reported"], amounts["reported"]) == (1, 1_200_000)
    assert (counts["reconciled"], amounts["reconciled"]) == (1, _RECONCILED_YUAN)
    statuses = Counter(row["status_label"] for row in rows)
    assert sum(statuses.values()) == 10
    for label, number in sorted(statuses.items()):
        stage.say(f"  {label}：{number} 项")
    for state, share in figures.items():
        if share.count:
            stage.say(f"  放款{state.label}：{share.count} 笔，{share.amount_yuan:,} 元")
