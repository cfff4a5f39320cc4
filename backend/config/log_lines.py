"""How a line of the log is written: without the rows that PostgreSQL repeats in its refusals."""

import logging
import re

# "Failing row contains (…)" and "Key (…)=(…)" hold whatever people entered, line breaks included.
_DETAIL = re.compile(
    r"DETAIL:.*?(?=\n(?:HINT|QUERY|CONTEXT|LOCATION):|\n\n[A-Z]|\nTraceback |\Z)", re.DOTALL
)
WITHHELD = "DETAIL:  (withheld: it may hold what people entered)"


class DiscreetFormatter(logging.Formatter):
    """Write a record with its exception, and leave out the details of the database's refusals."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; details are gone from message and exception alike."""
        text = super().format(record)
        return _DETAIL.sub(WITHHELD, text) if "DETAIL:" in text else text
