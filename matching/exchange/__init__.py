"""The exchange file ``kerong/1``, as JSON and as a workbook: in, checked, and out."""

from matching.exchange.faults import UnreadableError
from matching.exchange.reader import (
    check_exchange,
    parse_exchange,
    parse_workbook,
    read_exchange,
)

__all__ = [
    "UnreadableError",
    "check_exchange",
    "parse_exchange",
    "parse_workbook",
    "read_exchange",
]
