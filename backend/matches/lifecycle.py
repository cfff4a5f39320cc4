"""Which steps a match run may take; everything that is not listed is refused."""

from enum import StrEnum

from backend.common.errors import StateConflict
from backend.matches.enums import RunStatus


class RunStep(StrEnum):
    """What can happen to a run."""

    BEGIN = "begin"
    FINISH = "finish"
    CANCEL = "cancel"
    FAIL = "fail"


TRANSITIONS: dict[tuple[RunStatus, RunStep], RunStatus] = {
    (RunStatus.QUEUED, RunStep.BEGIN): RunStatus.RUNNING,
    (RunStatus.QUEUED, RunStep.FINISH): RunStatus.FINISHED,  # nothing to rank
    (RunStatus.QUEUED, RunStep.CANCEL): RunStatus.CANCELLED,
    (RunStatus.QUEUED, RunStep.FAIL): RunStatus.FAILED,
    (RunStatus.RUNNING, RunStep.FINISH): RunStatus.FINISHED,
    (RunStatus.RUNNING, RunStep.CANCEL): RunStatus.CANCELLED,
    (RunStatus.RUNNING, RunStep.FAIL): RunStatus.FAILED,
}

_STEP_LABELS = {
    RunStep.BEGIN: "开始",
    RunStep.FINISH: "完成",
    RunStep.CANCEL: "取消",
    RunStep.FAIL: "标记为失败",
}


def next_status(status: str, step: RunStep) -> RunStatus:
    """Return the status after a step; refuse a step that the status does not allow."""
    current = RunStatus(status)
    try:
        return TRANSITIONS[current, step]
    except KeyError:
        raise StateConflict(
            "run_state", f"匹配批次{current.label}，不能{_STEP_LABELS[step]}。"
        ) from None
