"""One request to a receiver that may be slow, hostile or gone."""

import ssl
import time

import pytest
import trustme

from backend.webhooks.addresses import Target
from backend.webhooks.enums import ErrorKind
from backend.webhooks.transport import Channel
from tests import receiver as behaving
from tests.receiver import Receiver

_SECONDS = 1.0


@pytest.fixture(autouse=True)
def loopback(settings):
    settings.WEBHOOK_ALLOW_LOOPBACK = True


@pytest.fixture
def receiver():
    with Receiver() as running:
        yield running


def channel(port, **options):
    target = Target(options.pop("scheme", "http"), options.pop("host", "127.0.0.1"), port, "/x?y=1")
    return Channel(target, connections=4, total_seconds=_SECONDS, **options)


def post(port, **options):
    opened = channel(port, **options)
    try:
        return opened.post(b"{}", {"webhook-id": "msg_1"})
    finally:
        opened.close()


def test_an_accepted_message(receiver):
    outcome = post(receiver.port)

    assert (outcome.error, outcome.status_code, outcome.reply) == (None, 200, "ok")
    ((_, headers, body),) = receiver.requests
    assert body == b"{}"
    expected = {"host": f"127.0.0.1:{receiver.port}", "content-type": "application/json"}
    assert expected.items() <= headers.items()
    assert {"cookie", "authorization", "x-forwarded-for"}.isdisjoint(headers)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (204, None),
        (301, ErrorKind.REDIRECT),
        (307, ErrorKind.REDIRECT),
        (400, ErrorKind.STATUS),
        (404, ErrorKind.STATUS),
        (410, ErrorKind.GONE),
        (500, ErrorKind.STATUS),
    ],
)
def test_the_status_says_whether_it_was_accepted(receiver, status, error):
    receiver.behaviour = behaving.answering(status)

    assert post(receiver.port).error is error


def test_a_redirect_is_not_followed(receiver):
    with Receiver() as elsewhere:
        receiver.behaviour = behaving.answering(302, Location=elsewhere.url)

        assert post(receiver.port).error is ErrorKind.REDIRECT
        assert not elsewhere.requests


def test_a_proxy_of_the_environment_is_not_used(receiver, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "https_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{behaving.refused_port()}")

    assert post(receiver.port).error is None


@pytest.mark.parametrize("behaviour", [behaving.hang, behaving.drip_headers, behaving.drip_body])
def test_who_hangs_or_drips_is_left_when_the_time_is_over(receiver, behaviour):
    receiver.behaviour = behaviour
    began = time.monotonic()

    outcome = post(receiver.port)

    assert outcome.error is ErrorKind.TIMEOUT
    # Left alone, they would take twenty seconds and more.
    assert _SECONDS * 0.9 < time.monotonic() - began < _SECONDS + 5


def test_a_hundred_megabytes_are_cut_off_and_clipped(receiver):
    receiver.behaviour = behaving.flood
    began = time.process_time()

    outcome = post(receiver.port)

    assert (outcome.error, outcome.reply) == (None, "x" * 500)
    assert time.process_time() - began < 0.5


def test_a_reply_is_kept_as_a_page_may_show_it(receiver):
    receiver.behaviour = behaving.answering(500, b"a\x00b\x1b[31m\xff\r\n" + "错".encode())

    assert post(receiver.port).reply == "a b [31m\ufffd  错"


def test_nobody_there():
    assert post(behaving.refused_port()).error is ErrorKind.CONNECT


def test_something_that_is_no_http(receiver):
    receiver.behaviour = lambda request: request.wfile.write(b"SSH-2.0-OpenSSH_9.9\r\n\r\n")

    assert post(receiver.port).error is ErrorKind.PROTOCOL


def test_the_name_is_checked_against_the_certificate_though_the_call_goes_to_a_number():
    authority = trustme.CA()
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    local = {"scheme": "https", "resolver": lambda host, port: ["127.0.0.1"]}
    with Receiver(certificate=authority.issue_cert("receiver.test")) as receiver:
        right = post(receiver.port, host="receiver.test", trust=trust, **local)
        other_name = post(receiver.port, host="other.test", trust=trust, **local)
        unknown_authority = post(receiver.port, host="receiver.test", **local)

    assert right.error is None
    assert (other_name.error, unknown_authority.error) == (ErrorKind.TLS, ErrorKind.TLS)
    assert len(receiver.requests) == 1


def test_plain_http_where_https_is_expected(receiver):
    assert post(receiver.port, scheme="https").error is ErrorKind.TLS


def test_a_name_that_changes_after_it_was_checked_leads_nowhere(receiver, settings):
    """Each connection asks once and goes to what it was told; there is no second question."""
    settings.WEBHOOK_ALLOW_LOOPBACK = False
    answers = iter([["127.0.0.1"], ["127.0.0.1"]])
    asked = []

    def rebinding(host, port):
        asked.append(host)
        return next(answers)

    outcome = post(receiver.port, host="bank.example", resolver=rebinding)

    assert (outcome.error, outcome.reply) == (ErrorKind.REFUSED_ADDRESS, "")
    assert asked == ["bank.example"]
    assert not receiver.requests


def test_the_second_address_is_tried_when_the_first_does_not_answer(receiver):
    both = {"resolver": lambda host, port: ["127.0.0.2", "127.0.0.1"]}

    assert post(receiver.port, host="bank.example", **both).error is None


def test_one_connection_carries_many_messages(receiver):
    opened = channel(receiver.port)
    ports = set()
    receiver.behaviour = lambda request: (
        ports.add(request.client_address[1]),
        request.answer(200),
    )

    outcomes = [opened.post(b"{}", {"webhook-id": f"msg_{n}"}) for n in range(10)]
    opened.close()

    assert {outcome.error for outcome in outcomes} == {None}
    assert len(ports) == 1
