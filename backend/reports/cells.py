"""What is counted: stages, amounts and outcomes, and which rows stand behind each."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from django.db import models

from backend.referrals.enums import OutcomeState, Step
from backend.referrals.tracks import TRACKS


class Cell(models.TextChoices):
    """One figure of the funnel."""

    POSTED = "posted", "已发布"
    VERIFIED = "verified", "已核验"
    MATCHED = "matched", "已匹配"
    REFERRED = "referred", "已推送"
    ACKNOWLEDGED = "acknowledged", "已受理"
    CONTACTED = "contacted", "已联系"
    APPROVED = "approved", "已批准"
    DISBURSED = "disbursed", "已投放"
    CONFIRMED = "confirmed", "已确认"
    ASKED_AMOUNT = "asked_amount", "需求金额"
    LINE_AMOUNT = "line_amount", "批准额度"
    DISBURSED_AMOUNT = "disbursed_amount", "投放金额"
    CONFIRMED_AMOUNT = "confirmed_amount", "确认金额"
    OUTCOME_REPORTED = "outcome_reported", "结果：机构已报告"
    OUTCOME_CONFIRMED = "outcome_confirmed", "结果：企业已确认"
    OUTCOME_CONTESTED = "outcome_contested", "结果：企业有异议"
    OUTCOME_UNANSWERED = "outcome_unanswered", "结果：企业未答复"
    OUTCOME_RECONCILED = "outcome_reconciled", "结果：部门已核实"


NEED_STAGES: Final = (Cell.POSTED, Cell.VERIFIED, Cell.MATCHED)
REFERRAL_STAGES: Final = (
    Cell.REFERRED,
    Cell.ACKNOWLEDGED,
    Cell.CONTACTED,
    Cell.APPROVED,
    Cell.DISBURSED,
    Cell.CONFIRMED,
)
STAGES: Final = NEED_STAGES + REFERRAL_STAGES
AMOUNTS: Final = (
    Cell.ASKED_AMOUNT,
    Cell.LINE_AMOUNT,
    Cell.DISBURSED_AMOUNT,
    Cell.CONFIRMED_AMOUNT,
)
OUTCOME_OF: Final[Mapping[OutcomeState, Cell]] = MappingProxyType(
    {state: Cell(f"outcome_{state.value}") for state in OutcomeState}
)
# Cells of needs, which have no institution yet.
NEED_CELLS: Final = frozenset({*NEED_STAGES, Cell.ASKED_AMOUNT})


def _reached(track: str, step: Step) -> tuple[Cell, ...]:
    """Return the stages that a step has reached: its own and those that it skipped."""
    way = TRACKS[track]
    milestones = {
        Cell.CONTACTED: way.contacted,
        Cell.APPROVED: way.decided,
        Cell.DISBURSED: way.funded,
    }
    return (
        Cell.ACKNOWLEDGED,
        *(cell for cell, milestone in milestones.items() if way.has_reached(step, milestone)),
    )


REACHED: Final[Mapping[tuple[str, str], tuple[Cell, ...]]] = MappingProxyType(
    {
        (track, step.value): _reached(track, step)
        for track, way in TRACKS.items()
        for step in way.steps
    }
)
