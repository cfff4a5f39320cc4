"""A list that a department sent to a bank, and somebody of the bank who fills it in."""

import pytest

from tests.returned import SentSheet, make_sent_sheet


@pytest.fixture
def sent(db) -> SentSheet:
    """Two needs, fully authorised in both directions, at one bank."""
    return make_sent_sheet()
