"""What both stories of `make story` have in common."""

import logging

import pytest


@pytest.fixture(autouse=True)
def _quiet_workers(caplog: pytest.LogCaptureFixture) -> None:
    """Keep what workers say about their tasks out of the story."""
    for talkative in ("celery.app.trace", "kombu.connection"):
        caplog.set_level(logging.ERROR, logger=talkative)
