"""PostgreSQL is killed under writers: what was acknowledged stays, and the web comes back."""

import threading
import time
from dataclasses import dataclass, field

import pytest

from tests.faults.calling import Answer, Caller
from tests.faults.running import Platform, descendants, wait_for
from tests.size import only_at_full_size, sized

pytestmark = pytest.mark.slow

_START_SECONDS = 60
_WRITERS = 8
_KILLS = sized(2, 5)
_WRITES = sized(600, 50_000)
_AWAY_SECONDS = 1.0
_BACK_WITHIN_SECONDS = 10
_PATIENCE_SECONDS = sized(90, 3_600)


@dataclass
class Writing:
    """Writers that add contacts until they are told to stop, and what they were answered."""

    platform: Platform
    keys: list[str]
    acknowledged: list[str] = field(default_factory=list)
    refusals: list[Answer] = field(default_factory=list)
    last_success: float = 0.0
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> "Writing":
        self._threads = [threading.Thread(target=self._write, args=(key,)) for key in self.keys]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *details: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _write(self, key: str) -> None:
        caller = Caller(self.platform.port, key)
        while not self._stop.is_set():
            answer = caller.post("contacts/", {"name": "某人", "phone": "0431-88880000"})
            if answer.status == 201:
                self.acknowledged.append(answer.body["id"])
                self.last_success = answer.ended_at
            else:
                self.refusals.append(answer)
                time.sleep(0.05)
        caller.close()


@dataclass(frozen=True, slots=True)
class Figures:
    """What was seen of one run."""

    acknowledged: int
    lost: int
    refused: int
    without_retry_after: int
    other_answers: dict[int, int]
    slowest_return: float
    same_processes: bool


def kill_under_writers(platform: Platform) -> Figures:
    """Kill the database several times while eight people write, and count what is left."""
    keys = platform.seed("writers", _WRITERS)["keys"]
    before = programs(platform)
    returns = []
    with Writing(platform, keys) as writing:
        for kill in range(1, _KILLS + 1):
            enough = kill * _WRITES // (_KILLS + 1)
            assert wait_for(lambda n=enough: len(writing.acknowledged) >= n, _PATIENCE_SECONDS)
            with platform.without("postgres"):
                time.sleep(_AWAY_SECONDS)
            away_until = time.monotonic()
            back = wait_for(lambda t=away_until: writing.last_success > t, 60)
            returns.append(writing.last_success - away_until if back else 60.0)
        assert wait_for(lambda: len(writing.acknowledged) >= _WRITES, _PATIENCE_SECONDS)
    with platform.database() as connection:
        rows = connection.execute("SELECT public_id::text FROM partners_contact").fetchall()
    others = [each.status for each in writing.refusals if each.status != 503]
    return Figures(
        acknowledged=len(writing.acknowledged),
        lost=len(set(writing.acknowledged) - {public_id for (public_id,) in rows}),
        refused=len(writing.refusals),
        without_retry_after=sum(
            "retry-after" not in each.headers for each in writing.refusals if each.status == 503
        ),
        other_answers={status: others.count(status) for status in set(others)},
        slowest_return=max(returns),
        same_processes=programs(platform) == before,
    )


def programs(platform: Platform) -> dict[str, set[int]]:
    """Return the processes of web and worker, those that they started included."""
    leaders = platform.children()
    return {name: {leaders[name], *descendants(leaders[name])} for name in ("web", "worker")}


def test_no_acknowledged_write_is_lost_and_the_web_comes_back_by_itself(platform):
    one = platform(build="sound").start()
    assert one.comes_up(_START_SECONDS), one.said()

    seen = kill_under_writers(one)

    print(seen)  # noqa: T201 - shown with -rP, and when it fails
    assert seen.acknowledged >= _WRITES
    assert seen.lost == 0
    assert seen.refused > 0
    assert (seen.without_retry_after, seen.other_answers) == (0, {})
    assert seen.slowest_return < _BACK_WITHIN_SECONDS
    assert seen.same_processes


@only_at_full_size
@pytest.mark.parametrize(
    ("build", "shows"),
    [
        ("committing_late", lambda seen: seen.lost > 0),
        ("hiding_nothing", lambda seen: 500 in seen.other_answers),
    ],
)
def test_a_broken_build_is_found_out(platform, build, shows):
    one = platform(build=build).start()
    assert one.comes_up(_START_SECONDS), one.said()

    seen = kill_under_writers(one)

    print(seen)  # noqa: T201
    assert shows(seen), seen
