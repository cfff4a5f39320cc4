"""One key, one effect."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.db import close_old_connections, connection
from django.utils import timezone
from rest_framework.test import APIClient

from backend.accounts.models import ApiKey
from backend.accounts.services import create_key
from backend.api.idempotency import purge_idempotent_requests
from backend.api.models import IdempotentRequest
from tests.factories.organizations import make_actor

URL = "/api/v1/keys/"


def post(client, key, body=None):
    return client.post(URL, body or {"days": 5}, headers={"Idempotency-Key": key})


def test_the_same_request_is_answered_from_memory(firm_client):
    first = post(firm_client, "k")
    count = ApiKey.objects.count()

    again = post(firm_client, "k")

    assert again.status_code == first.status_code == 201
    assert again.json()["id"] == first.json()["id"]
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert ApiKey.objects.count() == count


@pytest.mark.parametrize("change", ["body", "path", "organization"])
def test_the_same_key_for_another_request_is_refused(firm_client, firm_actor, change):
    post(firm_client, "k")
    headers = {"Idempotency-Key": "k"}
    if change == "body":
        answer = firm_client.post(URL, {"days": 6}, headers=headers)
    elif change == "path":
        answer = firm_client.post(f"{URL}?x=1", {"days": 5}, headers=headers)
    else:
        other = make_actor().membership
        other.user = firm_actor.user
        other.save()
        headers["X-Organization"] = str(other.organization.public_id)
        answer = firm_client.post(URL, {"days": 5}, headers=headers)

    assert answer.status_code == 422
    assert answer.json()["code"] == "idempotency_key_reused"


def test_two_people_may_use_the_same_key(firm_client, bank_client):
    assert post(firm_client, "k").json()["id"] != post(bank_client, "k").json()["id"]


def test_a_refusal_is_repeated_too(firm_client):
    first = post(firm_client, "k", {"days": 0})
    again = post(firm_client, "k", {"days": 0})

    assert first.status_code == again.status_code == 400
    assert again.json() == first.json()
    assert again.headers["Content-Type"] == "application/problem+json"
    assert post(firm_client, "k", {"days": 1}).status_code == 422


def test_a_defect_leaves_no_trace_and_may_be_tried_again(firm_client, monkeypatch):
    def burst(*args, **kwargs):
        raise RuntimeError("broken")

    firm_client.raise_request_exception = False
    with monkeypatch.context() as broken:
        broken.setattr("backend.accounts.services.record", burst)
        before = ApiKey.objects.count()
        assert post(firm_client, "k").status_code == 500
        assert ApiKey.objects.count() == before
        assert not IdempotentRequest.objects.exists()

    assert post(firm_client, "k").status_code == 201


@pytest.mark.parametrize("key", ["", "a" * 201, "中文", "a\tb"])
def test_a_key_that_is_no_key_is_refused(firm_client, key):
    answer = post(firm_client, key)

    assert answer.status_code == 400
    assert answer.json()["code"] == "malformed_idempotency_key"


def test_answers_are_forgotten_after_a_day(firm_client):
    post(firm_client, "k")
    now = timezone.now()

    assert purge_idempotent_requests(now=now + timedelta(hours=23)) == 0
    assert purge_idempotent_requests(now=now + timedelta(hours=24, seconds=1)) == 1


@pytest.mark.django_db(transaction=True)
def test_fifty_threads_with_one_key_have_one_effect():
    actor = make_actor(proved=True)
    _, token = create_key(actor=None, user=actor.user)
    answers: list[tuple[int, str]] = []
    start = threading.Barrier(50)

    def send() -> None:
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        start.wait()
        try:
            answer = post(client, "one")
            answers.append((answer.status_code, answer.json()["id"]))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    close_old_connections()

    assert len(Counter(answers)) == 1
    assert len(answers) == 50
    assert ApiKey.objects.count() == 2
