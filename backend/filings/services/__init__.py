"""What changes filed figures."""

from backend.filings.services.aggregates import (
    discard_aggregate,
    edit_aggregate,
    prepare_aggregate,
    sign_aggregate,
)
from backend.filings.services.indicators import (
    correct_indicator,
    enter_indicator,
    withdraw_indicator,
)

__all__ = [
    "correct_indicator",
    "discard_aggregate",
    "edit_aggregate",
    "enter_indicator",
    "prepare_aggregate",
    "sign_aggregate",
    "withdraw_indicator",
]
