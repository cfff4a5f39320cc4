"""What the answers of one returned row have to agree on, before any of them takes effect."""

from collections.abc import Iterator

from backend.exchange.returned_file import ReturnedRow
from backend.exchange.sheet_layout import LABELS, MOST_DRAWDOWNS, STATES
from backend.referrals.models.referrals import MOST_REASONS
from matching.errors import Fault

REASONS = tuple(f"reason{number}" for number in range(1, MOST_REASONS + 1))
_OF_A_LINE = ("term", "line_rate", "green")
_STATE_NEEDS = {
    "acknowledged": ("received",),
    "in_contact": ("contacted",),
    "approved": ("approved_on", "line"),
    "funded": ("drawn1_on", "drawn1_amount"),
    "declined": ("reason1",),
}


def check_row(row: ReturnedRow, sheet: str) -> list[Fault]:
    """Return every contradiction within a row, with the column that has to be mended."""
    return [
        Fault(sheet, row.number, LABELS[name], row.shown.get(name), expected, code)
        for name, code, expected in _contradictions(row)
    ]


def _contradictions(row: ReturnedRow) -> Iterator[tuple[str, str, str]]:
    values = row.values
    state = values.get("state")
    for name in _STATE_NEEDS.get(state, ()):
        if name not in values:
            yield name, "missing", f"必填：办理状态为“{STATES[state]}”"
    if state != "declined" and any(name in values for name in REASONS):
        yield "state", "contradiction", "“不予支持”（已填写不予支持原因），或删去原因"
    if ("approved_on" in values) != ("line" in values):
        lacking = "line" if "approved_on" in values else "approved_on"
        yield lacking, "missing", "批准日期和批准额度须同时填写"
    if "line" not in values:
        for name in _OF_A_LINE:
            if name in values:
                yield "line", "missing", f"必填：已填写“{LABELS[name]}”"
    if "alternative" in values and state != "declined" and "line" not in values:
        yield "alternative", "contradiction", "仅在不予支持或批准时填写；其他情况请填“需协调事项”"
    for number in range(1, MOST_DRAWDOWNS + 1):
        yield from _of_drawdown(row, f"drawn{number}_")


def _of_drawdown(row: ReturnedRow, prefix: str) -> Iterator[tuple[str, str, str]]:
    if not any(name.startswith(prefix) for name in row.values):
        return
    for name in (f"{prefix}on", f"{prefix}amount"):
        if name not in row.values:
            yield name, "missing", "每笔放款须同时填写日期和金额"
