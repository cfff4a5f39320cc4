"""The broker is killed and loses all it held while messages are asked for through the API.

The requests go on as if nothing were, and what was asked for goes out soon after its return.
"""

import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from backend.embedded.layout import read_layout
from tests.faults.calling import Caller
from tests.faults.running import Platform, wait_for
from tests.receiver import Receiver
from tests.size import only_at_full_size, sized

pytestmark = pytest.mark.slow

_START_SECONDS = 300  # on a busy machine; how fast it starts is not what is tested
_SENDINGS = sized(60, 500)
_KILLS = sized(1, 3)
_AWAY_SECONDS = 2.0
_ANSWER_SECONDS = 2.0
_SENT_WITHIN_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Figures:
    """What was seen: answers of the web, messages that came, and when the last one did."""

    refused: int
    slowest_answer: float
    came: int
    doubled: int
    late_by: float


def kill_and_flush(platform: Platform) -> None:
    """Kill the broker, throw away what it held, and keep it away for a while."""
    with platform.without("broker"):
        for kept in read_layout(platform.data_dir).broker.iterdir():
            shutil.rmtree(kept) if kept.is_dir() else kept.unlink()
        time.sleep(_AWAY_SECONDS)


def send_through(platform: Platform, receiver: Receiver, *, patience: float) -> Figures:
    """Ask for messages one after another while the broker is killed again and again."""
    known = platform.seed("endpoint", 5, receiver.url)
    caller = Caller(platform.port, known["key"])
    kill_at = {number * _SENDINGS // (_KILLS + 1) for number in range(1, _KILLS + 1)}
    answers = []
    with ThreadPoolExecutor(1) as hand:
        kills = []
        for number in range(_SENDINGS):
            if number in kill_at:
                kills.append(hand.submit(kill_and_flush, platform))
            address = known["endpoints"][number % 5]
            answers.append(caller.post(f"webhook-endpoints/{address}/ping/", {}))
            if kills and not kills[-1].done():
                time.sleep(_AWAY_SECONDS / 40)  # some of them while it is away
        for kill in kills:
            kill.result()
    back_at = time.monotonic()
    caller.close()
    wait_for(lambda: len(receiver.times_by_id()) >= _SENDINGS, patience)
    times = receiver.times_by_id()
    return Figures(
        refused=sum(answer.status != 202 for answer in answers),
        slowest_answer=max(answer.seconds for answer in answers),
        came=len(times),
        doubled=sum(times.values()) - len(times),
        late_by=max(moment for moment, _, _ in receiver.requests) - back_at,
    )


def test_what_a_lost_broker_should_have_woken_goes_out_and_no_request_notices(platform):
    one = platform(build="sound").start()
    assert one.comes_up(_START_SECONDS), one.said()
    with Receiver() as receiver:
        seen = send_through(one, receiver, patience=_SENT_WITHIN_SECONDS)

    print(seen)  # noqa: T201 - shown with -rP, and when it fails
    assert seen.refused == 0
    assert seen.slowest_answer < _ANSWER_SECONDS
    assert (seen.came, seen.doubled) == (_SENDINGS, 0)
    assert seen.late_by < _SENT_WITHIN_SECONDS


@only_at_full_size
@pytest.mark.parametrize(
    ("build", "shows"),
    [
        ("without_sweeps", lambda seen: seen.came < _SENDINGS),
        ("waiting_for_the_broker", lambda seen: seen.slowest_answer > _ANSWER_SECONDS),
    ],
)
def test_a_broken_build_is_found_out(platform, build, shows):
    one = platform(build=build).start()
    assert one.comes_up(_START_SECONDS), one.said()
    with Receiver() as receiver:
        seen = send_through(one, receiver, patience=sized(6, 20))

    print(seen)  # noqa: T201
    assert shows(seen), seen
