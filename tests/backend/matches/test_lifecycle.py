"""Which step leads a run where: every status with every step."""

import pytest

from backend.common.errors import StateConflict
from backend.matches.enums import RunStatus
from backend.matches.lifecycle import RunStep, next_status

ALLOWED = {
    ("queued", "begin"): "running",
    ("queued", "finish"): "finished",
    ("queued", "cancel"): "cancelled",
    ("queued", "fail"): "failed",
    ("running", "finish"): "finished",
    ("running", "cancel"): "cancelled",
    ("running", "fail"): "failed",
}


@pytest.mark.parametrize("step", RunStep)
@pytest.mark.parametrize("status", RunStatus)
def test_a_step_leads_where_the_table_says_or_is_refused(status, step):
    """Ended runs stay ended; nothing else than the table is possible."""
    expected = ALLOWED.get((status.value, step.value))
    if expected is not None:
        assert next_status(status, step) == expected
        return
    with pytest.raises(StateConflict) as refused:
        next_status(status, step)
    assert refused.value.code == "run_state"
