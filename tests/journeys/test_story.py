"""The story that `make story` prints, in moved time and with a real receiver of webhooks."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.conf import settings as configured
from standardwebhooks import Webhook

from backend.consents.texts import load_texts
from backend.referrals.tasks import sweep_clocks
from tests.journeys.cast import Bank, make_stage
from tests.journeys.story import BEGINS, WiredSystem, tell
from tests.receiver import Receiver

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
_EVENTS = ["referral.sent", "referral.withdrawn", "referral.documents_given"]


class ListeningSystem(WiredSystem):
    """Listens on this machine; what is not signed by the platform does not count."""

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver
        self._read = 0
        self._verifier: Webhook | None = None

    def connect(self, bank: Bank) -> None:
        """Register the receiver's address."""
        made = bank.manager.post(
            "webhook-endpoints/", {"url": self._receiver.url, "event_types": _EVENTS}
        )
        self._verifier = Webhook(made["secret"])

    def read(self) -> list[dict[str, Any]]:
        """Verify and return what came since."""
        assert self._verifier is not None
        new = self._receiver.requests[self._read :]
        self._read += len(new)
        return [self._verifier.verify(body, headers) for _, headers, body in new]


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(BEGINS, tick=True) as moved:
        yield moved


def test_the_whole_story_of_a_list_comes_to_its_end(clock, settings):
    settings.WEBHOOK_ALLOW_LOOPBACK = True
    load_texts(folder=configured.FIXTURES_DIR / "consents")
    said: list[str] = []

    def say(text: str) -> None:
        said.append(text)
        print(text)  # noqa: T201 - `make story` shows it

    with Receiver() as receiver:
        stage = make_stage(say=say, move_to=clock.move_to, sweep=sweep_clocks)
        tell(stage, ListeningSystem(receiver))
        texts = [body.decode() for _, _, body in receiver.requests]

    assert sum(text.startswith("\n") for text in said) == 17
    assert [json.loads(text)["type"] for text in texts] == [
        "referral.sent",
        "referral.documents_given",
    ]
    names = [firm.name for firm in stage.firms.values()]
    assert not any(name in text for name in names for text in texts)
