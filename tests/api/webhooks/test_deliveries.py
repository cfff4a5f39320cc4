"""/api/v1/deliveries/"""

import pytest
from django.utils import timezone

from backend.organizations.enums import Role
from backend.webhooks.models import WebhookAttempt
from tests.factories.organizations import make_actor
from tests.factories.webhooks import EndpointFactory, MessageFactory

URL = "/api/v1/deliveries/"


@pytest.fixture
def endpoint(bank_actor):
    return EndpointFactory(organization=bank_actor.organization)


def url(message, action=""):
    return f"{URL}{message.public_id}/{action}"


def test_a_delivery_shows_each_attempt(bank_client, endpoint):
    message = MessageFactory(endpoint=endpoint, failed=True, last_error="status")
    WebhookAttempt.objects.create(
        message=message,
        number=1,
        started_at=timezone.now(),
        duration_ms=12,
        status_code=500,
        error_kind="status",
        reply="broken",
    )

    shown = bank_client.get(url(message)).json()

    assert shown["webhook_id"] == message.webhook_id
    assert (shown["status"], shown["last_error_label"]) == ("failed", "接收方回答错误状态")
    (attempt,) = shown["attempt_rows"]
    assert (attempt["status_code"], attempt["duration_ms"], attempt["reply"]) == (500, 12, "broken")


def test_a_delivery_is_sent_again_under_its_id(bank_client, endpoint):
    message = MessageFactory(endpoint=endpoint, failed=True)

    answer = bank_client.post(url(message, "replay/"), {})

    assert answer.status_code == 202
    assert (answer.json()["status"], answer.json()["webhook_id"]) == (
        "pending",
        message.webhook_id,
    )


def test_nothing_is_sent_again_to_an_endpoint_that_is_off(bank_client, bank_actor):
    off = EndpointFactory(organization=bank_actor.organization, disabled=True)
    message = MessageFactory(endpoint=off, failed=True)

    answer = bank_client.post(url(message, "replay/"), {})

    assert (answer.status_code, answer.json()["code"]) == (409, "endpoint_disabled")


def test_a_rival_finds_nothing(client_for, endpoint):
    message = MessageFactory(endpoint=endpoint)
    rival = client_for(make_actor(organization__bank=True, role=Role.INSTITUTION))

    assert rival.get(URL).json()["results"] == []
    assert rival.get(url(message)).status_code == 404
    assert rival.post(url(message, "replay/"), {}).status_code == 404


def test_filters(bank_client, bank_actor, endpoint):
    pending = MessageFactory(endpoint=endpoint)
    failed = MessageFactory(
        endpoint=EndpointFactory(organization=bank_actor.organization), failed=True
    )

    def ids(query):
        answer = bank_client.get(URL, query)
        assert answer.status_code == 200, answer.content
        return [row["id"] for row in answer.json()["results"]]

    assert ids({}) == [str(failed.public_id), str(pending.public_id)]
    assert ids({"endpoint": str(endpoint.public_id)}) == [str(pending.public_id)]
    assert ids({"status": "failed"}) == [str(failed.public_id)]
    assert ids({"type": "need.verified"}) == []
    assert ids({"created_before": "2020-01-01T00:00:00Z"}) == []


def test_queries_are_constant_in_the_number_of_rows(bank_client, endpoint, count_queries):
    MessageFactory.create_batch(3, endpoint=endpoint)
    bank_client.get(URL)
    few = count_queries(lambda: bank_client.get(URL))
    MessageFactory.create_batch(20, endpoint=endpoint)

    assert count_queries(lambda: bank_client.get(URL)) == few
