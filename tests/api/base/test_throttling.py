"""Limits on how often somebody may ask."""

import subprocess

import pytest
import time_machine
from django.core.cache import caches
from redis.backoff import ConstantBackoff
from redis.exceptions import ConnectionError as StoreAway
from redis.retry import Retry
from rest_framework.settings import api_settings

from backend.api.throttling import parse_rate
from backend.config.store import throttle_cache
from backend.embedded.binaries import broker_program
from backend.web.counters import RedisCounters
from backend.web.windows import CACHE, Store, increment

URL = "/api/v1/me/"


@pytest.fixture(autouse=True)
def limits(monkeypatch):
    """Three requests a minute, an empty counter, and a store that answers."""
    monkeypatch.setitem(api_settings.DEFAULT_THROTTLE_RATES, "actor", "3/min")
    monkeypatch.setitem(api_settings.DEFAULT_THROTTLE_RATES, "anonymous", "2/min")
    monkeypatch.setattr(Store, "away_until", 0.0)
    caches[CACHE].clear()
    with time_machine.travel("2026-11-24T00:00:20Z", tick=False) as clock:
        yield clock


def statuses(client, count: int, **headers) -> list[int]:
    return [client.get(URL, headers=headers).status_code for _ in range(count)]


def test_the_fourth_request_of_a_minute_is_told_when_to_return(firm_client, limits):
    assert statuses(firm_client, 3) == [200] * 3

    answer = firm_client.get(URL)
    assert answer.status_code == 429
    assert answer.json()["code"] == "throttled"
    assert answer.headers["Retry-After"] == "40"
    limits.shift(40)
    assert statuses(firm_client, 1) == [200]


def test_people_are_counted_apart(firm_client, bank_client):
    assert statuses(firm_client, 4)[-1] == 429

    assert statuses(bank_client, 1) == [200]


def test_the_anonymous_are_counted_by_address_whatever_they_claim(anonymous_client):
    docs = "/api/v1/session/"
    answers = [
        anonymous_client.post(docs, {}, headers={"X-Forwarded-For": f"10.0.0.{n}"}).status_code
        for n in range(3)
    ]

    assert answers == [400, 400, 429]


def test_a_store_that_is_away_lets_requests_pass(firm_client, monkeypatch):
    tries = []

    def away(*args, **kwargs):
        tries.append(1)
        raise StoreAway("no route")

    monkeypatch.setattr(type(caches[CACHE]), "incr", away)

    assert statuses(firm_client, 5) == [200] * 5
    assert len(tries) == 1  # it is left alone for a while


@pytest.mark.parametrize(
    ("broker", "backend", "location"),
    [
        ("redis://host:6379/1", "RedisCounters", "redis://host:6379/1"),
        ("redis+socket:///run/v.sock?virtual_host=0", "RedisCounters", "unix:///run/v.sock?db=0"),
        ("amqp://guest@host//", "LocMemCache", "throttle"),
        ("memory://", "LocMemCache", "throttle"),
    ],
)
def test_counters_live_with_the_broker_when_it_can_keep_them(broker, backend, location):
    cache = throttle_cache(broker)

    assert cache["BACKEND"].endswith(backend)
    assert cache["LOCATION"] == location


@pytest.fixture
def counters(tmp_path):
    """Counters in a Valkey of the test's own."""
    address = tmp_path / "v.sock"
    command = [broker_program(), "--port", "0", "--unixsocket", address, "--save", ""]
    server = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL)
    store = RedisCounters(f"unix://{address}?db=0", {})
    client = store._cache.get_client(write=True)
    try:
        # Its socket takes a moment to appear.
        retry = Retry(ConstantBackoff(0.05), 100, supported_errors=(StoreAway,))
        retry.call_with_retry(client.ping, lambda error: None)
        yield store
    finally:
        server.terminate()
        server.wait(10)


def test_counters_of_a_store_count_from_one_and_end(counters):
    """Each key by itself, and none for ever."""
    assert [counters.count("a", timeout=61) for _ in range(3)] == [1, 2, 3]
    assert counters.count("b", timeout=61) == 1
    client = counters._cache.get_client()
    assert 0 < client.ttl(counters.make_key("a")) <= 61


def test_requests_are_counted_in_such_a_store(counters):
    """The throttle asks it once per request."""
    asked = []
    client = counters._cache.get_client(write=True)
    execute = client.execute_command
    client.execute_command = lambda *words, **options: (
        asked.append(words[0]) or execute(*words, **options)
    )
    counters._cache.get_client = lambda *args, **kwargs: client

    assert [increment(counters, "actor:1:7", timeout=61) for _ in range(3)] == [1, 2, 3]
    assert asked == ["INCRBY", "EXPIRE", "INCRBY", "INCRBY"]


def test_rates_are_read():
    assert parse_rate("600/min") == (600, 60)
