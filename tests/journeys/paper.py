"""How a list of the story gets signed and sent, and its calendar."""

from datetime import datetime
from typing import Any

from backend.common.workdays import HOURS
from tests.journeys.cast import Stage


def at(month: int, day: int, hour: int = 10, *, year: int = 2026) -> datetime:
    """Return a moment in Chinese time."""
    return datetime(year, month, day, hour, tzinfo=HOURS.zone)


def approve(stage: Stage, list_id: str) -> None:
    """Lead a draft through the chain: three people, one signature each."""
    path = f"referral-lists/{list_id}/"
    stage.officer.act(path, "submit")
    stage.head.act(path, "approve", {"note": "同意"})
    approved = stage.leader.act(path, "approve")
    assert approved["status"] == "approved"
    posts = [one["post"] for one in approved["approvals"]]
    assert posts == ["handler", "division_head", "leader"]
    stage.say(f"  清单 {approved['number']}：经办、处长、分管领导已签。")


def send(stage: Stage, list_id: str, document_number: str) -> dict[str, Any]:
    """Send an approved list."""
    sent = stage.officer.act(
        f"referral-lists/{list_id}/",
        "send",
        {
            "document_number": document_number,
            "basis": "企业授权书及合作协议",
            "answer_by": "2026-12-31",
        },
    )
    assert sent["status"] == "sent"
    stage.say(f"  以 {document_number} 发送，{sent['row_count']} 行。")
    return sent
