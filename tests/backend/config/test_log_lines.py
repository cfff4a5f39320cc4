"""What a line of the log keeps to itself."""

import logging

from backend.config.log_lines import WITHHELD, DiscreetFormatter


def written(message: str, *, error: Exception | None = None) -> str:
    info = (type(error), error, None) if error else None
    record = logging.LogRecord("x", logging.ERROR, "x", 1, message, None, info)
    return DiscreetFormatter().format(record)


def test_a_refused_row_is_withheld_also_where_it_breaks_lines():
    said = 'violates "need"\nDETAIL:  Failing row contains (1, 王经理\n138).\nCONTEXT:  COPY need'

    line = written("refused", error=ValueError(said))

    assert "王经理" not in line
    assert "138" not in line
    assert line.endswith(f'violates "need"\n{WITHHELD}\nCONTEXT:  COPY need')


def test_the_exception_that_follows_stays_readable():
    line = written("a race: DETAIL:  Key (uscc)=(91).\n\nThe above exception was the direct cause")

    assert line == f"a race: {WITHHELD}\n\nThe above exception was the direct cause"


def test_other_lines_stay_as_they_are():
    assert written("an answer in detail: 3") == "an answer in detail: 3"
